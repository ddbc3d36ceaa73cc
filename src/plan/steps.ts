/** The steps of a plan as people and programs see them. */
import type { Address } from "../kinds/kind.ts";
import { shownLate } from "../resource/late.ts";
import type { Environment } from "../config/environment.ts";
import type { Decision } from "./decision.ts";
import { createOnlyChanges, fieldChange, summaryOf, tagFieldChange, tagChanges } from "./field-changes.ts";
import { hashOf } from "./hash.ts";
import { formOf, formsOf } from "./late-texts.ts";
import type { ContestedField, LeftAloneObject, Step } from "./plan.ts";
import { dataLossOf, lossText, whatStays } from "./safety.ts";
import { withoutMarks } from "./tags.ts";
import type { Work } from "./work.ts";

/** Returns the steps of a plan. A step stands where the first work of its address stands. */
export function stepsOf(environment: Environment, decisions: ReadonlyMap<Address, Decision>, work: readonly Work[]): Step[] {
  const order = new Map<Address, number>();
  for (const [i, { address }] of depthFirst(work).entries()) if (!order.has(address)) order.set(address, i);
  const place = (address: Address) => order.get(address) ?? work.length;
  return [...decisions.values()]
    .filter((one) => one.action !== "none")
    .flatMap((one) => stepOf(environment, one))
    .sort((a, b) => place(a.address) - place(b.address));
}

/** Sorts the work so that each node stands after the nodes that it needs. */
function depthFirst(work: readonly Work[]): Work[] {
  const byId = new Map(work.map((node) => [node.id, node]));
  const open = new Map(work.map((node) => [node.id, node.needs.size]));
  const users = new Map<string, string[]>();
  for (const node of work)
    for (const need of node.needs) {
      const list = users.get(need);
      if (list) list.push(node.id);
      else users.set(need, [node.id]);
    }
  const free = work.filter((node) => node.needs.size === 0);
  const sorted: Work[] = [];
  for (let i = 0; i < free.length; i++) {
    sorted.push(free[i]!);
    for (const user of users.get(free[i]!.id) ?? []) {
      const left = open.get(user)! - 1;
      open.set(user, left);
      if (left === 0) free.push(byId.get(user)!);
    }
  }
  return sorted;
}

function stepOf(environment: Environment, one: Decision): Step[] {
  const { address, kind, because, declared, found, action } = one;
  const at = declared?.desired.at(one.deltas[0]?.path);
  const holds = declared?.held && action !== "delete" && action !== "keep" ? { holds: declared.held.values } : {};
  const base = { address, kind: kind.name, because, ...(at ? { at } : {}), ...holds, ...hashesOf(one) };
  if (action === "create") return [{ ...base, action, changes: createOnlyChanges(kind, declared!), ...summaryOf(kind, declared!) }];
  const id = found!.live.id;
  if (action === "delete") {
    const isNameAlone = found!.live.isNameAlone ? { isNameAlone: true as const } : {};
    return [{ ...base, action, id, ...(one.until ? { until: one.until } : {}), ...endOf(environment, one), ...isNameAlone }];
  }
  if (action === "keep") return [{ ...base, action, id, ...(one.of ? { of: one.of } : {}) }];
  const changes = [...one.deltas.map((delta) => fieldChange(delta, one)), ...tagChanges(one)];
  if (action === "replace") return [{ ...base, action, id, order: one.order, changes, ...endOf(environment, one) }];
  const retag: Step[] =
    found!.movedFrom !== undefined || found!.adopted || found!.takenOver || action === "retag"
      ? [
          {
            ...base,
            because: found!.adopted
              ? "the YAML adopts it"
              : found!.takenOver
                ? "the YAML takes it over"
                : found!.movedFrom !== undefined
                  ? `it was ${found!.movedFrom}`
                  : because,
            action: "retag",
            id,
            tags: shownLate(one.tags),
            ...(found!.movedFrom ? { from: found!.movedFrom } : {}),
          },
        ]
      : [];
  // Tag changes are shown once: by the retag, where there is one.
  const told = retag.length > 0 ? changes.filter(({ path }) => !path.startsWith("tags.")) : changes;
  if (action === "update" || action === "restart") return [...retag, { ...base, action, id, changes: told, tags: shownLate(one.tags) }];
  return retag;
}

/** Returns what is lost when an object goes, and a hash of what it leaves behind and of its kind's marks in its tags. */
function endOf(environment: Environment, one: Decision): { readonly loses?: string; readonly ends?: string } {
  const { live, linked } = one.found!;
  const loses = lossText(dataLossOf(one.kind, linked, live));
  const stays = whatStays(environment, one);
  const said = Object.keys(one.kind.marks?.(linked) ?? {}).map((key) => [key, live.tags[key] ?? null]);
  const isPlain = stays === "" && said.length === 0;
  return { ...(isPlain ? {} : { ends: hashOf([stays, said]) }), ...(loses ? { loses } : {}) };
}

/** Hash of the state that the file asks for. The AWS name counts by itself only where the author wrote it; else by its tag `Name`. */
export function wantOf(one: Decision): string {
  const { desired, resolved } = one.declared?.held?.written ?? one.declared ?? {};
  if (!desired) return "";
  const { protect, retain, disposable, awsName, awsNameWritten } = desired;
  const life = Object.entries({ protect, retain, disposable, ...(awsNameWritten && { awsName }) }).filter(([, value]) => value);
  return hashOf([one.address, resolved, desired.tags, ...(life.length > 0 ? [Object.fromEntries(life)] : [])]);
}

/**
 * Hashes of addresses, values and resolved lookups. They hold no ids of objects that are yet to be made and no marks of runs, so they
 * are the same before and after half of the plan was run.
 */
function hashesOf(one: Decision): { fingerprint: string; want: string } {
  const want = wantOf(one);
  const does = one.deltas.map(({ path, field, before, after, items }) => {
    const form = formOf(one, field);
    return [path, before ?? null, form ?? after ?? null, items?.removed ?? null];
  });
  const forms = formsOf(one);
  const plain = withoutMarks(one.tags);
  const set = Object.fromEntries(Object.entries(plain.set).map(([key, value]) => [key, forms[key] ?? value]));
  const tags = { ...plain, set };
  return {
    want,
    fingerprint: hashOf([one.address, one.action, one.order, want, does, tags, one.found?.live.id ?? null, ...(one.until ?? [])]),
  };
}

/** Returns the contested fields of an object. A replaced or deleted object has none: its successor begins again. */
export function contestedFields(one: Decision): ContestedField[] {
  const { address, kind, found, action } = one;
  if (action === "replace" || action === "delete") return [];
  return one.contested.map(({ delta, tag, before: { times, last } }) => ({
    address,
    kind: kind.name,
    id: found!.live.id,
    times,
    last,
    change: delta ? fieldChange(delta, one) : tagFieldChange(one, tag!.key, tag!.want ?? undefined),
  }));
}

/** Returns how an object that the plan leaves alone differs from the file. */
export function leftAloneObject(one: Decision): LeftAloneObject[] {
  const { address, kind, found, declared, leftAlone } = one;
  if (!found || !declared || !leftAlone) return [];
  const { why, deltas, tags } = leftAlone;
  const changes = [...deltas.map((delta) => fieldChange(delta, one)), ...tagChanges({ ...one, tags })];
  return changes.length === 0 ? [] : [{ address, kind: kind.name, id: found.live.id, because: why, at: declared.desired.at(), changes }];
}
