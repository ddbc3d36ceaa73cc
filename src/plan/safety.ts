/** The pass over the finished decisions that refuses to destroy data, addresses or protected objects. */
import type { Environment } from "../config/environment.ts";
import type { Diagnostic } from "../diag/diagnostic.ts";
import { ownership } from "../resource/ownership.ts";
import type { Address, AwsId, Blocker, DataLoss, Kind, Live, Spec, ResourceIndex } from "../kinds/kind.ts";
import { outlives, refsOf } from "../resource/references.ts";
import { refusedAdoptions } from "./adoption.ts";
import type { Decision, Decisions } from "./decision.ts";
import { subjectOfFound } from "./resource-index.ts";
import type { Plan } from "./plan.ts";
import { withdraw } from "./withdraw.ts";

/** Foreign dependents of our objects, by the ids of our objects. */
export type Users = ReadonlyMap<AwsId, readonly Blocker[]>;

/** The decisions that may be carried out, and the problems with the others. */
export interface Safe {
  readonly decisions: Decisions;
  readonly problems: readonly Diagnostic[];
}

/**
 * Turns forbidden deletes into keeps (with everything that the kept objects need) and forbidden replacements into errors. Returns the
 * decisions, the errors and the warnings.
 */
export function makeSafe(
  environment: Environment,
  goal: Plan["goal"],
  decided: Decisions,
  index: ResourceIndex,
  users: Users = new Map(),
): Safe {
  const kept = keepWhatKeptNeeds(new Map([...decided].map(([address, one]) => [address, keptOrDeleted(environment, goal, one)])), index);
  const decisions = goal === "destroy" ? kept : keepDefaults(kept, index);
  const adoptions = refusedAdoptions(decisions);
  const problems = new Map(
    [...decisions.values()].map((one) => [
      one.address,
      adoptions.get(one.address) ?? [...refusals(environment, one), ...inUse(one, users)],
    ]),
  );
  const isRefused = (found: readonly Diagnostic[]) => found.some(({ severity }) => severity === "error");
  const refused = new Set([...problems].flatMap(([address, found]) => (isRefused(found) ? [address] : [])));
  return { decisions: refused.size > 0 ? withdraw(decisions, refused) : decisions, problems: [...problems.values()].flat() };
}

/** Turns a forbidden delete into a keep. An allowed delete says what it leaves behind. */
function keptOrDeleted(environment: Environment, goal: Plan["goal"], one: Decision): Decision {
  if (one.action !== "delete") return one;
  const because = whyKept(environment, goal, one);
  return because === undefined ? { ...one, because: one.because + whatStays(environment, one) } : { ...one, action: "keep", because };
}

/** Returns what is lost for good with an object, or undefined. */
export function dataLossOf(kind: Kind, spec: Spec, live: Live): DataLoss | undefined {
  return typeof kind.dataLoss === "function" ? kind.dataLoss(spec, live) : kind.dataLoss;
}

/** Returns the loss as a text for people: "its data". */
export function lossText(loss: DataLoss | undefined): string | undefined {
  if (loss === "data") return "its data";
  if (loss === "machine") return "its disk";
  if (loss === "address") return "its address";
  return undefined;
}

function whyKept(environment: Environment, goal: Plan["goal"], one: Decision): string | undefined {
  const live = one.found!.live;
  // The decision to delete it was made before its replacement was.
  if (ownership.superseded in live.tags && live.tags[ownership.protect] !== "true") return undefined;
  if (live.tags[ownership.protect] === "true") return "it is protected (`protect: true`)";
  if (live.tags[ownership.retain] === "true") return "it is retained (`retain: true`)";
  const loss = dataLossOf(one.kind, one.found!.linked, live);
  if (!loss || isAllowed(environment, one) || live.tags[ownership.disposable] === "true") return undefined;
  if (goal === "destroy" && loss !== "data") return undefined;
  return `deleting it would lose ${lossText(loss)}; to allow that, add \`allowDestroy: { ${one.address}: ${destroyId(live)} }\``;
}

/** Returns what a delete leaves behind, and how to delete that too. "": it leaves nothing behind. */
export function whatStays(environment: Environment, one: Decision): string {
  const { live } = one.found!;
  const kept = isAllowed(environment, one) ? undefined : one.kind.keeps?.(live);
  return kept === undefined ? "" : `; ${kept}, unless \`allowDestroy: { ${one.address}: ${destroyId(live)} }\` is added`;
}

/** The id that `allowDestroy` should name: one that another object of the same name does not share. */
function destroyId(live: Live): string {
  return live.lastingId ?? live.id;
}

function isAllowed(environment: Environment, one: Decision): boolean {
  return isDestroyAllowed(environment, one.address, one.found!.live);
}

/** Whether the file's `allowDestroy` names the object that is there under the address. */
export function isDestroyAllowed({ allowDestroy }: Pick<Environment, "allowDestroy">, address: Address, live: Live): boolean {
  const allowed = allowDestroy[address];
  return allowed !== undefined && (allowed === live.id || live.aliases.includes(allowed));
}

/**
 * Keeps objects that AWS made together with another one. AWS deletes such an object only together with the other one, so it stays as it
 * is for as long as the other one stays.
 */
function keepDefaults(decisions: Decisions, index: ResourceIndex): Decisions {
  const kept = [...decisions.values()].flatMap((one): Decision[] => {
    const parent = parentField(one.kind);
    if (one.action !== "delete" || one.found?.live.isDefault !== true || parent === undefined) return [];
    const place = String(one.found.linked[parent]);
    if (decisions.get(place)?.action === "delete") return [];
    return [{ ...one, action: "keep", because: `AWS created it with ${place} and deletes it only with ${place}; it stays as it is` }];
  });
  if (kept.length === 0) return decisions;
  return keepWhatKeptNeeds(new Map([...decisions, ...kept.map((one) => [one.address, one] as const)]), index);
}

/** The field that names the parent object with which AWS makes an object. */
function parentField({ madeWith }: Kind): string | undefined {
  return typeof madeWith === "object" ? madeWith.parent : undefined;
}

/** Keeps the objects that a kept object refers to and the objects that serve it, and so on. */
export function keepWhatKeptNeeds(decisions: Decisions, index: ResourceIndex): Decisions {
  const queue = [...decisions.values()].filter((one) => one.action === "keep");
  const all = new Map(decisions);
  const outliving = new Map<Address, Decision[]>();
  for (const kept of queue) {
    const refs = refsOf(kept.kind.schema, kept.found!.linked);
    const outlived = refs.filter(({ path }) => outlives(kept.kind, path)).map(({ value }) => String(value));
    for (const address of outlived) outliving.set(address, [...(outliving.get(address) ?? []), kept]);
    const needed = refs.filter(({ path }) => !outlives(kept.kind, path)).map(({ value }) => value);
    for (const need of [...needed, ...servingOf(kept, all, index)]) {
      const other = typeof need === "string" ? all.get(need) : undefined;
      if (other?.action !== "delete") continue;
      const of = kept.of ?? kept.address;
      const one: Decision = { ...other, action: "keep", because: `kept, because of ${of}`, of };
      all.set(one.address, one);
      // Now that this object stays, the objects that serve those which would have outlived it must stay too.
      queue.push(one, ...(outliving.get(one.address) ?? []));
    }
  }
  return all;
}

/** Returns the objects that serve an object as it will be, without its references to deleted objects that it outlives. */
function servingOf({ found, kind }: Decision, decisions: Decisions, index: ResourceIndex): readonly Address[] {
  const self = subjectOfFound(found!);
  const isGone = (value: unknown) => typeof value === "string" && decisions.get(value)?.action === "delete";
  const left = Object.entries(self.spec).filter(
    ([field, value]) => !outlives(kind, field) || !refsOf(kind.schema, { [field]: value }).some((ref) => isGone(ref.value)),
  );
  const then = { ...self, spec: Object.fromEntries(left) };
  // A replica comes before its source in an upgrade, and does not serve it: it is of the same kind and refers to the source.
  const isCopy = (address: Address) => {
    const { kind: other, found: copy } = decisions.get(address) ?? {};
    return other === kind && copy !== undefined && refsOf(kind.schema, copy.linked).some(({ value }) => value === self.address);
  };
  return [...(kind.after?.(then, index) ?? []), ...(kind.createdAfter?.(then, index) ?? [])].filter((address) => !isCopy(address));
}

function refusals(environment: Environment, one: Decision): Diagnostic[] {
  const at = (path?: string) => one.declared?.desired.at(path);
  const problems: Diagnostic[] = one.refused.map(({ path, why }) => ({
    code: "refused-change",
    severity: "error",
    at: at(path),
    summary: `${one.address}: ${path} cannot be changed: ${why}`,
  }));
  if (one.action === "replace") problems.push(...refusedReplacement(environment, one));
  const order = ["none", "restart", "replace"] as const;
  const disruption = one.action === "replace" || one.action === "restart" ? one.action : "none";
  if (order.indexOf(disruption) > order.indexOf(environment.maxDisruption))
    problems.push({
      code: "too-disruptive",
      severity: "error",
      at: at(one.deltas[0]?.path),
      summary: `${one.address} would be ${disruption === "replace" ? "replaced" : "restarted"}, and this environment allows at most \`maxDisruption: ${environment.maxDisruption}\`.`,
      hint: `because ${one.because}`,
    });
  return problems;
}

function refusedReplacement(environment: Environment, one: Decision): Diagnostic[] {
  const { live, linked } = one.found!;
  const at = one.declared?.desired.at(one.deltas.find((delta) => delta.impact === "replace")?.path);
  const says = `${one.address} (${live.id}) would have to be replaced, because ${one.because}`;
  if (live.tags[ownership.protect] === "true" || one.declared?.desired.protect)
    return [
      {
        code: "protected",
        severity: "error",
        at,
        summary: `${says}; it is protected.`,
        hint: "remove `protect: true` in a separate change first",
      },
    ];
  const cameUp = typeof live.state !== "object"; // an object that failed while it was made never held anything
  if (one.kind.neverReplaced !== undefined && cameUp)
    return [{ code: "destroys-data", severity: "error", at, summary: `${says}; infra never does that.`, hint: one.kind.neverReplaced }];
  const foreign = foreignLookupChanged(one);
  if (foreign !== undefined)
    return [
      {
        code: "foreign-moved",
        severity: "error",
        at,
        summary: `${says}: the lookup ${foreign} now finds another object.`,
        hint: "refer to the object by id if you want the replacement",
      },
    ];
  const loss = one.kind.keepsReplaced ? undefined : dataLossOf(one.kind, linked, live);
  const isDisposable = one.declared?.desired.disposable === true || !cameUp;
  if (!loss || isDisposable || isAllowed(environment, one)) return [];
  return [
    {
      code: "destroys-data",
      severity: "error",
      at,
      summary: `${says}; that would lose ${lossText(loss)}.`,
      hint: `to allow it, add \`allowDestroy: { ${one.address}: ${destroyId(live)} }\`${loss === "machine" ? ", or `disposable: true` if nothing on its disk matters" : ""}`,
    },
  ];
}

/**
 * AWS deletes nothing that others use. So a replacement is refused before its first step. A delete is tried, in case the others let go in
 * the meantime.
 */
function inUse(one: Decision, users: Users): Diagnostic[] {
  const live = one.found?.live;
  const others = live && users.get(live.id);
  if (!others || (one.action !== "delete" && one.action !== "replace")) return [];
  const who = others.map(({ id, what }) => `${id} (${what})`).join(", ");
  const isReplacement = one.action === "replace";
  return [
    {
      code: "in-use",
      severity: isReplacement ? "error" : "warning",
      at: one.declared?.desired.at(one.deltas.find((delta) => delta.impact === "replace")?.path),
      summary: `${one.address} (${live.id}) is to be ${isReplacement ? "replaced" : "deleted"}, but other objects use it: ${who}.`,
      hint: "AWS will not delete it while they use it; remove them first, or keep it",
    },
  ];
}

/** A replacement is never done when its only reason is a `{ tags }` lookup that now finds another object. */
function foreignLookupChanged(one: Decision): string | undefined {
  const lookups = one.declared?.desired.lookups ?? {};
  const delta = one.deltas.find((found) => found.impact === "replace" && found.path in lookups);
  return delta ? lookups[delta.path] : undefined;
}
