/** Spreads a change of one object to the objects that refer to it. They follow in place or by a replacement. */
import type { Address, Desired, FieldRule, Kind, ResourceIndex, Spec } from "../kinds/kind.ts";
import { fieldOf, refsOf, stageOf } from "../resource/references.ts";
import { impactOf } from "./compare.ts";
import type { Decision, Decisions } from "./decision.ts";
import type { Delta } from "./diff.ts";
import { refusingToFollow } from "./left-alone.ts";
import type { Found } from "./observed.ts";

/**
 * Spreads replacements. A replaced object has a new id, so every object that refers to it changes too. The rule of the field with the
 * reference says whether that object is updated, restarted or replaced itself, and so on.
 */
export function spreadReplacements(decisions: Decisions, index: ResourceIndex): Decisions {
  const causes = [...decisions.values()].filter((one) => one.action === "replace").map(({ address }) => address);
  if (causes.length === 0) return decisions;
  const users = dependentsIn(decisions);
  for (const [place, lying] of lyingIn(decisions, index)) users.set(place, [...lying, ...(users.get(place) ?? [])]);
  const spread = new Map(decisions);
  for (const address of causes) {
    const cause = spread.get(address)!;
    if (cause.kind.keepsId && !cause.deltas.some((delta) => delta.path === "name")) continue;
    for (const by of users.get(address) ?? []) {
      const user = spread.get(by.user)!;
      if (!user.found || user.action === "create" || user.action === "delete") continue;
      const one = user.leftAlone ? refusingToFollow(user, by.path, address, user.leftAlone.why) : following(user, by, cause);
      spread.set(one.address, one);
      if (one.action === "replace" && (user.action !== "replace" || one.order !== user.order)) causes.push(one.address);
    }
  }
  return spread;
}

/** Returns the decision about `user` after the replacement of an object that it refers to. */
function following(user: Decision, { path, impact }: User, cause: Decision): Decision {
  const { one, how } = withReference(user, path, cause, impact);
  const causes = how && one.causes.get(cause.address) !== "replaced" ? new Map(one.causes).set(cause.address, how) : one.causes;
  const mustGoFirst = cause.order === "delete-first" && one.action === "replace";
  return { ...one, causes, order: mustGoFirst ? "delete-first" : one.order };
}

/** Makes a replacement delete-first, together with the replacements that it causes. */
export function deleteFirst(decisions: Decisions, address: Address): Decisions {
  const first = decisions.get(address);
  if (!first || first.order === "delete-first") return decisions;
  const turned = new Map(decisions).set(address, { ...first, order: "delete-first" });
  const queue = [address];
  const users = dependentsIn(decisions);
  for (let cause = queue.pop(); cause !== undefined; cause = queue.pop())
    for (const by of users.get(cause) ?? []) {
      const user = turned.get(by.user)!;
      if (user.action !== "replace" || user.order === "delete-first" || !user.causes.has(cause)) continue;
      turned.set(user.address, { ...user, order: "delete-first" });
      queue.push(user.address);
    }
  return turned;
}

/** Spreads changes in place to the objects that follow them, through the fields that say so (`follows`). */
export function spreadChanges(decisions: Decisions): Decisions {
  const isCause = (one: Decision) => one.action === "update" && one.deltas.length > 0;
  if (![...decisions.values()].some(isCause)) return decisions;
  const users = dependentsIn(decisions);
  const spread = new Map(decisions);
  for (const address of decisions.keys()) {
    if (!isCause(spread.get(address)!)) continue;
    for (const { user, path } of users.get(address) ?? []) {
      const one = withFollowed(spread.get(user)!, fieldOf(path), spread.get(address)!);
      spread.set(user, one);
    }
  }
  return spread;
}

/** Returns `user` with the difference that its field gets when the object it refers to changes in place. */
function withFollowed(user: Decision, field: string, cause: Decision): Decision {
  const rule = (user.kind.fields as Readonly<Record<string, FieldRule>>)[field]!;
  const mayChange = user.found !== undefined && user.action !== "create" && user.action !== "delete" && user.action !== "replace";
  if (!rule.follows || !mayChange || user.leftAlone || user.declared!.desired.ignoreChanges.includes(field)) return user;
  const known = user.deltas.find((delta) => delta.field === field);
  if (known) return known.causes ? { ...user, deltas: user.deltas.map((delta) => (delta === known ? by(delta, cause) : delta)) } : user;
  const because = followsText(cause);
  const delta: Delta = {
    path: field,
    field,
    stage: stageOf(user.kind, field),
    impact: "update",
    before: user.found!.linked[field],
    after: (user.declared!.desired.spec as Spec)[field],
    rule: { ...rule, because },
    causes: [cause.address],
  };
  return { ...user, deltas: [...user.deltas, delta], ...(user.action === "none" ? { action: "update", because } : {}) };
}

/** Adds one more cause to a difference. */
function by(delta: Delta, { address }: Decision): Delta {
  return delta.causes ? { ...delta, causes: [...delta.causes, address] } : { ...delta, also: [...(delta.also ?? []), address] };
}

/** Makes `user` follow the replacement of an object that it refers to, and says how. */
function withReference(
  user: Decision,
  path: string,
  cause: Decision,
  forced?: "replace",
): { readonly one: Decision; readonly how?: "replaced" | "changed" } {
  const field = fieldOf(path);
  if (user.deltas.some((delta) => delta.field === field && delta.impact === "replace")) return { one: user, how: "replaced" };
  const { kind, found, declared } = user;
  const rule = (kind.fields as Readonly<Record<string, FieldRule>>)[field]!;
  const after = (declared!.desired.spec as Spec)[field];
  const impact = forced ?? impactOf(rule, undefined, after, { was: found!.linked, now: declared!.desired.spec });
  if (impact === "never" || impact === "note") return { one: user };
  if (typeof impact === "object") {
    const refused = [...user.refused, { path, why: `${cause.address} is replaced, and ${impact.refuse}` }];
    return { one: { ...user, refused }, how: "replaced" };
  }
  const others = forced ? user.deltas.filter((delta) => delta.field !== field) : user.deltas;
  const known = others.find((delta) => delta.field === field);
  const plain = fieldDelta(kind, field, impact, found!, declared!.desired, followsText(cause));
  const deltas = known
    ? others.map((delta) => (delta === known ? by(delta, cause) : delta))
    : [...others, { ...plain, causes: [cause.address] }];
  const rank = { none: 0, keep: 0, retag: 0, update: 1, restart: 2, replace: 3, create: 0, delete: 0 };
  const done = rank[impact] > rank[user.action] ? { action: impact, because: followsText(cause) } : {};
  return { one: { ...user, deltas, ...done }, how: impact === "replace" ? "replaced" : "changed" };
}

export function fieldDelta(kind: Kind, field: string, impact: Delta["impact"], found: Found, desired: Desired, because: string): Delta {
  const rule = (kind.fields as Readonly<Record<string, FieldRule>>)[field]!;
  return {
    path: field,
    field,
    stage: stageOf(kind, field),
    impact,
    before: found.linked[field],
    after: (desired.spec as Spec)[field],
    rule: { ...rule, because },
  };
}

/** The reason why an object follows another one. */
export function followsText({ address, action }: Decision): string {
  return `${address} ${action === "replace" ? "is replaced" : "changes"}`;
}

/** An object that must follow a replacement: the field with the reference, and the impact where no field rule gives it. */
interface User {
  readonly user: Address;
  readonly path: string;
  readonly impact?: "replace";
}

/** For every place, the objects that lie in it without a field that names it. */
function lyingIn(decisions: Decisions, index: ResourceIndex): ReadonlyMap<Address, readonly User[]> {
  const lying = new Map<Address, readonly User[]>();
  for (const { address, declared, kind } of decisions.values()) {
    const where = declared && kind.liesIn?.(declared.desired.spec, index);
    if (where) lying.set(where.place, [...(lying.get(where.place) ?? []), { user: address, path: where.field, impact: "replace" }]);
  }
  return lying;
}

/** For every address, the declared objects that refer to it, with the path of the reference. */
function dependentsIn(decisions: Decisions): Map<Address, User[]> {
  const users = new Map<Address, User[]>();
  for (const { address: user, declared, kind } of decisions.values()) {
    if (!declared) continue;
    for (const { path, value } of refsOf(kind.schema, declared.desired.spec)) {
      if (typeof value !== "string" || !decisions.has(value)) continue;
      const list = users.get(value);
      if (list) list.push({ user, path });
      else users.set(value, [{ user, path }]);
    }
  }
  return users;
}
