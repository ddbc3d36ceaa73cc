/** What a change of one object does to those that refer to it: they follow, in place or by a replacement. */
import type { Address, Desired, FieldRule, Kind, ResourceIndex, Spec } from "../kinds/kind.ts";
import { fieldOf, refsOf, stageOf } from "../resource/references.ts";
import { impactOf } from "./compare.ts";
import type { Decision } from "./decision.ts";
import type { Delta } from "./diff.ts";
import { refuseToFollow } from "./left-alone.ts";
import type { Found } from "./observed.ts";

/**
 * A replaced object has a new id, so whatever refers to it changes too: by the rule of the field that holds the
 * reference it is updated, restarted or replaced itself, and so on.
 */
export function spreadReplacements(decisions: Map<Address, Decision>, index: ResourceIndex): void {
  const causes = [...decisions.values()].filter((one) => one.action === "replace");
  if (causes.length === 0) return;
  const users = foreignDependentsOf(decisions);
  for (const [place, lying] of lyingIn(decisions, index)) users.set(place, [...lying, ...(users.get(place) ?? [])]);
  for (const cause of causes) {
    if (cause.kind.keepsId && !cause.deltas.some((delta) => delta.path === "name")) continue;
    for (const { user, path, impact } of users.get(cause.address) ?? []) {
      if (!user.found || user.action === "create" || user.action === "delete") continue;
      if (user.leftAlone) {
        refuseToFollow(user, path, cause.address, user.leftAlone.why);
        continue;
      }
      const before = user.action;
      const follows = addReference(user, path, cause, impact);
      if (follows && user.causes.get(cause.address) !== "replaced") user.causes.set(cause.address, follows);
      const mustGoFirst = cause.order === "delete-first" && user.action === "replace" && user.order !== "delete-first";
      if (mustGoFirst) user.order = "delete-first";
      if (user.action === "replace" && (before !== "replace" || mustGoFirst)) causes.push(user);
    }
  }
}

/** The old object goes before the new one is made, and so does whatever is replaced with it. */
export function deleteFirst(decisions: ReadonlyMap<Address, Decision>, address: Address): void {
  const first = decisions.get(address);
  if (!first || first.order === "delete-first") return;
  first.order = "delete-first";
  const queue = [first];
  const users = foreignDependentsOf(decisions);
  for (let cause = queue.pop(); cause; cause = queue.pop())
    for (const { user } of users.get(cause.address) ?? []) {
      if (user.action !== "replace" || user.order === "delete-first" || !user.causes.has(cause.address)) continue;
      user.order = "delete-first";
      queue.push(user);
    }
}

/** What changes in place changes those that follow it, by the fields that say so. */
export function spreadChanges(decisions: Map<Address, Decision>): void {
  const isCause = (one: Decision) => one.action === "update" && one.deltas.length > 0;
  if (![...decisions.values()].some(isCause)) return;
  const users = foreignDependentsOf(decisions);
  for (const cause of decisions.values()) {
    if (!isCause(cause)) continue;
    for (const { user, path } of users.get(cause.address) ?? []) {
      const field = fieldOf(path);
      const rule = (user.kind.fields as Readonly<Record<string, FieldRule>>)[field]!;
      const mayChange = user.found !== undefined && user.action !== "create" && user.action !== "delete" && user.action !== "replace";
      if (!rule.follows || !mayChange || user.leftAlone || user.declared!.desired.ignoreChanges.includes(field)) continue;
      const known = user.deltas.find((delta) => delta.field === field);
      known?.causes?.push(cause.address);
      if (known) continue;
      const spec = user.declared!.desired.spec as Spec;
      const because = followsText(cause);
      user.deltas.push({
        path: field,
        field,
        stage: stageOf(user.kind, field),
        impact: "update",
        before: user.found!.linked[field],
        after: spec[field],
        rule: { ...rule, because },
        causes: [cause.address],
      });
      if (user.action === "none") Object.assign(user, { action: "update", because });
    }
  }
}

/** Has `user` follow the replacement of what it refers to, and says how. */
function addReference(user: Decision, path: string, cause: Decision, forced?: "replace"): "replaced" | "changed" | undefined {
  const field = fieldOf(path);
  if (user.deltas.some((delta) => delta.field === field && delta.impact === "replace")) return "replaced";
  const { kind, found, declared } = user;
  const rule = (kind.fields as Readonly<Record<string, FieldRule>>)[field]!;
  const after = (declared!.desired.spec as Spec)[field];
  const impact = forced ?? impactOf(rule, undefined, after, { was: found!.linked, now: declared!.desired.spec });
  if (impact === "never" || impact === "note") return undefined;
  if (typeof impact === "object") {
    user.refused = [...user.refused, { path, why: `${cause.address} is replaced, and ${impact.refuse}` }];
    return "replaced";
  }
  if (forced) user.deltas = user.deltas.filter((delta) => delta.field !== field);
  const known = user.deltas.find((delta) => delta.field === field);
  if (known) (known.causes ?? (known.also ??= [])).push(cause.address);
  else
    user.deltas.push({
      ...fieldDelta(kind, field, impact, found!, declared!.desired, followsText(cause)),
      causes: [cause.address],
    });
  const rank = { none: 0, keep: 0, retag: 0, update: 1, restart: 2, replace: 3, create: 0, delete: 0 };
  if (rank[impact] > rank[user.action]) {
    user.action = impact;
    user.because = followsText(cause);
  }
  return impact === "replace" ? "replaced" : "changed";
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

/** Why something follows another. */
export function followsText({ address, action }: Decision): string {
  return `${address} ${action === "replace" ? "is replaced" : "changes"}`;
}

/** Who has to follow when something is replaced, by which field, and how where no rule of the field says it. */
interface User {
  readonly user: Decision;
  readonly path: string;
  readonly impact?: "replace";
}

/** For every place, what lies in it without a field that says so. */
function lyingIn(decisions: ReadonlyMap<Address, Decision>, index: ResourceIndex): Map<Address, User[]> {
  const lying = new Map<Address, User[]>();
  for (const user of decisions.values()) {
    const where = user.declared && user.kind.liesIn?.(user.declared.desired.spec, index);
    if (where) lying.set(where.place, [...(lying.get(where.place) ?? []), { user, path: where.field, impact: "replace" }]);
  }
  return lying;
}

/** For every address, the declared objects that refer to it and where. */
function foreignDependentsOf(decisions: ReadonlyMap<Address, Decision>): Map<Address, User[]> {
  const users = new Map<Address, User[]>();
  for (const user of decisions.values()) {
    if (!user.declared) continue;
    for (const { path, value } of refsOf(user.kind.schema, user.declared.desired.spec)) {
      if (typeof value !== "string" || !decisions.has(value)) continue;
      const list = users.get(value);
      if (list) list.push({ user, path });
      else users.set(value, [{ user, path }]);
    }
  }
  return users;
}
