/** Decides the action for each object, before anything is ordered or refused. */
import type { Environment } from "../config/environment.ts";
import type { Address, Desired, FieldRule, Kind, ResourceIndex, Spec, Tags } from "../kinds/kind.ts";
import { ownership } from "../resource/ownership.ts";
import { adoptionTags, askedOf } from "./adoption.ts";
import { type Contest, type Decided, type Decision, decision, type Declared } from "./decision.ts";
import { type Delta, diff, type Diff, type SaidRule } from "./diff.ts";
import { type AppliedHistory, contestOf } from "./flapping.ts";
import { stateFollowing } from "./followed-ids.ts";
import { holdsText } from "./late-texts.ts";
import { differs, leaveAlone } from "./left-alone.ts";
import { markingOf } from "./entry-marks.ts";
import type { Found, Observed } from "./observed.ts";
import type { Note, Plan, TagChange } from "./plan.ts";
import { resourceIndexOf } from "./resource-index.ts";
import { fieldDelta, spreadChanges, spreadReplacements } from "./spread.ts";
import { changesMarksOnly, changesTags, hashTags, tagChange, withMarking, type Owner } from "./tags.ts";

/** Decides for every declared and every found object, then spreads replacements and changes to the objects that refer to them. */
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
        because: goal === "destroy" ? "the whole environment is destroyed" : "it is no longer in the YAML",
      }),
    );
  }
  for (const found of observed.leftovers)
    decisions.set(found.address, decision(found.address, found.kind, { found, action: "delete", because: "its replacement exists" }));
  return { decisions: stateFollowing(spreadChanges(spreadReplacements(decisions, index))), notes };
}

/** The resources as they were found, and as they will be. */
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
  const plain = tagChange(ownerOf(environment), kind, desired, found.live, {
    ...agreedHashes(kind, desired.spec, result, found.live.tags),
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
  return { ...base, ...actionOf(base) };
}

/** Adds to each difference which values of other objects its field holds: they may be the reason. */
function withSources(found: Diff, declared: Declared): Diff {
  if (!declared.held) return found;
  const deltas = found.deltas.map((delta) => {
    const holds = holdsText(declared, delta.field);
    const because = [delta.rule.because, holds].filter(Boolean).join("; ");
    return holds === undefined ? delta : { ...delta, rule: { ...delta.rule, because } };
  });
  return { ...found, deltas };
}

/**
 * Takes out the fields and tags that others set back each time: they stay as they are. Differences that need a replacement, fields
 * compared by a hash tag, and our own tags are not taken out.
 */
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

function ownerOf({ project, name: environment, region }: Environment): Owner {
  return { project, environment, region };
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
  if (changesMarksOnly(tags)) return { action: "retag", because: whyMarked(tags), order };
  if (changesTags(tags)) return { action: "update", because: "its tags differ", order };
  return { action: "none", because: "", order };
}

function whyMarked({ set, remove, claim }: TagChange): string {
  const isSettled = remove.includes(ownership.superseded);
  const isMadeDue = Object.keys(set).length + remove.length > 1 || !isSettled || claim !== undefined;
  return [
    ...(isSettled ? ["it no longer has to be replaced"] : []),
    ...(isMadeDue ? ["its tags do not record all entries that infra made in it"] : []),
  ].join("; ");
}

/** Returns which half of a replacement comes first, as the kind says. */
export function orderOf(kind: Kind, found: Found, declared: Declared): Decision["order"] {
  return typeof kind.replace === "function" ? kind.replace(found.linked, declared.desired.spec) : (kind.replace ?? "create-first");
}

function renamed(kind: Kind, desired: Desired, found: Found): boolean {
  return kind.naming !== undefined && desired.awsNameWritten && found.live.name !== undefined && found.live.name !== desired.awsName;
}

function renameDelta(kind: Kind, desired: Desired, found: Found): Delta {
  const rule: SaidRule = { change: "replace", because: "AWS cannot rename it" };
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

/** Adds a replacement for an object that must lie in another place than it does now. No change of a field can move it. */
function withMove(deltas: Delta[], { kind, desired }: Declared, found: Found, indexes: Indexes): Delta[] {
  const [was, now] = [kind.liesIn?.(found.linked, indexes.found), kind.liesIn?.(desired.spec, indexes.resolved)];
  if (!was || !now || was.place === now.place || desired.ignoreChanges.includes(now.field)) return deltas;
  return [
    ...deltas.filter((delta) => delta.field !== now.field),
    fieldDelta(kind, now.field, "replace", found, desired, `it cannot move from ${was.place} to ${now.place}`),
  ];
}

/** Hashes of fields that already agree (an adopted object may lack the tag) or that this plan brings into agreement. */
function agreedHashes(kind: Kind, spec: Spec, result: Diff, have: Tags): Tags {
  const agreed: Record<string, string> = { ...hashTags(kind, spec) };
  for (const { field, impact } of result.deltas) {
    const tag = impact === "note" ? (kind.fields as Readonly<Record<string, FieldRule>>)[field]?.hashTag : undefined;
    if (tag !== undefined && tag in agreed) agreed[tag] = have[tag] ?? agreed[tag]!;
  }
  return agreed;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
