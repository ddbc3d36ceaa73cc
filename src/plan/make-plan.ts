/** From what is declared and what was observed to a plan: decide, refuse, order, say why. Pure. */
import type { Environment } from "../config/environment.ts";
import type { Diagnostic, Position } from "../diag/diagnostic.ts";
import type { Address, FieldRule, Json, Kind, Spec, Told } from "../kinds/kind.ts";
import { bytesOf, isBinary } from "../resource/binary.ts";
import { isLate, lateIn, lateNeeds, shownLate } from "../resource/late.ts";
import { refsOf, stageOf } from "../resource/references.ts";
import { keepToAdoptions, pendingAdoption } from "./adoption.ts";
import { arrange } from "./arrange.ts";
import { resourceIndexOf, type Decided, type Decision, type Declared } from "./decide.ts";
import { agrees, asWritten } from "./compare.ts";
import type { AppliedHistory } from "./flapping.ts";
import { hashOf } from "./hash.ts";
import { formOf, formsOf } from "./held.ts";
import { decideWithValues } from "./late.ts";
import { withDefaults, type Delta } from "./diff.ts";
import type { Lookups, Observed } from "./observed.ts";
import type { Standing, Work } from "./order.ts";
import type { ContestedField, FieldChange, LeftAloneObject, Plan, Step, Summary } from "./plan.ts";
import { likelyRenames } from "./renames.ts";
import { dataLossOf, lossText, makeSafe, type Users } from "./safety.ts";
import { withholdDeletes } from "./withdraw.ts";

export interface PlanInput {
  readonly environment: Environment;
  readonly goal: Plan["goal"];
  /** What is declared, by address; empty for `destroy`. */
  readonly declared: ReadonlyMap<Address, Declared>;
  readonly observed: Observed;
  readonly lookups: Lookups;
  /** Resources that cannot be planned, because a lookup failed; nothing is done for them or what depends on them. */
  readonly failed: ReadonlySet<Address>;
  /** By id: others who use what would be deleted or replaced; empty until somebody looked. */
  readonly users?: Users;
  /** By address: what of ours stands in what would be deleted or replaced; empty until somebody looked. */
  readonly standing?: Standing;
  /** What apply has set lately; empty where nobody looked, or where contested fields are to be repaired. */
  readonly appliedHistory?: AppliedHistory;
  /** Only these and what they need. */
  readonly targets?: readonly Address[] | undefined;
  /** Only what is still to be adopted of these. */
  readonly adopting?: readonly Address[] | undefined;
}

/** A plan with what the executor needs beside it. */
export interface Planned {
  readonly plan: Plan;
  /** Errors stop their own addresses only; the rest of the plan stands. */
  readonly diagnostics: readonly Diagnostic[];
  readonly work: readonly Work[];
  readonly decisions: ReadonlyMap<Address, Decision>;
}

export function makePlan(input: PlanInput): Planned {
  const staying = new Set<Address>();
  for (;;) {
    const safe = decideSafely(input, staying);
    const refused = safe.refusedOf().filter((address) => !staying.has(address));
    if (refused.length === 0) return ordered(input, safe);
    for (const address of refused) staying.add(address);
  }
}

/** What is to be done, without what cannot be planned and what is refused. */
function decideSafely(input: PlanInput, staying: ReadonlySet<Address>) {
  const { environment, goal } = input;
  const { declared, index, decided, failed, problems, refusedOf } = decideWithValues(input, staying);
  const diagnostics = [
    ...problems,
    ...blockUnplannable(decided, { ...input, declared, failed }),
    ...makeSafe(environment, goal, decided.decisions, index, input.users),
  ];
  return { declared, index, decided, failed, diagnostics, refusedOf };
}

function ordered(input: PlanInput, { declared, index, decided, failed, diagnostics }: ReturnType<typeof decideSafely>): Planned {
  const { environment, goal, observed } = input;
  if (input.targets) keepToTargets(decided.decisions, input.targets, declared, diagnostics);
  if (input.adopting) keepToAdoptions(decided.decisions, input.adopting);
  const { decisions } = decided;
  const indexes = { found: resourceIndexOf(environment.region, new Map(), observed), resolved: index };
  const { users = new Map(), standing = new Map() } = input;
  if (failed.size > 0 && goal === "agree") withholdDeletes(decisions);
  const { work, notes } = arrange({ environment, goal, decisions, observed, indexes, users, standing }, diagnostics);
  const steps = stepsOf(decided.decisions, work);
  const contested = [...decided.decisions.values()].flatMap(contestedFields);
  const leftAlone = [...decided.decisions.values()].flatMap(leftAloneObject);
  const plan: Plan = {
    project: environment.project,
    environment: environment.name,
    account: observed.account,
    region: environment.region,
    goal,
    isNew: observed.objects.size === 0 && goal === "agree",
    steps,
    notes: [
      ...pendingAdoption({ nodes: environment.nodes, goal }, observed.objects),
      ...observed.notes,
      ...decided.notes,
      ...notes,
      ...likelyRenames(decisions),
    ],
    lookups: input.lookups.values,
    ...(contested.length > 0 ? { contested } : {}),
    ...(leftAlone.length > 0 ? { leftAlone } : {}),
    objects: [...observed.objects.values()].map(({ address, live }) => ({ address, id: live.id })),
  };
  return { plan, diagnostics, work, decisions: decided.decisions };
}

/** Two live objects pass as one address, `adopt:` names what cannot be adopted, or a lookup failed: nothing is done for it, nor for what refers to it. */
function blockUnplannable(decided: Decided, { declared, observed, failed }: PlanInput): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const blocked = new Set<Address>([...observed.ambiguous.keys(), ...observed.unadoptable.keys(), ...failed]);
  for (const address of failed) decided.decisions.delete(address);
  for (const [address, ids] of observed.ambiguous)
    problems.push({
      code: "two-of-one",
      severity: "error",
      at: declared.get(address)?.desired.at(),
      summary: `${address} exists ${ids.length} times: ${ids.join(", ")}.`,
      hint: "take the tag infra:resource off the ones that are not meant; nothing is done for this address or what depends on it until then",
    });
  for (const [address, { code, summary, hint, holder }] of observed.unadoptable) {
    problems.push({ code, severity: "error", at: declared.get(address)?.desired.at("adopt.id"), summary, hint });
    if (holder === undefined || declared.has(holder)) continue;
    blocked.add(holder);
    decided.decisions.delete(holder);
  }
  for (let grew = blocked.size > 0; grew;) {
    grew = false;
    for (const one of decided.decisions.values()) {
      if (blocked.has(one.address)) continue;
      const specs = [one.declared?.desired.spec, one.found?.linked].filter((spec) => spec !== undefined);
      const late = one.declared ? lateNeeds(one.declared.held?.written.desired ?? one.declared.desired) : [];
      const isBlocked = (address: unknown) => blocked.has(address as string);
      const isUser = specs.some((spec) => refsOf(one.kind.schema, spec).some(({ value }) => isBlocked(value)));
      if (!isUser && !late.some(({ address }) => isBlocked(address))) continue;
      blocked.add(one.address);
      decided.decisions.delete(one.address);
      grew = true;
    }
  }
  return problems;
}

/** Leaves the targets, what they need made or changed first, and nothing else. */
function keepToTargets(
  decisions: Map<Address, Decision>,
  targets: readonly Address[],
  declared: PlanInput["declared"],
  diagnostics: Diagnostic[],
): void {
  const reached = new Set<Address>();
  const queue = [...targets];
  for (const target of targets)
    if (!decisions.has(target) && !declared.has(target))
      diagnostics.push({
        code: "unknown-target",
        severity: "error",
        summary: `--target ${target} names nothing that is declared or exists.`,
      });
  for (let address = queue.pop(); address !== undefined; address = queue.pop()) {
    const one = decisions.get(address);
    if (!one || reached.has(address)) continue;
    reached.add(address);
    const spec = one.declared?.desired.spec;
    if (spec) for (const { value } of refsOf(one.kind.schema, spec)) if (typeof value === "string") queue.push(value);
    if (one.declared) for (const need of lateNeeds(one.declared.desired)) queue.push(need.address);
  }
  for (const address of decisions.keys()) if (!reached.has(address)) decisions.delete(address);
}

/** Steps in the order in which their first work stands. */
function stepsOf(decisions: ReadonlyMap<Address, Decision>, work: readonly Work[]): Step[] {
  const order = new Map<Address, number>();
  for (const [i, { address }] of depthFirst(work).entries()) if (!order.has(address)) order.set(address, i);
  const place = (address: Address) => order.get(address) ?? work.length;
  return [...decisions.values()]
    .filter((one) => one.action !== "none")
    .flatMap(stepOf)
    .sort((a, b) => place(a.address) - place(b.address));
}

/** The work so that everything stands behind what it needs. */
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

function stepOf(one: Decision): Step[] {
  const { address, kind, because, declared, found, action } = one;
  const at = declared?.desired.at(one.deltas[0]?.path);
  const holds = declared?.held && action !== "delete" && action !== "keep" ? { holds: declared.held.values } : {};
  const base = { address, kind: kind.name, because, ...(at ? { at } : {}), ...holds, ...hashesOf(one) };
  if (action === "create") return [{ ...base, action, changes: createOnlyChanges(kind, declared!), ...summaryOf(kind, declared!) }];
  const id = found!.live.id;
  const loses = lossText(dataLossOf(kind, found!.linked, found!.live));
  if (action === "delete") return [{ ...base, action, id, ...(one.until ? { until: one.until } : {}), ...(loses ? { loses } : {}) }];
  if (action === "keep") return [{ ...base, action, id, ...(one.of ? { of: one.of } : {}) }];
  const changes = [...one.deltas.map((delta) => fieldChange(delta, one)), ...tagChanges(one)];
  if (action === "replace") return [{ ...base, action, id, order: one.order, changes, ...(loses ? { loses } : {}) }];
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
  if (action === "update" || action === "restart") return [...retag, { ...base, action, id, changes, tags: shownLate(one.tags) }];
  return retag;
}

/** Over addresses, values and resolved lookups, never over ids of objects that are yet to be made: the same before and after half the plan was run. */
function hashesOf(one: Decision): { fingerprint: string; want: string } {
  const { desired, resolved } = one.declared?.held?.written ?? one.declared ?? {};
  const want = desired ? hashOf([one.address, resolved, desired.tags]) : "";
  const does = one.deltas.map(({ path, field, before, after, items }) => {
    const form = formOf(one, field);
    return [path, before ?? null, form ?? after ?? null, items?.removed ?? null];
  });
  const forms = formsOf(one);
  const set = Object.fromEntries(Object.entries(one.tags.set).map(([key, value]) => [key, forms[key] ?? value]));
  const tags = { ...one.tags, set };
  return {
    want,
    fingerprint: hashOf([one.address, one.action, one.order, want, does, tags, one.found?.live.id ?? null, ...(one.until ?? [])]),
  };
}

/** Of what is replaced or goes, nothing is contested: its successor begins anew. */
function contestedFields(one: Decision): ContestedField[] {
  const { address, kind, found, action } = one;
  if (action === "replace" || action === "delete") return [];
  return one.contested.map(({ delta, tag, before: { times, last } }) => ({
    address,
    kind: kind.name,
    id: found!.live.id,
    times,
    last,
    change: delta ? fieldChange(delta, one) : tagChange(one, tag!.key, tag!.want ?? undefined),
  }));
}

/** How an object differs that nothing is done to. */
function leftAloneObject(one: Decision): LeftAloneObject[] {
  const { address, kind, found, declared, leftAlone } = one;
  if (!found || !declared || !leftAlone) return [];
  const { why, deltas, tags } = leftAlone;
  const changes = [...deltas.map((delta) => fieldChange(delta, one)), ...tagChanges({ ...one, tags })];
  return changes.length === 0 ? [] : [{ address, kind: kind.name, id: found.live.id, because: why, at: declared.desired.at(), changes }];
}

function fieldChange(delta: Delta, one: Decision): FieldChange {
  const declared = one.declared!;
  const form = formOf(one, delta.field);
  const at: Position = declared.desired.at(delta.path);
  const base = {
    path: delta.path,
    stage: delta.stage,
    impact: delta.impact as FieldChange["impact"],
    at,
    ...(delta.rule.because ? { because: delta.rule.because } : {}),
    ...((declared.desired.spec as Spec)[delta.field] === undefined ? { unwritten: true as const } : {}),
    ...(form === undefined ? {} : { form }),
    ...knownAfter(delta.after),
  };
  if (delta.rule.secret) return { ...base, secret: true };
  if (!delta.items)
    return {
      ...base,
      before: told(delta.rule, delta.before),
      after: told(delta.rule, delta.after),
      ...(delta.isGone ? { isGone: true as const } : {}),
    };
  const { added, removed, changed } = delta.items;
  const exposes = delta.rule.exposes?.(delta.items);
  return {
    ...base,
    ...(exposes !== undefined ? { exposes } : {}),
    items: {
      added: added.map(({ key, value }) => ({
        key,
        value: json(value),
        at: itemPosition(declared, delta.path, value),
        ...toldItem(delta.rule, value, key),
      })),
      removed: removed.map(({ key, value, made }) => ({
        key,
        value: json(value),
        ...(made ? { made } : {}),
        ...toldItem(delta.rule, value, key),
      })),
      changed: changed.map(({ key, before, after }) => ({
        key,
        before: json(asWritten(after, before)),
        after: json(after),
        at: itemPosition(declared, delta.path, after),
      })),
    },
  };
}

/** A value as a plan tells it. */
function told({ hashed }: FieldRule, value: unknown): Json | undefined {
  if (hashed && isLate(value)) return sourcesText(value);
  return hashed && typeof value === "string" ? `sha256:${hashOf(value)}` : json(value);
}

/** The line of a list's item: found by its place among what was written. */
function itemPosition(declared: Declared, path: string, value: unknown): Position {
  const list = (declared.desired.spec as Spec)[path];
  const place = Array.isArray(list) ? list.findIndex((item) => agrees(item, value)) : -1;
  return declared.desired.at(place >= 0 ? `${path}[${place}]` : path);
}

function tagChanges(one: Decision): FieldChange[] {
  if (one.action === "replace") return [];
  return [
    ...Object.entries(one.tags.set).map(([key, value]) => tagChange(one, key, value)),
    ...one.tags.remove.map((key) => tagChange(one, key)),
  ];
}

function tagChange(one: Decision, key: string, after?: string): FieldChange {
  const { found, kind, declared } = one;
  const form = formsOf(one)[key];
  const have = found!.live.tags;
  const at = declared?.desired.at("tags");
  return {
    path: `tags.${key}`,
    stage: kind.stages[0]!.name,
    impact: "update",
    ...(have[key] !== undefined ? { before: have[key] } : {}),
    ...(after !== undefined ? { after: shownLate(after), ...knownAfter(after) } : {}),
    ...(form === undefined ? {} : { form: hashOf(form) }),
    ...(at ? { at } : {}),
  };
}

/** What a create will send, field by field, without secrets. */
function createOnlyChanges(kind: Kind, declared: Declared): FieldChange[] {
  const written = declared.desired.spec as Spec;
  const full = withDefaults(kind, written);
  return Object.entries(full).flatMap(([field, value]): FieldChange[] => {
    const rule = (kind.fields as Readonly<Record<string, FieldRule>>)[field];
    if (!rule || rule.change === "never" || value === undefined) return [];
    const at = field in written ? { at: declared.desired.at(field) } : {};
    const isWritten = field in written;
    const base = {
      path: field,
      stage: stageOf(kind, field),
      impact: "update" as const,
      ...at,
      ...(isWritten ? {} : { unwritten: true as const }),
      ...(rule.show === "always" ? { isShown: true as const } : {}),
    };
    if (rule.secret) return [{ ...base, secret: true }];
    return [
      { ...base, after: told(rule, value), ...knownAfter(value), ...toldLines(field, rule, shownUnlessHashed(rule, value), isWritten) },
    ];
  });
}

/** Lines are told of the text that people see; a script is counted and hashed as it is. */
function shownUnlessHashed({ hashed }: FieldRule, value: unknown): unknown {
  return hashed ? value : shownLate(value);
}

function summaryOf(kind: Kind, { desired }: Declared): { readonly summary?: Summary } {
  const summary = kind.summary?.(shownLate(withDefaults(kind, desired.spec as Spec)));
  return summary ? { summary } : {};
}

/** The lines of a field of a new object: one for each entry where the field is a list or a map. */
function toldLines(field: string, rule: FieldRule, value: unknown, isWritten: boolean): { readonly told?: readonly Told[] } {
  if (rule.hashed && typeof value === "string") return { told: [{ text: scriptText(field, value) }] };
  const document = rule.lines?.(json(value), field);
  if (document) return { told: document };
  if (rule.tell === undefined || value === null) return {};
  const { tell } = rule;
  const lines = Array.isArray(value)
    ? value.map((item) => tell(item))
    : typeof value === "object"
      ? Object.entries(value as Spec).map(([key, item]) => tell(item, key))
      : [tell(value)];
  return { told: isWritten ? lines : lines.map((line) => ({ ...line, text: `${line.text} (default)` })) };
}

/** How long a script is, and which one: never what it says. */
function scriptText(field: string, script: string): string {
  if (isBinary(script)) return `${field}: ${bytesOf(script).length.toLocaleString("en")} bytes, sha256:${hashOf(script).slice(0, 12)}`;
  const lines = script.trimEnd().split("\n").length;
  const which = isLate(script) ? sourcesText(script) : `sha256:${hashOf(script).slice(0, 12)}`;
  return `${field}: ${lines} ${lines === 1 ? "line" : "lines"}, ${which}`;
}

function toldItem({ tell }: FieldRule, value: unknown, key: string): { readonly told?: Told } {
  return tell ? { told: tell(value, key) } : {};
}

function json(value: unknown): Json {
  return value === undefined ? null : (JSON.parse(JSON.stringify(shownLate(value))) as Json);
}

/** The objects after which a value is known, where it is not known yet. */
function knownAfter(value: unknown): { readonly knownAfter?: readonly Address[] } {
  const addresses = sourcesOf(value);
  return addresses.length === 0 ? {} : { knownAfter: addresses };
}

function sourcesOf(value: unknown): Address[] {
  return [...new Set(lateIn(value).map(({ address }) => address))];
}

/** "(known after dbInstance/main and loadBalancer/web)". */
function sourcesText(value: unknown): string {
  return `(known after ${sourcesOf(value).join(" and ")})`;
}
