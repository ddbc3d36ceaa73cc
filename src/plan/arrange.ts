/** Orders the decisions, decides which object frees a slot for which, and refuses what cannot be done, until nothing more is refused. */
import type { Environment } from "../config/environment.ts";
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Address, ResourceIndex } from "../kinds/kind.ts";
import { deleteFirst } from "./spread.ts";
import { decision, type Decision, type Decisions } from "./decision.ts";
import type { Found, Observed } from "./observed.ts";
import { orderWork } from "./order/order.ts";
import type { Ordered, Standing, Stuck, Work } from "./work.ts";
import type { Note, Plan } from "./plan.ts";
import { renameOf } from "./renames.ts";
import { keepWhatKeptNeeds, type Users } from "./safety.ts";
import { stillUsed, type StillUsed } from "./still-used.ts";
import { matchSlots, type HandOver, type Matched, type Taken } from "./slots.ts";
import { orderOf } from "./decide.ts";
import { withdraw, withholdDeletes } from "./withdraw.ts";

export interface Arrangement {
  readonly environment: Environment;
  readonly goal: Plan["goal"];
  readonly decisions: Decisions;
  readonly observed: Observed;
  readonly indexes: { readonly found: ResourceIndex; readonly resolved: ResourceIndex };
  /** Foreign dependents of the objects that would be deleted, by the ids of these objects. */
  readonly users: Users;
  /** Resources of the environment that have something in an object that would be deleted, by the address of that object. */
  readonly standing: Standing;
}

export interface Arranged {
  readonly decisions: Decisions;
  readonly work: readonly Work[];
  readonly notes: readonly Note[];
}

/** The refusals, by the address to withdraw. null: a note or another error already says why. */
type Refusals = Map<Address, Diagnostic | null>;

/** Orders the decisions. Withdraws those that cannot be carried out, says why in `problems`, and begins again with the rest. */
export function arrange(input: Arrangement, problems: Diagnostic[]): Arranged {
  const { goal, observed, indexes, standing } = input;
  const waiting: Note[] = [];
  for (let { decisions } = input; ;) {
    if (goal === "agree" && problems.some(({ severity }) => severity === "error")) decisions = withholdDeletes(decisions);
    const refusals: Refusals = new Map();
    decisions = refuseUsed({ ...input, decisions }, refusals, waiting);
    const matched = matchSlots(decisions, observed, indexes);
    decisions = withAwaited(matched.shared.reduce(deleteFirst, decisions), matched.awaited);
    const now = { ...input, decisions };
    for (const taken of matched.taken) refuse(refusals, taken.to, whyTaken(now, taken, waiting));
    for (const handOver of matched.handOvers) refuse(refusals, handOver.to, whyNotEarly(now, handOver));
    if (refusals.size === 0) {
      const ordered = orderWork(decisions, indexes.resolved, matched.handOvers, standing);
      decisions = ordered.decisions;
      refuseStuck(ordered, matched, refusals);
      if (refusals.size === 0) return finish(ordered, matched, waiting);
    }
    problems.push(...[...refusals.values()].filter((one) => one !== null));
    decisions = withdraw(decisions, new Set(refusals.keys()));
  }
}

function withAwaited(decisions: Decisions, awaited: readonly Found[]): Decisions {
  const because = "AWS is deleting it";
  const ends = awaited.map((found) => [found.address, decision(found.address, found.kind, { found, awaited: true, because })] as const);
  return ends.length === 0 ? decisions : new Map([...decisions, ...ends]);
}

function refuse(refusals: Refusals, address: Address, why: Diagnostic | null | undefined): void {
  if (why !== undefined && !refusals.has(address)) refusals.set(address, why);
}

/**
 * Handles objects that are used by an object that stays. They can be neither deleted nor replaced, because AWS deletes nothing in use:
 * their deletes become keeps, and their replacements are refused.
 */
function refuseUsed({ decisions: decided, observed, indexes }: Arrangement, refusals: Refusals, waiting: Note[]): Decisions {
  for (let decisions = decided; ;) {
    const kept: Decision[] = [];
    const users = new Map<Decision, StillUsed[]>();
    for (const one of stillUsed(decisions, observed)) users.set(one.used, [...(users.get(one.used) ?? []), one]);
    for (const [used, reasons] of users) {
      const [{ user, why }] = reasons as [StillUsed];
      if (used.action === "delete") {
        kept.push({ ...used, action: "keep", because: `${user.address} uses it, and ${why}`, of: user.address });
      } else refuse(refusals, used.address, whyUsed(decisions, used, reasons, waiting));
    }
    if (kept.length === 0) return decisions;
    decisions = keepWhatKeptNeeds(new Map([...decisions, ...kept.map((one) => [one.address, one] as const)]), indexes.resolved);
  }
}

/** Returns an error. Where the users would be deleted if nothing else were refused, adds a note instead and returns null. */
function whyUsed(
  decisions: ReadonlyMap<Address, Decision>,
  one: Decision,
  reasons: readonly StillUsed[],
  waiting: Note[],
): Diagnostic | null {
  const { address, found, because, declared, deltas } = one;
  const at = declared!.desired.at(deltas.find(({ impact }) => impact === "replace")?.path);
  const id = found!.live.id;
  if (reasons.every(({ isWithheld }) => isWithheld)) {
    const who = reasons.map(({ user }) => user.address).join(", ");
    const text = `${address} is not replaced yet: ${who} ${reasons.length === 1 ? "uses" : "use"} it, and nothing is deleted while a change of this plan is refused`;
    waiting.push({ code: "cannot-let-go", address, id, text, at });
    return null;
  }
  const uses = reasons.map(({ user, why }) => `${user.address} (${user.live.id}) uses it and stays as it is, because ${why}`);
  return {
    code: "cannot-let-go",
    severity: "error",
    at,
    summary: `${address} (${id}) would have to be replaced, because ${because}; the old one could not be deleted: ${uses.join("; ")}.`,
    ...linesOf(reasons.map(({ user }) => decisions.get(user.address))),
    hint: "AWS deletes no object that is in use: first remove it from the objects that use it, or leave this resource as it is",
  };
}

/** Returns an error for a slot that its holder keeps. Where only another error keeps the holder, adds a note instead and returns null. */
function whyTaken({ decisions }: Arrangement, { to, slot, holder, why, foreign }: Taken, waiting: Note[]): Diagnostic | null {
  const taker = decisions.get(to)!;
  const held = decisions.get(holder.address);
  const at = taker.declared!.desired.at(slot.path);
  if (held?.withheld) {
    const text = `${to} is not created yet: ${holder.address} still has ${slot.what}, and nothing is deleted while a change of this plan is refused`;
    waiting.push({ code: "slot-taken", address: to, id: holder.live.id, text, at });
    return null;
  }
  const who = foreign ?? `${holder.address} (${holder.live.id})`;
  const moved = renameOf(taker, held, decisions);
  return {
    code: "slot-taken",
    severity: "error",
    at,
    summary: `${to} needs ${slot.what}, which ${who} already has; ${why}.`,
    ...linesOf([held]),
    hint:
      moved === undefined
        ? "choose another, or first remove it from the object that has it"
        : `if ${to} is ${holder.address} under a new name, add \`${moved}\``,
  };
}

/** A delete that goes before a create is as disruptive as a replacement, and AWS refuses it while others use the object. */
function whyNotEarly({ environment, decisions, users }: Arrangement, { from, to, slot }: HandOver): Diagnostic | undefined {
  const holder = decisions.get(from)!;
  if (holder.action !== "delete") return undefined;
  const taker = decisions.get(to)!;
  const { live } = holder.found!;
  const says = `${from} (${live.id}) would have to be deleted before ${to} exists, because both need ${slot.what}`;
  const at = taker.declared!.desired.at(slot.path);
  const moved = renameOf(taker, holder, decisions);
  const hint = moved === undefined ? {} : { hint: `if it is the same object under a new name, add \`${moved}\`` };
  if (environment.maxDisruption !== "replace")
    return {
      code: "too-disruptive",
      severity: "error",
      at,
      summary: `${says}; this environment allows at most \`maxDisruption: ${environment.maxDisruption}\`.`,
      ...hint,
    };
  const others = users.get(live.id);
  if (!others) return undefined;
  const who = others.map(({ id, what }) => `${id} (${what})`).join(", ");
  return { code: "in-use", severity: "error", at, summary: `${says}, and others use it: ${who}.`, ...hint };
}

/** Refuses replacements whose old object cannot be deleted early enough, and the resources that wait for a slot of such an object. */
function refuseStuck({ decisions, stuck }: Ordered & Pick<Arranged, "decisions">, { handOvers }: Matched, refusals: Refusals): void {
  const byRoot = new Map<Address, Stuck[]>();
  for (const one of stuck) for (const root of one.roots) byRoot.set(root, [...(byRoot.get(root) ?? []), one]);
  for (const [root, reasons] of byRoot) {
    const holder = decisions.get(root)!;
    const taking = handOvers.filter(({ from, to }) => from === root && decisions.has(to));
    if (holder.action === "replace") refuse(refusals, root, replacedTooEarly(decisions, holder, reasons));
    for (const handOver of taking)
      refuse(refusals, handOver.to, holder.action === "replace" ? null : tooEarly(decisions, handOver, reasons));
  }
}

function replacedTooEarly(decisions: ReadonlyMap<Address, Decision>, one: Decision, reasons: readonly Stuck[]): Diagnostic {
  const { address, found, because, declared, deltas } = one;
  return {
    code: "cannot-let-go",
    severity: "error",
    at: declared!.desired.at(deltas.find(({ impact }) => impact === "replace")?.path),
    summary: `${address} (${found!.live.id}) would have to be deleted before it is created again, because ${because}; ${sentences(address, reasons)}.`,
    ...linesOf(reasons.map(({ user }) => decisions.get(user))),
    hint: wayRound(one),
  };
}

function tooEarly(decisions: ReadonlyMap<Address, Decision>, { from, to, slot }: HandOver, reasons: readonly Stuck[]): Diagnostic {
  const [taker, holder] = [decisions.get(to)!, decisions.get(from)!];
  const moved = renameOf(taker, holder, decisions);
  const isDeleted = holder.action === "delete";
  const inTurn = `make two changes: in the first, remove it from ${from}; in the second, give it to ${to}`;
  return {
    code: "cannot-let-go",
    severity: "error",
    at: taker.declared!.desired.at(slot.path),
    summary: `${from} (${holder.found!.live.id}) would have to be ${isDeleted ? "deleted" : "changed"} before ${to} can have ${slot.what}; ${sentences(from, reasons)}.`,
    ...linesOf([holder, ...reasons.map(({ user }) => decisions.get(user))]),
    hint: moved !== undefined ? `if ${to} is ${from} under a new name, add \`${moved}\`` : isDeleted ? wayRound(taker) : inTurn,
  };
}

/** "loadBalancer/l cannot do without it: it would be left in one zone". */
function sentences(root: Address, reasons: readonly Stuck[]): string {
  const texts = reasons.map(({ address, user, why, isCircle }) =>
    isCircle ? why : `${user} cannot do without ${address === root ? "it" : address}: ${why}`,
  );
  return [...new Set(texts)].join("; ");
}

function wayRound(one: Decision): string {
  const { kind, declared } = one;
  if (kind.naming && declared?.desired.awsNameWritten && !goesFirstAnyway(one))
    return "write another `name:`, or none: infra then creates the new object first, changes the objects that use the old one, and deletes the old one last";
  return "make two changes: first declare the new resource beside the old one, with values of its own, and change every reference to it; then remove the old one";
}

/** Whether the kind deletes the old object first, whatever its name. */
function goesFirstAnyway({ kind, found, declared }: Decision): boolean {
  return found !== undefined && orderOf(kind, found, declared!) === "delete-first";
}

/** The lines of the other resources in the YAML. */
function linesOf(others: readonly (Decision | undefined)[]): Pick<Diagnostic, "detail"> {
  const lines = others.flatMap((one) => {
    const at = one?.declared?.desired.at();
    return at ? [`${one!.address} is at ${at.file}:${at.line}`] : [];
  });
  return lines.length === 0 ? {} : { detail: [...new Set(lines)].join("\n") };
}

/** Adds notes on changes that are held back, on objects that wait, and on gaps. */
function finish(
  { decisions: ordered, work }: Ordered & Pick<Arranged, "decisions">,
  { handOvers }: Matched,
  waiting: readonly Note[],
): Arranged {
  const decisions = new Map(ordered);
  const notes: Note[] = [...waiting];
  for (const { address, found, heldBack, declared } of decisions.values())
    if (heldBack !== undefined)
      notes.push({ code: "held-back", address, ...(found ? { id: found.live.id } : {}), text: heldBack, at: declared!.desired.at() });
  for (const { from, to, slot } of handOvers) {
    const holder = decisions.get(from)!;
    if (holder.action === "delete") decisions.set(from, { ...holder, until: [...new Set([...(holder.until ?? []), to])].sort() });
    if (!holder.awaited) continue;
    const text = `${to} waits until AWS has deleted ${holder.found!.live.id}, which still has ${slot.what}`;
    notes.push({ code: "awaited", address: to, id: holder.found!.live.id, text, at: decisions.get(to)!.declared!.desired.at(slot.path) });
  }
  for (const { op, address, without = new Map() } of work) {
    if (op !== "letGo") continue;
    const { declared } = decisions.get(address)!;
    for (const [field, gone] of without) {
      const text = `${address} is without ${[...gone].sort().join(", ")} until ${gone.size === 1 ? "its replacement exists" : "their replacements exist"}`;
      notes.push({ code: "gap", address, text, at: declared!.desired.at(field) });
    }
  }
  return { decisions, work, notes };
}
