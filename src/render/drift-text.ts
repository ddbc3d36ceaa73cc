import type { Json } from "../kinds/kind.ts";
import { isMapEntry } from "./change-lines.ts";
import { counted, listed } from "../diag/words.ts";
import { wrap } from "./layout.ts";
import { sectionsOf, type DriftGroup, type DriftReport, type Finding } from "./drift.ts";
import { fightOf, noteLines, shortId } from "./plan-text.ts";
import { plainText, type TextOptions } from "./text-options.ts";
import { nameOf } from "./summary.ts";
import { brief, inline, placeOf } from "./values.ts";

/** Returns the differences between AWS and the YAML as text, the most urgent first. */
export function driftText(report: DriftReport, options: TextOptions = plainText): string {
  const { paint, width } = options;
  const lines = sectionsOf(report).flatMap(({ urgency, title, findings }) => {
    const head = (urgency === "exposure" ? paint.danger : paint.strong)(`${title} (${findings.length})`);
    return [head, ...findings.flatMap((finding) => findingLines(finding, options)), ""];
  });
  lines.push(...noteLines(report.notes, options));
  lines.push(...wrap(conclusion(report), width).map(paint.strong));
  return `${lines.join("\n")}\n`;
}

/** Returns one finding as a sentence without its position, for annotations, SARIF and JUnit. */
export function findingSentence(finding: Finding): string {
  const { address, id, path, group } = finding;
  const subject = id === undefined ? address : `${address} (${shortId(id)})`;
  if (path === undefined)
    return `${subject} ${{ changed: "differs from the YAML", missing: "is in the YAML and not in AWS", added: "is in AWS and not in the YAML" }[group]}${letsText(finding)}${leftText(finding)}.`;
  const what = finding.secret ? "(secret) differs" : valueSentence(finding);
  return `${subject}: ${path} ${what}${finding.contested ? `; contested: ${fightOf(finding.contested)}, so \`infra apply\` leaves it` : ""}${letsText(finding)}${leftText(finding)}.`;
}

function letsText({ lets }: Finding): string {
  return lets ? `; it allows ${fewOf(lets)}` : "";
}

/** Names the first three flows, since one rule may open the same port of many instances. */
function fewOf(lets: readonly string[]): string {
  return lets.length > 3 ? `${lets.slice(0, 3).join(", ")} and ${lets.length - 3} more` : lets.join(", ");
}

function leftText({ leftAlone }: Finding): string {
  return leftAlone === undefined ? "" : `; left alone: ${leftAlone}`;
}

function valueSentence({ group, item, yaml, aws }: Finding): string {
  if (item === undefined)
    return aws === undefined
      ? `should be ${brief(yaml)} and is not`
      : `is ${brief(aws)} and should be ${yaml === undefined ? "unset" : brief(yaml)}`;
  if (group === "added") return `has ${itemText(item, aws)}, which the YAML does not list`;
  if (group === "missing") return `lacks ${itemText(item, yaml)}`;
  return `has ${itemText(item, aws)} and should have ${itemText(item, yaml)}`;
}

function findingLines(finding: Finding, { width, paint }: TextOptions): string[] {
  const { mark, colour } = {
    added: { mark: "+", colour: paint.removed },
    changed: { mark: "~", colour: paint.changed },
    missing: { mark: "-", colour: paint.removed },
  }[finding.group];
  const place = placeOf(finding.at);
  const [head, ...rest] = [`  ${mark} ${finding.address}${finding.id === undefined ? "" : `  ${shortId(finding.id)}`}`, ...detail(finding)];
  const gap = Math.max(2, width - head!.length - place.length);
  return [
    `${colour(head!)}${place === "" ? "" : `${" ".repeat(gap)}${paint.faint(place)}`}`,
    ...rest.flatMap((line) => wrap(line, width, "      ", "        ")),
    ...(finding.lets ? wrap(`it allows: ${fewOf(finding.lets)}`, width, "      ", "        ") : []),
    ...(finding.leftAlone === undefined ? [] : wrap(`left alone: ${finding.leftAlone}`, width, "      ")),
    ...(finding.contested ? wrap(`contested: ${fightOf(finding.contested)}; it is left as it is`, width, "      ") : []),
  ];
}

/** Returns an item as text. The entry of a map has its key in front. */
function itemText(item: string, value: Json | undefined): string {
  return value !== undefined && isMapEntry(item, value) ? `${item}: ${inline(value)}` : inline(value);
}

function detail({ path, item, yaml, aws, group, secret }: Finding): string[] {
  if (path === undefined)
    return [{ changed: "differs from the YAML", missing: "in the YAML but not in AWS", added: "in AWS but not in the YAML" }[group]];
  if (secret) return [`${path}: (secret) differs`];
  if (item !== undefined && group === "added") return [`${path}: in AWS but not in the YAML: ${itemText(item, aws)}`];
  if (item !== undefined && group === "missing") return [`${path}: in the YAML but not in AWS: ${itemText(item, yaml)}`];
  if (item !== undefined) return [`${path}:`, `  YAML  ${itemText(item, yaml)}`, `  AWS   ${itemText(item, aws)}`];
  const one = `${path}: YAML ${brief(yaml)}, AWS ${brief(aws)}`;
  if (yaml === undefined) return [`${path}: in AWS but not in the YAML: ${aws === undefined ? "it" : brief(aws)}`];
  if (aws === undefined) return [`${path}: should be ${brief(yaml)}`];
  return one.length <= 88 ? [one] : [`${path}:`, `  YAML  ${brief(yaml)}`, `  AWS   ${brief(aws)}`];
}

/** Says why a report without findings cannot claim full agreement with the YAML. Returns undefined when it can. */
export function reservationOf(report: Omit<DriftReport, "findings">): string | undefined {
  const objects = counted(report.objects, "resource");
  if (report.refusals) return `Not all of ${nameOf(report)} could be compared, because of ${counted(report.refusals, "problem")}.`;
  if (report.kept) return `No drift in ${nameOf(report)}: ${objects} compared; ${report.kept} of them kept, though no longer in the YAML.`;
  return undefined;
}

function conclusion(report: DriftReport): string {
  if (report.findings.length === 0)
    return (
      reservationOf(report) ??
      `No drift. ${report.objects === 1 ? "The 1 resource" : `All ${report.objects} resources`} in AWS ${report.objects === 1 ? "matches" : "match"} the configuration of ${nameOf(report)}.`
    );
  const count = (group: DriftGroup) => report.findings.filter((finding) => finding.group === group).length;
  const parts = (["changed", "missing", "added"] as const).filter((group) => count(group) > 0).map((group) => `${count(group)} ${group}`);
  return `Drift: ${counted(report.findings.length, "difference")} (${listed(parts)}) in ${nameOf(report)}. ${remedyOf(report)}`;
}

/** Says what brings AWS back to the YAML, and which differences an apply leaves. */
export function remedyOf({ findings, apply = "infra apply" }: Pick<DriftReport, "findings" | "apply">): string {
  const isContested = ({ contested }: Finding) => contested !== undefined;
  const isLeftAlone = ({ leftAlone }: Finding) => leftAlone !== undefined;
  const sentences = [
    ...(findings.some((finding) => !isContested(finding) && !isLeftAlone(finding)) ? [`Run \`${apply}\` to undo it.`] : []),
    ...(findings.some(isContested) ? [`Contested fields stay as they are; \`${apply} --repair-contested\` sets them once more.`] : []),
    ...(findings.some(isLeftAlone) ? ["An apply does not change what it leaves alone."] : []),
  ];
  return sentences.join(" ");
}
