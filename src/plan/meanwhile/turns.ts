/**
 * The effects of an apply on objects, turn by turn: after each turn AWS shows one object differently. A node of the work is one turn or
 * several, since some fields take several calls (`FieldRule.passes`). Nodes that need no turn (tags, the barrier) have none.
 */
import type { Address, AwsId, FieldRule, Kind, Live, Spec, Subject } from "../../kinds/kind.ts";
import { mapRefs, refsOf, stageOf } from "../../resource/references.ts";
import { presentSubject } from "../resource-index.ts";
import type { Decision } from "../decision.ts";
import type { Delta } from "../diff.ts";
import { keysOf } from "../compare.ts";
import { normalised, rulesOf } from "../normalised.ts";
import type { Observed } from "../observed.ts";
import type { Work } from "../work.ts";

export interface Turn {
  readonly id: number;
  /** The node of the work that the turn is a part of. */
  readonly node: string;
  readonly address: Address;
  /** Turns of the same node that come before it. */
  readonly after: readonly number[];
  readonly does: Effect;
  readonly takes?: Taken;
}

/** An element that comes to one object and thereby leaves the object of the same kind that had it: a subnet follows one route table. */
export interface Taken {
  readonly kind: string;
  readonly field: string;
  readonly value: unknown;
}

/** The effect of a turn on the two objects of an address. A replaced object and its successor may exist at the same time. */
type Effect = (has: Versions) => Versions;

export interface Versions {
  readonly old?: Version | undefined;
  readonly now?: Version | undefined;
}

export interface Version {
  readonly subject: Subject;
  readonly live?: Live;
}

/** The objects of every address before the first turn, and the turns in the order in which the work lists its nodes. */
export interface Turns {
  readonly before: ReadonlyMap<Address, Versions>;
  readonly turns: readonly Turn[];
  /** The id by which the old object of a replaced address is known while both objects exist. */
  readonly oldIds: ReadonlyMap<Address, AwsId>;
}

export function turnsOf(work: readonly Work[], decisions: ReadonlyMap<Address, Decision>, observed: Observed): Turns {
  const replaced = [...decisions.values()].filter(({ action, found }) => action === "replace" && found);
  const oldIds = new Map(replaced.map(({ address, found }): [Address, AwsId] => [address, found!.live.id]));
  const before = new Map<Address, Versions>();
  const found = [...observed.objects.values(), ...[...decisions.values()].flatMap((one) => one.found ?? [])];
  for (const one of found) {
    const present = presentSubject(one, decisions.get(one.address));
    const spec = mapRefs(one.kind.schema, present.spec as Spec, (value) => oldIds.get(value as Address) ?? value);
    const subject = { ...present, spec, address: oldIds.get(one.address) ?? one.address };
    before.set(one.address, { old: { subject, live: one.live } });
  }
  const turns: Turn[] = [];
  for (const node of work) {
    const decision = decisions.get(node.address);
    if (!decision) continue;
    const first = turns.length;
    for (const { does, takes, after } of passesOf(node, decision, oldIds)) {
      const turn = { id: turns.length, node: node.id, address: node.address, after: after.map((i) => first + i), does };
      turns.push(takes ? { ...turn, takes } : turn);
    }
  }
  return { before, turns, oldIds };
}

// ───────────────────────────────────────────────────────────── one node

interface Pass {
  readonly does: Effect;
  readonly takes?: Taken;
  /** Passes of the same node that come before it, by their places. */
  readonly after: readonly number[];
}

function passesOf(node: Work, decision: Decision, oldIds: Turns["oldIds"]): readonly Pass[] {
  const { kind, action } = decision;
  switch (node.op) {
    case "create":
      return [once(making(decision))];
    case "delete":
      return [once(({ now }) => ({ now }))];
    case "letGo":
      return [once(edited("old", (spec) => withoutGone(kind, spec, node.without!, oldIds)))];
    case "detach":
      return [once(edited("old", (spec) => detached(kind, spec, node.stage)))];
    case "shrink":
      return changesIn(decision, node.stage).map(({ field, wanted }) => once(edited("old", (spec) => ({ ...spec, [field]: wanted }))));
    case "update":
      return action === "create" || action === "replace" ? finishing(decision, node.stage) : changing(decision, node.stage, oldIds);
    case "tag":
    case "adopt":
    case "wait":
    case "barrier":
      return [];
  }
}

/** Returns the effect of a create. The new object is made once, so it is the same one at every moment that is looked at. */
function making(decision: Decision): Effect {
  let now: Version | undefined;
  return ({ old }) => ({ old, now: (now ??= { subject: asCreated(decision) }) });
}

function once(does: Effect): Pass {
  return { does, after: [] };
}

function edited(which: "old" | "now", edit: (spec: Spec) => Spec): Effect {
  return (has) => {
    const version = has[which];
    if (!version) return has;
    const { subject } = version;
    return { ...has, [which]: { ...version, subject: { ...subject, spec: edit(subject.spec as Spec) } } };
  };
}

/** Returns a new object with the fields that its create sends. AWS gives it the rest. */
function asCreated({ kind, declared }: Decision): Subject {
  const { desired, resolved } = declared!;
  const sent = new Set(kind.stages.filter(({ sentWithCreate }, i) => i === 0 || sentWithCreate).map(({ name }) => name));
  return { ...desired, spec: Object.fromEntries(Object.entries(resolved).filter(([field]) => sent.has(stageOf(kind, field)))) };
}

/** Returns the passes of a later stage of a new object. A value that AWS gave by itself is removed after the desired value is set. */
function finishing({ kind, declared }: Decision, stage: string): readonly Pass[] {
  const resolved = declared!.resolved as Spec;
  const passes: Pass[] = [];
  for (const [field, rule] of rulesOf(kind)) {
    const wanted = resolved[field] ?? (rule.default?.unless?.(resolved) ? undefined : rule.default?.value);
    if (stageOf(kind, field) !== stage || wanted === undefined) continue;
    const given = rule.default?.value;
    const set = (value: unknown) => edited("now", (spec) => ({ ...spec, [field]: value }));
    if (rule.passes === "moves") passes.push(...moving("now", kind, field, [], wanted));
    else if (rule.passes === "grown" && Array.isArray(given) && Array.isArray(wanted) && given.length > 0 && !isSame(given, wanted)) {
      passes.push(once(set([...given, ...wanted])), { does: set(wanted), after: [passes.length] });
    } else passes.push(once(set(wanted)));
  }
  return passes;
}

/** Whether the value that AWS gives by itself is the desired one, so that nothing comes and nothing goes. */
function isSame(given: readonly unknown[], wanted: readonly unknown[]): boolean {
  return JSON.stringify(given) === JSON.stringify(wanted);
}

/** Returns the passes of one stage of a change in place. */
function changing(decision: Decision, stage: string, oldIds: Turns["oldIds"]): readonly Pass[] {
  const { kind } = decision;
  const linked = mapRefs(kind.schema, decision.found!.linked, (value) => oldIds.get(value as Address) ?? value);
  const shrinks = kind.stages.find(({ name }) => name === stage)?.shrinks === true;
  const passes: Pass[] = [];
  for (const { field, delta, wanted } of changesIn(decision, stage)) {
    const whole = once(edited("old", (spec) => ({ ...normalised(kind, spec), [field]: wanted })));
    const { rule, path, items } = delta;
    const have = normalised(kind, linked)[field];
    if (shrinks && Array.isArray(wanted) && Array.isArray(have)) {
      const all = [...new Set([...(have as readonly unknown[]), ...(wanted as readonly unknown[])])];
      passes.push(once(edited("old", (spec) => ({ ...spec, [field]: all }))));
    } else if (path === field && items) passes.push(...byItems(kind, field, delta, passes.length));
    else if (rule.passes === "moves") passes.push(...moving("old", kind, field, have, wanted));
    else passes.push(whole);
  }
  return passes;
}

interface FieldChange {
  readonly field: string;
  readonly delta: Delta;
  readonly wanted: unknown;
}

function changesIn({ kind, declared, deltas }: Decision, stage: string): readonly FieldChange[] {
  const full = normalised(kind, declared!.resolved as Spec);
  const rules = kind.fields as Readonly<Record<string, FieldRule>>;
  const here = deltas.filter((delta) => delta.stage === stage && delta.impact !== "note");
  const first = here.filter(({ field }, i) => here.findIndex((other) => other.field === field) === i);
  return first.map((delta) => ({ field: delta.field, delta, wanted: full[delta.field] ?? rules[delta.field]?.default?.value }));
}

/** Changes a field entry by entry, or adds all new entries in one pass and removes all old ones in the next ("grown"). */
function byItems(kind: Kind, field: string, { rule, items }: Delta, place: number): readonly Pass[] {
  const { added, removed, changed } = items!;
  const come = [...changed.map(({ key, after }) => ({ key, value: after })), ...added];
  const set = (entries: typeof come) =>
    edited("old", (spec) => {
      const full = normalised(kind, spec);
      return { ...full, [field]: entries.reduce((value: unknown, entry) => withEntry(rule, value, entry.key, entry.value), full[field]) };
    });
  const drop = (keys: readonly string[]) =>
    edited("old", (spec) => {
      const full = normalised(kind, spec);
      return { ...full, [field]: keys.reduce((value: unknown, key) => withoutEntry(rule, value, key), full[field]) };
    });
  if (rule.passes === "grown") {
    const grow = come.length > 0 ? [once(set(come))] : [];
    const go = removed.length > 0 ? [{ does: drop(removed.map(({ key }) => key)), after: grow.map(() => place) }] : [];
    return [...grow, ...go];
  }
  const before = rule.passes === "grown-each" ? come.map((_, i) => place + i) : [];
  return [...come.map((entry) => once(set([entry]))), ...removed.map(({ key }) => ({ does: drop([key]), after: before }))];
}

function withEntry(rule: FieldRule, value: unknown, key: string, entry: unknown): unknown {
  if (value !== undefined && value !== null && !Array.isArray(value)) return { ...(value as Spec), [key]: entry };
  const list = (value as readonly unknown[] | undefined) ?? [];
  const at = keysOf(rule, list).indexOf(key);
  return at < 0 ? [...list, entry] : list.with(at, entry);
}

function withoutEntry(rule: FieldRule, value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value.filter((item) => keysOf(rule, [item])[0] !== key);
  return Object.fromEntries(Object.entries((value ?? {}) as Spec).filter(([one]) => one !== key));
}

/** Changes a list element by element, in any order. An element that comes leaves the object that had it. */
function moving(which: "old" | "now", kind: Kind, field: string, have: unknown, wanted: unknown): readonly Pass[] {
  const [was, now] = [listOf(have), listOf(wanted)];
  const [coming, leaving] = [now.filter((one) => !was.includes(one)), was.filter((one) => !now.includes(one))];
  const edit = (change: (list: readonly unknown[]) => readonly unknown[]) =>
    once(edited(which, (spec) => ({ ...spec, [field]: change(listOf(spec[field])) })));
  return [
    ...coming.map((value) => ({ ...edit((list) => [...list, value]), takes: { kind: kind.name, field, value } })),
    ...leaving.map((value) => edit((list) => list.filter((other) => other !== value))),
  ];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Removes references to deleted objects. The old object of a replaced address is known by its id, so the successor stays. */
function withoutGone(kind: Kind, spec: Spec, without: NonNullable<Work["without"]>, oldIds: Turns["oldIds"]): Spec {
  const fields = [...without].map(([field, addresses]) => {
    const gone = new Set<unknown>([...addresses].map((address) => oldIds.get(address) ?? address));
    const kept = listOf(spec[field]).filter((item) => !refsOf(kind.schema, { [field]: [item] }).some(({ value }) => gone.has(value)));
    return [field, kept] as const;
  });
  return { ...spec, ...Object.fromEntries(fields) };
}

/** Removes the items of a stage that refer to objects of the same kind: the rules of a security group that name security groups. */
function detached(kind: Kind, spec: Spec, stage: string): Spec {
  const fields = kind.stages.find(({ name }) => name === stage)?.fields ?? [];
  const isTied = (field: string, item: unknown) =>
    refsOf(kind.schema, { [field]: [item] }).some(
      ({ value, allowedKinds }) =>
        typeof value === "string" &&
        (allowedKinds.some((one) => value.startsWith(`${one}/`)) || (kind.idPrefix !== undefined && value.startsWith(kind.idPrefix))),
    );
  return {
    ...spec,
    ...Object.fromEntries(
      fields.flatMap((field) => (Array.isArray(spec[field]) ? [[field, listOf(spec[field]).filter((item) => !isTied(field, item))]] : [])),
    ),
  };
}
