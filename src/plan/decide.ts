/** What to do with each object, before anything is ordered or refused. */
import type { Environment } from "../config/environment.ts";
import type { Address, Desired, FieldRule, Kind, Spec, Subject, Tags, ResourceIndex } from "../kinds/kind.ts";
import { fieldOf, refsOf, stageOf } from "../resource/references.ts";
import { adoptionTags, askedOf } from "./adoption.ts";
import { impactOf } from "./compare.ts";
import { contestOf, type AppliedHistory, type SetBefore } from "./flapping.ts";
import { diff, type Delta, type Diff, type SaidRule } from "./diff.ts";
import { stateFollowing } from "./follow.ts";
import { holdsText, type Held } from "./held.ts";
import { differs, leaveAlone, refuseToFollow, type LeftAlone } from "./left-alone.ts";
import type { Found, Observed } from "./observed.ts";
import type { Action, Note, TagChange, Plan } from "./plan.ts";
import { markingOf } from "./made.ts";
import { changesMarksOnly, changesTags, hashTags, noTagChange, tagChange, withMarking } from "./tags.ts";

/** A declared resource, with its foreign references and zones resolved; `wanted` has its images resolved too. */
export interface Declared {
  readonly kind: Kind;
  readonly desired: Desired;
  readonly resolved: Spec;
  /** What its texts take from other objects; absent where they take nothing. */
  readonly held?: Held;
}

/** What is to become of one address. Mutable while the plan is being made, and nowhere else. */
export interface Decision {
  readonly address: Address;
  readonly kind: Kind;
  readonly declared?: Declared;
  readonly found?: Found;
  action: Action | "none";
  deltas: Delta[];
  readonly tags: TagChange;
  /** What differs and is left as it is, because others set it back time and again. */
  readonly contested: readonly Contest[];
  because: string;
  order: "create-first" | "delete-first";
  /** The replacements after which it must change too, and whether it is replaced with them (or cannot be). */
  readonly causes: Map<Address, "replaced" | "changed">;
  /** For "keep": what needs it. */
  of?: Address;
  /** For "keep": it would be deleted, if all changes of the plan could be made. */
  withheld?: true;
  /** A change that was taken back, because it or what it needs is refused. */
  isWithdrawn?: true;
  /** AWS is deleting it already, and something of the plan waits for that. */
  readonly awaited?: true;
  /** For "delete": what takes its place, and therefore waits for it. */
  until?: readonly Address[];
  refused: Diff["refused"];
  /** Nothing is done to it, as a whole: why, and how it differs. */
  readonly leftAlone?: LeftAlone;
}

/** A contested field, or a contested tag. */
export interface Contest {
  readonly delta?: Delta;
  readonly tag?: { readonly key: string; readonly want: string | null };
  readonly before: SetBefore;
}

export interface Decided {
  readonly decisions: Map<Address, Decision>;
  readonly notes: Note[];
}

/** Decides for every declared and every found object, then spreads replacements over what refers to them. */
export function decide(
  environment: Environment,
  goal: Plan["goal"],
  declared: ReadonlyMap<Address, Declared>,
  observed: Observed,
  index: ResourceIndex,
  appliedHistory: AppliedHistory = new Map(),
): Decided {
  const decisions = new Map<Address, Decision>();
  const notes: Note[] = [];
  const indexes = { found: resourceIndexOf(environment.region, new Map(), observed), resolved: index };
  for (const one of declared.values()) {
    if (observed.ambiguous.has(one.desired.address) || observed.unadoptable.has(one.desired.address)) continue;
    decisions.set(
      one.desired.address,
      decideDeclared(environment, one, observed.objects.get(one.desired.address), indexes, appliedHistory, notes),
    );
  }
  for (const found of observed.objects.values()) {
    if (declared.has(found.address)) continue;
    decisions.set(
      found.address,
      decision(found.address, found.kind, {
        found,
        action: "delete",
        because: goal === "destroy" ? "all of the environment goes" : "it is no longer in the YAML",
      }),
    );
  }
  for (const found of observed.leftovers)
    decisions.set(found.address, decision(found.address, found.kind, { found, action: "delete", because: "its replacement exists" }));
  spreadReplacements(decisions, index);
  spreadChanges(decisions);
  stateFollowing(decisions);
  return { decisions, notes };
}

/** Every subject there is: as declared where it is, else as found. What `after` and `check` look around in. */
export function resourceIndexOf(region: string, declared: ReadonlyMap<Address, Declared>, observed: Observed): ResourceIndex {
  const subjects = new Map<Address, Subject>();
  for (const found of observed.objects.values()) subjects.set(found.address, subjectOfFound(found));
  for (const { desired } of declared.values()) subjects.set(desired.address, desired);
  const byKind = new Map<string, Subject[]>();
  for (const subject of subjects.values()) {
    const list = byKind.get(subject.kind);
    if (list) list.push(subject);
    else byKind.set(subject.kind, [subject]);
  }
  return { region, of: (kind) => byKind.get(kind) ?? [], get: (address) => subjects.get(address) };
}

export function subjectOfFound(found: Found): Subject {
  return {
    address: found.address,
    kind: found.kind.name,
    name: found.address.slice(found.kind.name.length + 1),
    spec: found.linked,
    tags: found.live.tags,
  };
}

/** Everything as it was found, and as it will be. */
interface Indexes {
  readonly found: ResourceIndex;
  readonly resolved: ResourceIndex;
}

function decideDeclared(
  environment: Environment,
  declared: Declared,
  found: Found | undefined,
  indexes: Indexes,
  appliedHistory: AppliedHistory,
  notes: Note[],
): Decision {
  const { kind, resolved } = declared;
  const { address } = declared.desired;
  if (!found) return decision(address, kind, { declared, action: "create", because: "it does not exist" });
  const desired = askedOf(declared.desired, found);
  const seen = { ...found.live, spec: found.linked };
  const result = withSources(diff(kind, desired, seen, resolved, found.live.spec as Spec), declared);
  for (const kept of result.kept)
    notes.push({
      code: "unlisted",
      address,
      id: found.live.id,
      text: `${address}: ${kept.path} has ${kept.key}, which the YAML does not list; it stays`,
      at: desired.at(kept.path),
    });
  for (const text of [...(found.live.notes ?? []), ...(kind.notes?.(desired, found.live, resolved) ?? [])])
    notes.push({ code: "remark", address, id: found.live.id, text: `${address}: ${text}`, at: desired.at() });
  for (const delta of result.deltas)
    if (delta.impact === "note")
      notes.push({
        code: "noted-change",
        address,
        id: found.live.id,
        text: `${address}: ${delta.path} differs${delta.rule.because ? `; ${delta.rule.because}` : ""}${holdsText(declared, delta.field) ? "; it stays as it is" : ""}`,
        at: desired.at(delta.path),
      });
  const deltas = withMove(
    result.deltas.filter((delta) => delta.impact !== "note"),
    declared,
    found,
    indexes,
  );
  if (renamed(kind, desired, found)) deltas.push(renameDelta(kind, desired, found));
  const plain = tagChange(environment2owner(environment), kind, desired, found.live, {
    ...settledHashes(kind, desired.spec, result, found.live.tags),
    ...adoptionTags(found),
  });
  const tags = withMarking(plain, found.live.tags, markingOf(kind, desired, seen, found.live.spec as Spec));
  const differing = decision(address, kind, { declared, found, deltas, tags, refused: result.refused });
  const why = kind.leaveAlone?.(desired, seen);
  if (why !== undefined) {
    const left = leaveAlone(differing, why, result.impossible);
    const text = `${address} (${found.live.id}) is left as it is: ${why}`;
    if (!differs(left.leftAlone)) notes.push({ code: "left-alone", address, id: found.live.id, text, at: desired.at() });
    return left;
  }
  const base = withoutContested(differing, appliedHistory);
  if (typeof found.live.state === "object")
    return { ...base, action: "replace", because: `AWS says it failed: ${found.live.state.failed}`, order: "delete-first" };
  return Object.assign(base, actionOf(base));
}

/** Says of each difference of a field which values of other objects it holds: they may be why. */
function withSources(found: Diff, declared: Declared): Diff {
  if (!declared.held) return found;
  const deltas = found.deltas.map((delta) => {
    const holds = holdsText(declared, delta.field);
    const because = [delta.rule.because, holds].filter(Boolean).join("; ");
    return holds === undefined ? delta : { ...delta, rule: { ...delta.rule, because } };
  });
  return { ...found, deltas };
}

/** Others set these back each time: they stay as they are found. Not what a replacement would settle, and not whose the object is. */
function withoutContested(of: Decision, appliedHistory: AppliedHistory): Decision {
  const { id } = of.found!.live;
  const resolved = of.declared!.resolved as Readonly<Record<string, unknown>>;
  const contested: Contest[] = [];
  const deltas = of.deltas.filter((delta) => {
    if (delta.impact === "replace" || delta.rule.hashTag !== undefined) return true;
    const before = contestOf(appliedHistory, { id, field: delta.field, want: resolved[delta.field] });
    if (before) contested.push({ delta, before });
    return before === undefined;
  });
  const isFree = (key: string, want: string | null) => {
    const before = key.startsWith("infra:") ? undefined : contestOf(appliedHistory, { id, field: `tags.${key}`, want });
    if (before) contested.push({ tag: { key, want }, before });
    return before === undefined;
  };
  const set = Object.fromEntries(Object.entries(of.tags.set).filter(([key, value]) => isFree(key, value)));
  const remove = of.tags.remove.filter((key) => isFree(key, null));
  return contested.length === 0 ? of : { ...of, deltas, tags: { ...of.tags, set, remove }, contested };
}

function environment2owner(environment: Environment): { project: string; environment: string } {
  return { project: environment.project, environment: environment.name };
}

function actionOf(of: Decision): Pick<Decision, "action" | "because" | "order"> {
  const { kind, declared, found, deltas, tags } = of;
  const impacts = new Set(deltas.map((delta) => delta.impact));
  const order = orderOf(kind, found!, declared!);
  const reasons = (impact: string) =>
    unique(deltas.filter((delta) => delta.impact === impact).map((delta) => delta.rule.because ?? `${delta.path} differs`)).join("; ");
  if (impacts.has("replace")) return { action: "replace", because: reasons("replace"), order };
  if (impacts.has("restart")) return { action: "restart", because: reasons("restart"), order };
  if (deltas.length > 0) return { action: "update", because: reasons("update"), order };
  if (found!.movedFrom !== undefined) return { action: "retag", because: `it was ${found!.movedFrom}`, order };
  if (found!.adopted) return { action: "retag", because: "the YAML adopts it", order };
  if (found!.takenOver) return { action: "retag", because: "the YAML takes it over", order };
  if (changesMarksOnly(tags)) return { action: "retag", because: "the marks of what was made in it are not complete", order };
  if (changesTags(tags)) return { action: "update", because: "its tags differ", order };
  return { action: "none", because: "", order };
}

function orderOf(kind: Kind, found: Found, declared: Declared): Decision["order"] {
  return typeof kind.replace === "function" ? kind.replace(found.linked, declared.desired.spec) : (kind.replace ?? "create-first");
}

function renamed(kind: Kind, desired: Desired, found: Found): boolean {
  return kind.naming !== undefined && desired.awsNameWritten && found.live.name !== undefined && found.live.name !== desired.awsName;
}

function renameDelta(kind: Kind, desired: Desired, found: Found): Delta {
  const rule: SaidRule = { change: "replace", because: "AWS cannot give it another name" };
  return {
    path: "name",
    field: "name",
    stage: kind.stages[0]!.name,
    impact: "replace",
    before: found.live.name,
    after: desired.awsName,
    rule,
  };
}

/** What lies in another place than it did cannot follow by the change of a field. */
function withMove(deltas: Delta[], { kind, desired }: Declared, found: Found, indexes: Indexes): Delta[] {
  const [was, now] = [kind.liesIn?.(found.linked, indexes.found), kind.liesIn?.(desired.spec, indexes.resolved)];
  if (!was || !now || was.place === now.place || desired.ignoreChanges.includes(now.field)) return deltas;
  return [
    ...deltas.filter((delta) => delta.field !== now.field),
    fieldDelta(kind, now.field, "replace", found, desired, `it cannot move from ${was.place} to ${now.place}`),
  ];
}

function fieldDelta(kind: Kind, field: string, impact: Delta["impact"], found: Found, desired: Desired, because: string): Delta {
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

/** Hashes of fields that agree already (the tag may be missing on what was adopted) or that this plan brings into agreement. */
function settledHashes(kind: Kind, spec: Spec, result: Diff, have: Tags): Tags {
  const settled: Record<string, string> = { ...hashTags(kind, spec) };
  for (const { field, impact } of result.deltas) {
    const tag = impact === "note" ? (kind.fields as Readonly<Record<string, FieldRule>>)[field]?.hashTag : undefined;
    if (tag !== undefined && tag in settled) settled[tag] = have[tag] ?? settled[tag]!;
  }
  return settled;
}

/**
 * A replaced object has a new id, so whatever refers to it changes too: by the rule of the field that holds the
 * reference it is updated, restarted or replaced itself, and so on.
 */
function spreadReplacements(decisions: Map<Address, Decision>, index: ResourceIndex): void {
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
function spreadChanges(decisions: Map<Address, Decision>): void {
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

export function decision(address: Address, kind: Kind, more: Partial<Decision>): Decision {
  return {
    address,
    kind,
    action: "none",
    deltas: [],
    tags: noTagChange,
    because: "",
    order: "create-first",
    refused: [],
    contested: [],
    causes: new Map(),
    ...more,
  };
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
