import type { Outcome } from "../apply/events.ts";
import { textOfOutput } from "../config/expand/outputs.ts";
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { ContestedField, LeftAloneObject, Plan, ReachChange, Step } from "../plan/plan.ts";
import { stepName } from "./apply-progress.ts";
import { outcomeSentence, type Output, type Purpose } from "./apply-summary.ts";
import { isPublic } from "../reach/parties.ts";
import { linesOfChange, linesOfTags, type ChangeLine } from "./change-lines.ts";
import { newObject } from "./create-text.ts";
import { sectionsOf, type DriftReport } from "./drift.ts";
import { findingSentence, remedyOf, reservationOf } from "./drift-text.ts";
import { counted } from "../diag/words.ts";
import { clip } from "./layout.ts";
import { code, escaped, fitted, type MarkdownSection } from "./markdown-fit.ts";
import { mermaidOf } from "./mermaid.ts";
import { deedOf, fightOf, leftSentences, narrowedSentence, shortId, subjectOf } from "./plan-text.ts";
import { flowSentence, publicFirst, viaText } from "./reach-changes.ts";
import { countSteps, describeCounts, describeLosses, noChangesIn } from "./summary.ts";
import { placeOf } from "./values.ts";

export interface MarkdownOptions {
  /** The largest number of characters that the destination accepts. */
  readonly limit: number;
  /** A link to the whole text, for the parts that do not fit. */
  readonly link?: string | undefined;
}

/** A comment on GitHub holds 65,536 characters. A few are left for text that others add around it. */
export const commentLimit = 65_000;

/** Returns a plan as a comment on a pull request: the counts, the risky steps, everything else folded, and a picture. */
export function planMarkdown(
  plan: Plan,
  diagnostics: readonly Diagnostic[] = [],
  { limit, link }: MarkdownOptions = { limit: commentLimit },
): string {
  const risky = plan.steps.filter(({ action }) => action === "delete" || action === "replace");
  const created = stepsOf(plan, "create");
  const counts = countSteps(plan.steps);
  const losses = describeLosses(plan.steps);
  const left = leftSentences(plan);
  const narrowed = narrowedSentence(plan);
  const agrees = counts.changes === 0 && left === "" && counts.keep === 0 && !plan.refusals;
  const head = [
    marker("plan", plan),
    `### ${code(`${plan.project}/${plan.environment}`)}: ${counts.changes > 0 ? describeCounts(counts) : left === "" ? noChangesIn(plan) : "no changes, but differences"}`,
    where(plan),
    ...(plan.isNew && counts.create > 0 ? ["**New environment:** it has no resources yet."] : []),
    ...(losses === undefined ? [] : [`> [!CAUTION]\n> ${escaped(clip(losses, 1_000))}`]),
    ...(agrees ? [narrowed === "" ? "AWS matches the YAML." : "AWS matches the YAML in everything that this plan compared."] : []),
    ...(narrowed === "" ? [] : [escaped(narrowed)]),
    ...(left === "" ? [] : [escaped(left)]),
  ];
  const sections: MarkdownSection[] = [
    { title: "Problems", open: true, items: diagnostics.map(diagnosticItem) },
    { title: "To destroy or replace", open: true, items: risky.map(stepItem), allNames: risky.map(({ address }) => address) },
    { title: "To update with a restart", open: true, items: stepsOf(plan, "restart").map(stepItem) },
    { title: "To update in place", items: stepsOf(plan, "update").map(stepItem) },
    { title: "To create", open: created.some(opensSomething), items: created.map(createItem) },
    {
      title: "This change opens",
      open: (plan.reach?.opens ?? []).some(({ from }) => isPublic(from)),
      items: publicFirst(plan.reach?.opens).map((change) => reachItem(change, isPublic(change.from))),
    },
    { title: "This change closes", items: publicFirst(plan.reach?.closes).map((change) => reachItem(change, false)) },
    { title: "Tags only", items: stepsOf(plan, "retag").map(stepItem) },
    { title: "Kept, not deleted", items: stepsOf(plan, "keep").map(stepItem) },
    { title: "Contested: left as it is", open: true, items: (plan.contested ?? []).map(contestedItem) },
    { title: "Left alone, and different from the YAML", open: true, items: (plan.leftAlone ?? []).map(leftAloneItem) },
    {
      title: "Notes",
      items: plan.notes.map(
        (note) => `- ${escaped(`${subjectOf(note)}${note.text}`)}${placeOf(note.at) === "" ? "" : ` (${code(placeOf(note.at))})`}`,
      ),
    },
    ...(counts.changes > 0
      ? [{ title: "Picture of what changes", uncounted: true as const, items: [`\`\`\`mermaid\n${mermaidOf(plan)}\`\`\``] }]
      : []),
  ];
  return fitted(head, sections, limit, link);
}

function reachItem(change: ReachChange, isDanger: boolean): string {
  const flow = escaped(flowSentence(change));
  const by = change.via.map((hop) => `${escaped(viaText(hop))}${placeOf(hop.at) === "" ? "" : ` (${code(placeOf(hop.at))})`}`);
  return `- ${isDanger ? `**${flow}**` : flow}${by.length === 0 ? "" : `, by ${by.join(", ")}`}`;
}

/** Returns drift as the text of an issue, the most urgent first. */
export function driftMarkdown(
  report: DriftReport,
  diagnostics: readonly Diagnostic[] = [],
  { limit, link }: MarkdownOptions = { limit: commentLimit },
): string {
  const { findings } = report;
  const item = (finding: DriftReport["findings"][number]) =>
    `- ${escaped(findingSentence(finding))}${placeOf(finding.at) === "" ? "" : ` (${code(placeOf(finding.at))})`}`;
  const head = [
    marker("drift", report),
    `### Drift in ${code(`${report.project}/${report.environment}`)}: ${findings.length > 0 ? counted(findings.length, "difference") : report.refusals ? "not everything was compared" : "none"}`,
    where(report),
    findings.length > 0
      ? remedyOf(report)
      : (reservationOf(report) ?? `AWS matches the YAML: ${counted(report.objects, "resource")} compared.`),
  ];
  const sections: MarkdownSection[] = [
    { title: "Problems", open: true, items: diagnostics.map(diagnosticItem) },
    ...sectionsOf(report).map(({ title, findings: those }): MarkdownSection => ({ title, open: true, items: those.map(item) })),
    { title: "Notes", items: report.notes.map((note) => `- ${escaped(`${subjectOf(note)}${note.text}`)}`) },
  ];
  return fitted(head, sections, limit, link);
}

/** Returns the result of an apply. */
export function outcomeMarkdown(
  plan: Pick<Plan, "project" | "environment" | "account" | "region"> & Purpose,
  outcome: Outcome,
  { limit, link }: MarkdownOptions = { limit: commentLimit },
  outputs: readonly Output[] = [],
): string {
  const sentence = outcomeSentence(outcome, plan);
  const head = [marker("apply", plan), `### ${code(`${plan.project}/${plan.environment}`)}: ${sentence}`, where(plan)];
  const failed = outcome.failed.map(({ step, failure }) => {
    const lines = [`- ${step.action} ${code(stepName(step))}: ${code(failure.code)} ${escaped(failure.message)}`];
    if (failure.requestId !== undefined)
      lines.push(`  (${[failure.service, failure.operation].filter(Boolean).join(" ")}, request id ${code(failure.requestId)})`);
    if (failure.hint !== undefined) lines.push(`  ${escaped(failure.hint)}`);
    if (step.position) lines.push(`  ${code(placeOf(step.position))}`);
    return lines.join("\n");
  });
  const sections: MarkdownSection[] = [
    { title: "Failed steps", open: true, items: failed },
    { title: "Outputs", open: true, items: outputs.map(({ name, value }) => `- ${code(name)}: ${code(textOfOutput(value))}`) },
    { title: "Skipped steps", items: outcome.skipped.map(({ step, because }) => `- ${code(stepName(step))}: ${escaped(because)}`) },
    { title: "Done steps", items: outcome.done.map((step) => `- ${step.action} ${code(stepName(step))}`) },
  ];
  return fitted(head, sections, limit, link);
}

/** Returns the validation of several environments. */
export function validationMarkdown(
  all: readonly { readonly name: string; readonly diagnostics: readonly Diagnostic[] }[],
  { limit, link }: MarkdownOptions = { limit: commentLimit },
): string {
  const bad = all.filter(({ diagnostics }) => diagnostics.some(({ severity }) => severity === "error"));
  const head = [
    "<!-- infra validate -->",
    `### ${bad.length === 0 ? `${counted(all.length, "environment")} valid` : `${bad.length} of ${counted(all.length, "environment")} in error`}`,
  ];
  return fitted(
    head,
    all.map(({ name, diagnostics }) => ({ title: name, open: true, items: diagnostics.map(diagnosticItem) })),
    limit,
    link,
  );
}

function stepsOf(plan: Plan, action: Step["action"]): readonly Step[] {
  return plan.steps.filter((step) => step.action === action);
}

/** Returns the marker by which a workflow finds its own comment again. */
function marker(what: string, { project, environment }: Pick<Plan, "project" | "environment">): string {
  return `<!-- infra ${what} ${project}/${environment} -->`;
}

function where({ account, region }: Pick<Plan, "account" | "region">): string {
  return `Account ${code(account)}, region ${code(region)}.`;
}

function stepItem(step: Step): string {
  const id = "id" in step ? ` (${code(shortId(step.id))})` : "";
  const place = placeOf(step.at);
  const loss = "loses" in step && step.loses !== undefined ? `; **lost for good: ${escaped(step.loses)}**` : "";
  const lines = [`- ${code(step.address)}${id}: ${escaped(deedOf(step))}${loss}${place === "" ? "" : `, ${code(place)}`}`];
  const differences = "changes" in step ? step.changes.flatMap((change) => linesOfChange(change, step.because)) : [];
  if (step.action === "retag") differences.push(...linesOfTags(step.tags));
  return [...lines, ...differenceBlock(differences)].join("\n");
}

function differenceBlock(differences: readonly ChangeLine[]): string[] {
  if (differences.length === 0) return [];
  const text = differences.map(
    ({ mark, text: what, nested, warning }) =>
      `${mark === "~" ? "!" : mark} ${nested ? "  " : ""}${clip(what, 400)}${warning === undefined ? "" : `  ! ${warning}`}`,
  );
  const fence = fenceFor(text.join("\n"));
  return [`  ${fence}diff`, ...text.map((line) => `  ${line}`), `  ${fence}`];
}

function contestedItem(one: ContestedField): string {
  const place = placeOf(one.change.at);
  const head = `- ${code(one.address)} (${code(shortId(one.id))}): ${escaped(fightOf(one))}${place === "" ? "" : `, ${code(place)}`}`;
  return [head, ...differenceBlock(linesOfChange(one.change))].join("\n");
}

function leftAloneItem(one: LeftAloneObject): string {
  const place = placeOf(one.at);
  const head = `- ${code(one.address)} (${code(shortId(one.id))}): ${escaped(one.because)}${place === "" ? "" : `, ${code(place)}`}`;
  return [head, ...differenceBlock(one.changes.flatMap((change) => linesOfChange(change)))].join("\n");
}

function createItem(step: Step): string {
  const { line, lines } = step.action === "create" ? newObject(step) : { line: "", lines: [] };
  const place = placeOf(step.at);
  return [
    `- ${code(step.address)}${line === "" ? "" : ` ${escaped(line)}`}${place === "" ? "" : `, ${code(place)}`}`,
    ...lines.map(
      ({ text, warning }) => `  - ${code(text.replaceAll(/ {2,}/g, " "))}${warning === undefined ? "" : ` **! ${escaped(warning)}**`}`,
    ),
  ].join("\n");
}

/** Whether a step creates something with a warning. It must not be folded, because the person who approves the plan has to see it. */
function opensSomething(step: Step): boolean {
  return step.action === "create" && newObject(step).lines.some(({ warning }) => warning !== undefined);
}

function diagnosticItem({ severity, code: name, summary, at, hint }: Diagnostic): string {
  return `- **${severity}** ${code(name)}: ${escaped(summary)}${at ? ` (${code(placeOf(at))})` : ""}${hint === undefined ? "" : `\n  ${escaped(hint)}`}`;
}

/** Returns a fence that is longer than any run of backticks in the text. */
function fenceFor(text: string): string {
  return "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
}
