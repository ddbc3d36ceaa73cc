/**
 * Drift is a plan read in the other direction: what AWS has that the YAML does not have. Every finding is one line of the report, and the
 * exit code counts exactly these findings.
 */
import type { Position } from "../diag/diagnostic.ts";
import type { Address, AwsId, FieldUrgency, Json } from "../kinds/kind.ts";
import type { ContestedField, FieldChange, LeftAloneObject, Note, Plan, Step } from "../plan/plan.ts";
import { isTag, isUnset } from "./change-lines.ts";
import { isOutside } from "../reach/parties.ts";
import { groupBy } from "../resource/group-by.ts";
import { flowText } from "./reach-changes.ts";

export interface DriftReport {
  readonly project: string;
  readonly environment: string;
  readonly account: string;
  readonly region: string;
  /** Sorted by urgency, the most urgent first. */
  readonly findings: readonly Finding[];
  /** Facts that are no differences. They are not counted. */
  readonly notes: readonly Note[];
  /** The number of our objects that were compared. */
  readonly objects: number;
  /** The number of these objects that are no longer in the YAML and that plans keep. */
  readonly kept?: number;
  /** The number of errors that kept something from being compared. */
  readonly refusals?: number;
  /** The command that undoes the differences, as it is typed: "infra --sandbox apply dev". */
  readonly apply?: string;
}

export interface Finding {
  /** changed: the values differ. missing: in the YAML, not in AWS. added: in AWS, not in the YAML. */
  readonly group: DriftGroup;
  readonly urgency: Urgency;
  readonly address: Address;
  readonly kind: string;
  readonly id?: AwsId;
  /** The field that differs; absent when the finding is about the whole object. */
  readonly path?: string;
  /** The item of a list or map. */
  readonly item?: string;
  readonly yaml?: Json;
  readonly aws?: Json;
  readonly secret?: true;
  /** The flows from outside that this difference lets in, with everything on their way considered. */
  readonly lets?: readonly string[];
  /** How many times an apply has set the field, and the day of the last time. An apply now leaves it. */
  readonly contested?: { readonly times: number; readonly last: string };
  /** Why an apply leaves the object alone. */
  readonly leftAlone?: string;
  readonly at?: Position;
}

export type DriftGroup = "changed" | "missing" | "added";

/** What kinds say of their fields. object: something is gone or extra as a whole. setting: any other field. label: tags. */
export type Urgency = FieldUrgency | "object" | "setting" | "label";

/** From the most urgent to the least, with the heading of each in a report. */
const titles: Readonly<Record<Urgency, string>> = {
  exposure: "Open to more than the YAML allows",
  safety: "Security and data",
  traffic: "Traffic",
  object: "Whole resources",
  setting: "Other settings",
  label: "Tags",
};

const urgencies = Object.keys(titles) as readonly Urgency[];

/** Returns the findings of a report under their headings, the most urgent first. */
export function sectionsOf({
  findings,
}: DriftReport): readonly { readonly urgency: Urgency; readonly title: string; readonly findings: readonly Finding[] }[] {
  return urgencies
    .map((urgency) => ({ urgency, title: titles[urgency], findings: findings.filter((finding) => finding.urgency === urgency) }))
    .filter((section) => section.findings.length > 0);
}

/** Returns the findings of a plan whose goal is agreement with the YAML: the most urgent first, otherwise in the plan's order. */
export function driftOf(plan: Plan): DriftReport {
  const findings = [
    ...plan.steps.flatMap(findingsOf),
    ...(plan.contested ?? []).flatMap(findingsOfContest),
    ...(plan.leftAlone ?? []).flatMap(findingsOfLeftAlone),
  ];
  const opened = openedBy(findings, plan);
  const ranked = findings.map((finding, place) => ({ finding: withReach(finding, opened.get(finding)), place }));
  const rankOf = ({ urgency, lets }: Finding) => urgencies.indexOf(urgency) * 2 - (lets ? 1 : 0);
  ranked.sort((a, b) => rankOf(a.finding) - rankOf(b.finding) || a.place - b.place);
  const { project, environment, account, region, refusals } = plan;
  const kept = plan.steps.flatMap((step) => (step.action === "keep" ? [noteOfKept(step)] : []));
  const notes = [...kept, ...plan.notes];
  const counts = { objects: plan.objects.length, ...(kept.length > 0 && { kept: kept.length }), ...(refusals && { refusals }) };
  const base = { project, environment, account, region, notes, ...counts };
  return { ...base, findings: ranked.map(({ finding }) => finding) };
}

/**
 * Returns the flows that AWS lets in from outside and the YAML does not, by the finding that lets them in. These are the flows that a plan
 * to agreement would close. Where no finding is about the field that lets them in, every finding of the object that can open something is.
 */
function openedBy(findings: readonly Finding[], { reach }: Plan): ReadonlyMap<Finding, readonly string[]> {
  const opened = new Map<Finding, string[]>();
  const byAddress = groupBy(
    findings.filter(({ group, urgency }) => group !== "missing" && urgency !== "label"),
    ({ address }) => address,
  );
  for (const { from, to, flows, letBy = [] } of reach?.closes ?? []) {
    if (!isOutside(from)) continue;
    for (const [address, those] of groupBy(letBy, (one) => one.address)) {
      const there = byAddress.get(address) ?? [];
      const fields = new Set(those.map(({ field }) => field));
      const exact = there.filter(({ path, item }) => path !== undefined && fields.has(item === undefined ? path : `${path}.${item}`));
      for (const finding of exact.length > 0 ? exact : there.filter(canOpen))
        opened.set(finding, [...(opened.get(finding) ?? []), `${from} → ${to} ${flowText(flows)}`]);
    }
  }
  return opened;
}

/** Whether a finding may be the one that lets somebody in, if the field that does so is not known. */
function canOpen({ urgency, path }: Finding): boolean {
  return urgency === "exposure" || urgency === "traffic" || path === undefined;
}

/**
 * Marks a finding that lets in somebody from outside as an exposure, whichever field it is. A route can be one, and a rule that nobody can
 * use is none.
 */
function withReach(finding: Finding, lets: readonly string[] | undefined): Finding {
  return lets ? { ...finding, urgency: "exposure", lets } : finding;
}

function noteOfKept({ address, id, because }: Extract<Step, { action: "keep" }>): Note {
  const why = because.startsWith("kept, ") ? because.slice("kept, ".length) : because;
  return { code: "left-alone", address, id, text: `${address} (${id}) is not in the YAML, and is kept: ${why}` };
}

function findingsOf(step: Step): Finding[] {
  const { address, kind, at } = step;
  switch (step.action) {
    case "create":
      return [{ group: "missing", urgency: "object", address, kind, ...place(at) }];
    case "delete":
      return [{ group: "added", urgency: "object", address, kind, id: step.id }];
    case "update":
    case "restart":
    case "replace": {
      // A change that follows a replacement is a step of the plan. Until then the object agrees with the YAML.
      const own = step.changes.filter(({ caused }) => !caused);
      if (own.length === 0 && step.changes.length > 0) return [];
      const fields = own.flatMap((change) => findingsOfField(step, step.id, change));
      const tagged = step.action !== "replace" && fields.length === 0 ? findingsOfTags(step, step.id) : [];
      if (fields.length + tagged.length > 0) return [...fields, ...tagged];
      return [{ group: "changed", urgency: "object", address, kind, id: step.id, ...place(at) }];
    }
    case "retag":
      return [{ group: "changed", urgency: "label", address, kind, id: step.id, path: "tags", yaml: step.tags.set, ...place(at) }];
    case "keep":
      return []; // reported as a note: somebody decided that it stays
  }
}

function findingsOfContest({ address, kind, id, times, last, change }: ContestedField): Finding[] {
  return findingsOfField({ address, kind }, id, change).map((finding) => ({ ...finding, contested: { times, last } }));
}

function findingsOfLeftAlone({ address, kind, id, at, because, changes }: LeftAloneObject): Finding[] {
  const own = changes.filter(({ caused }) => !caused);
  const findings = own.flatMap((change) => findingsOfField({ address, kind, ...place(at) }, id, change));
  return findings.map((finding) => ({ ...finding, leftAlone: because }));
}

const ordinary: Urgency = "setting";

function findingsOfField(step: Pick<Step, "address" | "kind" | "at">, id: AwsId, change: FieldChange): Finding[] {
  const base = { address: step.address, kind: step.kind, id, path: change.path };
  const at = change.at ?? step.at;
  const urgency = isTag(change) ? "label" : (change.urgency ?? ordinary);
  if (change.secret) return [{ ...base, group: "changed", urgency, secret: true, ...place(at) }];
  if (!change.items) {
    const values = { ...(!isUnset(change.after) && { yaml: change.after }), ...(!isUnset(change.before) && { aws: change.before }) };
    return [{ ...base, group: "changed", urgency, ...values, ...place(at) }];
  }
  const { added, changed, removed } = change.items;
  return [
    ...removed.map(({ key, value, urgency = ordinary }): Finding => {
      return { ...base, group: "added", urgency, item: key, aws: value, ...place(at) };
    }),
    ...changed.map(({ key, before, after, at: own, urgency = ordinary }): Finding => {
      return { ...base, group: "changed", urgency, item: key, yaml: after, aws: before, ...place(own ?? at) };
    }),
    ...added.map(({ key, value, at: own, urgency = ordinary }): Finding => {
      return { ...base, group: "missing", urgency, item: key, yaml: value, ...place(own ?? at) };
    }),
  ];
}

/** The findings of an update that writes tags only. */
function findingsOfTags(step: Extract<Step, { action: "update" | "restart" }>, id: AwsId): Finding[] {
  const base = { address: step.address, kind: step.kind, id, urgency: "label" as const };
  return [
    ...Object.entries(step.tags.set).map(([key, value]): Finding => ({
      ...base,
      group: "changed",
      path: `tags.${key}`,
      yaml: value,
      ...place(step.at),
    })),
    ...step.tags.remove.map((key): Finding => ({ ...base, group: "added", path: `tags.${key}`, ...place(step.at) })),
  ];
}

function place(at: Position | undefined): { at?: Position } {
  return at === undefined ? {} : { at };
}
