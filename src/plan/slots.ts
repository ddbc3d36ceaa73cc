/**
 * Decides which object gives a slot to which. A slot is something that only one object may hold: a range, a name, an address. Premise: AWS
 * refuses a create or a change that takes a slot which another object holds. So the holder must let go first, or the plan is refused.
 */
import { addTo } from "../resource/group-by.ts";
import type { Address, Kind, Slot, SlotRange, Spec, Subject, ResourceIndex } from "../kinds/kind.ts";
import { fieldOf, stageOf } from "../resource/references.ts";
import { subjectOfFound } from "./resource-index.ts";
import type { Decision } from "./decision.ts";
import type { Found, Observed } from "./observed.ts";

/** `from` lets go of a slot before `to` takes it. */
export interface HandOver {
  readonly from: Address;
  /** The stage in which `from` lets go while it stays; absent: it lets go when it is deleted. */
  readonly fromStage?: string;
  readonly to: Address;
  readonly toStage: string;
  readonly slot: Slot;
}

/** A slot whose holder keeps it in this plan. */
export interface Taken {
  readonly to: Address;
  readonly slot: Slot;
  readonly holder: Found;
  /** For people: "this plan does not change that". */
  readonly why: string;
  /** The item that holds the slot, for people, where somebody else made it inside one of our objects. */
  readonly foreign?: string;
}

export interface Matched {
  readonly handOvers: readonly HandOver[];
  readonly taken: readonly Taken[];
  /** Objects that AWS is already deleting. The plan must wait until they are gone. */
  readonly awaited: readonly Found[];
  /** Replaced objects whose successor needs a slot that the old object holds. The old object goes first. */
  readonly shared: readonly Address[];
}

interface Held {
  readonly found: Found;
  readonly slot: Slot;
}

/** Compares the slots that the plan would take with the slots that objects hold. */
export function matchSlots(
  decisions: ReadonlyMap<Address, Decision>,
  observed: Observed,
  indexes: { readonly found: ResourceIndex; readonly resolved: ResourceIndex },
): Matched {
  const takers = [...decisions.values()].filter(mayTake);
  if (takers.length === 0 || observed.objects.size + observed.leftovers.length + observed.dying.length === 0) return nothing;
  const kinds = new Set(takers.map(({ kind }) => kind));
  const holders = new Holders(observed, indexes.found, kinds);
  const matcher = new Matcher(decisions, indexes.resolved);
  for (const taker of takers)
    for (const slot of wantedSlots(taker, indexes.resolved)) for (const held of holders.of(slot)) matcher.match(taker, slot, held);
  return matcher;
}

const nothing: Matched = { handOvers: [], taken: [], awaited: [], shared: [] };

function mayTake({ action, deltas, declared }: Decision): boolean {
  if (!declared) return false;
  return action === "create" || action === "replace" || ((action === "update" || action === "restart") && deltas.length > 0);
}

/** The slots that objects hold, by space. Names count only for the takers' kinds; other slots of any kind may be in the same space. */
class Holders {
  readonly #byValue = new Map<string, Held[]>();
  readonly #ranges = new Map<string, { readonly range: SlotRange; readonly held: Held }[]>();

  constructor({ objects, leftovers, dying }: Observed, index: ResourceIndex, kinds: ReadonlySet<Kind>) {
    for (const found of [...objects.values(), ...leftovers, ...dying])
      for (const slot of heldSlots(found, index, kinds)) this.#add(found, slot);
  }

  of({ space, value }: Slot): readonly Held[] {
    if (typeof value === "string") return this.#byValue.get(`${space}\n${value}`) ?? [];
    const near = this.#ranges.get(space) ?? [];
    return near.filter(({ range }) => range.first <= value.last && value.first <= range.last).map(({ held }) => held);
  }

  #add(found: Found, slot: Slot): void {
    const held = { found, slot };
    if (typeof slot.value === "string") addTo(this.#byValue, `${slot.space}\n${slot.value}`, held);
    else addTo(this.#ranges, slot.space, { range: slot.value, held });
  }
}

function heldSlots(found: Found, index: ResourceIndex, kinds: ReadonlySet<Kind>): readonly Slot[] {
  const { kind, live, linked } = found;
  const subject = subjectOfFound(found);
  const own = kind.slots?.(subject, index) ?? [];
  return kind.naming && live.name !== undefined && kinds.has(kind) ? [...own, nameSlot(kind, live.name, linked)] : own;
}

/** A replacement beside the old object gets another derived name, so it needs the same name only where the author wrote it. */
function wantedSlots({ action, kind, declared, order }: Decision, index: ResourceIndex): readonly Slot[] {
  const { desired } = declared!;
  const own = kind.slots?.(desired as Subject, index) ?? [];
  const isNamed = kind.naming && (action === "create" || (action === "replace" && (desired.awsNameWritten || order === "delete-first")));
  return isNamed ? [...own, nameSlot(kind, desired.awsName ?? desired.name, desired.spec)] : own;
}

function nameSlot({ naming, section }: Kind, name: string, spec: Spec): Slot {
  const place = naming!.within === undefined ? undefined : String(spec[naming!.within]);
  return {
    space: `names of ${section}${place === undefined ? "" : ` in ${place}`}`,
    value: naming!.lower || naming!.anyCase ? name.toLowerCase() : name,
    path: "name",
    what: `the name "${name}"${place === undefined ? "" : ` in ${place}`}`,
    ...(place === undefined ? {} : { of: [place] }),
  };
}

class Matcher implements Matched {
  readonly handOvers: HandOver[] = [];
  readonly taken: Taken[] = [];
  readonly awaited: Found[] = [];
  readonly shared: Address[] = [];
  readonly #decisions: ReadonlyMap<Address, Decision>;
  readonly #index: ResourceIndex;
  readonly #awaited = new Set<Address>();

  constructor(decisions: ReadonlyMap<Address, Decision>, index: ResourceIndex) {
    this.#decisions = decisions;
    this.#index = index;
  }

  match(taker: Decision, slot: Slot, held: Held): void {
    if ((slot.of ?? []).some((address) => this.#isAnother(address))) return;
    if (held.found === taker.found) this.#matchOwn(taker, slot, held);
    else this.#matchOther(taker, slot, held);
  }

  /** Whether an object that the slot is named by is replaced. In its successor the slot is free. */
  #isAnother(address: Address): boolean {
    const one = this.#decisions.get(address);
    return one?.action === "replace" && !one.kind.keepsId;
  }

  #matchOwn(taker: Decision, slot: Slot, { found, slot: held }: Held): void {
    if (taker.action === "replace") {
      if (!this.shared.includes(taker.address)) this.shared.push(taker.address);
      return;
    }
    const { foreign } = held;
    if (!foreign || held.likeness === slot.likeness || isRemoved(taker, held)) return;
    this.taken.push({ to: taker.address, slot, holder: found, why: "this plan does not change that", foreign: foreign.what });
  }

  #matchOther(taker: Decision, slot: Slot, { found, slot: held }: Held): void {
    const { address, kind } = taker;
    if (alreadyHas(taker, slot, this.#index)) return;
    const base = { to: address, toStage: stageOf(kind, fieldOf(slot.path)), slot };
    if (found.live.state === "deleting") {
      if (!this.#awaited.has(found.address)) this.awaited.push(found);
      this.#awaited.add(found.address);
      this.handOvers.push({ ...base, from: found.address });
      return;
    }
    const holder = this.#decisions.get(found.address);
    const why = whyStays(holder, held, this.#index);
    if (why !== undefined) this.taken.push({ to: address, slot, holder: found, why });
    else if (holder!.action === "delete" || holder!.action === "replace") this.handOvers.push({ ...base, from: found.address });
    else this.handOvers.push({ ...base, from: found.address, fromStage: stageOf(holder!.kind, fieldOf(held.path)) });
  }
}

/** Whether the object already holds the slot, so that its change is about something else. */
function alreadyHas(taker: Decision, slot: Slot, index: ResourceIndex): boolean {
  if (!taker.found || taker.action === "replace") return false;
  const own = taker.kind.slots?.(subjectOfFound(taker.found), index) ?? [];
  return own.some((one) => conflict(one, slot));
}

/** Why an object does not let go of a slot in this plan; undefined when it does. */
function whyStays(holder: Decision | undefined, held: Slot, index: ResourceIndex): string | undefined {
  if (!holder) return "this plan does not include that object";
  switch (holder.action) {
    case "delete":
    case "replace":
      return undefined;
    case "keep":
      return holder.withheld ? "it is not deleted yet" : `it stays, because ${holder.because}`;
    case "update":
    case "restart": {
      const changes = holder.deltas.some(({ field }) => field === fieldOf(held.path));
      const wants = holder.kind.slots?.(holder.declared!.desired as Subject, index) ?? [];
      return changes && !wants.some((slot) => conflict(slot, held)) ? undefined : "this plan does not change that";
    }
    default:
      return "this plan does not change that";
  }
}

/** Whether the plan takes the foreign item away. */
function isRemoved(taker: Decision, { path, foreign }: Slot): boolean {
  return taker.deltas.some(({ field, items }) => field === fieldOf(path) && items?.removed.some(({ key }) => key === foreign!.key));
}

function conflict(a: Slot, b: Slot): boolean {
  if (a.space !== b.space) return false;
  if (typeof a.value === "string" || typeof b.value === "string") return a.value === b.value;
  return a.value.first <= b.value.last && b.value.first <= a.value.last;
}
