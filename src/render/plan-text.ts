import type { Position } from "../diag/diagnostic.ts";
import type { AwsId } from "../kinds/kind.ts";
import type { ContestedField, Note, Plan, Step } from "../plan/plan.ts";
import { changesMarksOnly } from "../plan/tags.ts";
import { ownership } from "../resource/ownership.ts";
import { type ChangeLine, linesOfChange, linesOfTags } from "./change-lines.ts";
import { createText } from "./create-text.ts";
import { counted, listed } from "../diag/words.ts";
import { pad, widthOfText, wrap } from "./layout.ts";
import { type Paint, type Painter, plain } from "./painter.ts";
import { placed } from "./placed.ts";
import { reachLines } from "./reach-changes.ts";
import { countSteps, describeCounts, describeLosses, nameOf, objectsIn } from "./summary.ts";
import { plainText, type TextOptions } from "./text-options.ts";
import { placeOf } from "./values.ts";
import { groupBy } from "../resource/group-by.ts";

/** Returns a plan for people: the risky steps first, each step with its reason and its line, the counts at the end. */
export function planText(plan: Plan, options: TextOptions = plainText): string {
  const lines: string[] = [];
  const counts = countSteps(plan.steps);
  if (plan.isNew && counts.create > 0) lines.push(...wrap(`New environment: ${nameOf(plan)} has no resources yet.`, options.width), "");
  lines.push(...sectionLines(stepsOf(plan), options));
  lines.push(...reachLines(plan, options));
  lines.push(...contestedLines(plan, options), ...leftAloneLines(plan, options));
  lines.push(...noteLines(plan.notes, options));
  lines.push(...conclusion(plan, options));
  return `${lines.join("\n")}\n`;
}

/** Returns the text of steps alone, without the lines about the plan as a whole. */
export function stepsText(steps: readonly Step[], options: TextOptions = plainText): string {
  return sectionLines(steps, options)
    .map((line) => `${line}\n`)
    .join("");
}

function sectionLines(all: readonly Step[], options: TextOptions): string[] {
  return sections.flatMap((section) => {
    const steps = all.filter((step) => section.actions.includes(step.action));
    return steps.length === 0 ? [] : [options.paint.strong(titleOf(section, steps)), ...section.lines(steps, options), ""];
  });
}

/** Removes the reasons of deletes when the goal is to delete everything: the goal is the reason for each of them. */
function stepsOf({ goal, steps }: Plan): readonly Step[] {
  return goal === "agree" ? steps : steps.map((step) => (step.action === "delete" ? { ...step, because: "" } : step));
}

function titleOf(section: Section, steps: readonly Step[]): string {
  const file = commonFile(steps);
  return `${section.title} (${steps.length})${file === undefined ? "" : `, in ${file}`}`;
}

/** Returns the file that contains all these steps, if there are several steps and one file. */
function commonFile(steps: readonly Step[]): string | undefined {
  const files = new Set(steps.map(({ at }) => at?.file));
  return steps.length > 1 && files.size === 1 ? [...files][0] : undefined;
}

/** Returns the position of a step in the YAML: only the line number when the title names the file. */
function placeIn(steps: readonly Step[]): (step: Step) => string {
  const file = commonFile(steps);
  return ({ at }) => (file === undefined || at === undefined ? placeOf(at) : `line ${at.line}`);
}

interface Section {
  readonly title: string;
  readonly actions: readonly Step["action"][];
  lines(steps: readonly Step[], options: TextOptions): string[];
}

const sections: readonly Section[] = [
  { title: "To destroy or replace", actions: ["delete", "replace"], lines: changeSteps },
  { title: "To update with a restart", actions: ["restart"], lines: changeSteps },
  { title: "To update in place", actions: ["update"], lines: changeSteps },
  {
    title: "To create",
    actions: ["create"],
    lines: (steps, options) => (options.verbose ? changeSteps(steps, options) : createText(steps, placeIn(steps), options)),
  },
  { title: "Tags only", actions: ["retag"], lines: tagSteps },
  { title: "Kept, not deleted", actions: ["keep"], lines: changeSteps },
];

function changeSteps(steps: readonly Step[], options: TextOptions): string[] {
  const longest = longestOf(steps);
  const place = placeIn(steps);
  return steps.flatMap((step) => stepLines(step, longest, place(step), options));
}

/** Shows the tags of the first adoption only when there are many, because every adoption writes the same few tags. */
function tagSteps(steps: readonly Step[], options: TextOptions): string[] {
  const [first, ...others] = steps.filter(isAdoption);
  if (first === undefined || others.length < mostInFull || options.verbose) return changeSteps(steps, options);
  const longest = longestOf(steps);
  const place = placeIn(steps);
  const inFull = [...steps.filter((step) => !isAdoption(step)), first];
  return [
    ...inFull.flatMap((step) => stepLines(step, longest, place(step), options)),
    ...others.flatMap((step) => titleLines(step, longest, place(step), options)),
    ...wrap(
      `adopt: only tags are written on these ${others.length} as well, with their own addresses; -v shows each`,
      options.width,
      "      ",
    ),
  ];
}

const mostInFull = 3;

/** Whether a step only writes our tags on an object that had none of them. */
function isAdoption(step: Step): boolean {
  if (step.action !== "retag") return false;
  const { set, remove, claim = {} } = step.tags;
  const isOurs = Object.keys(set).every((key) => key.startsWith("infra:"));
  return ownership.adopted in set && isOurs && remove.length === 0 && Object.keys(claim).length === 0;
}

function longestOf(steps: readonly Step[]): number {
  return Math.min(34, Math.max(...steps.map(({ address }) => widthOfText(address))));
}

/** The sign before an address. */
export function markOf(step: Step): string {
  switch (step.action) {
    case "create":
      return "+";
    case "update":
      return "~";
    case "restart":
      return "!";
    case "replace":
      return step.order === "create-first" ? "+/-" : "-/+";
    case "delete":
      return "-";
    case "retag":
      return ">";
    case "keep":
      return "=";
  }
}

/** Says what a step does to its object and why, as the end of a sentence that begins with the address. */
export function deedOf(step: Step): string {
  const because = isSaidByFields(step) ? "" : `, because ${step.because}`;
  const reason = isSaidByFields(step) ? "" : `: ${step.because}`;
  switch (step.action) {
    case "create":
      return `create${because}`;
    case "update":
      return `update in place${because}`;
    case "restart":
      return `update with a restart${reason}`;
    case "replace":
      return step.order === "create-first"
        ? `replace (create new, then delete old)${reason}`
        : `replace (delete old, then create new)${reason}`;
    case "delete":
      return `delete${because}${step.until ? `; it is deleted before ${listed(step.until)} ${step.until.length === 1 ? "takes" : "take"} its place` : ""}`;
    case "retag":
      if (step.from !== undefined) return `rename from ${step.from}: only the owner tags are written`;
      return changesMarksOnly(step.tags) ? `only the owner tags are written${because}` : "adopt: only tags are written";
    case "keep":
      return step.because.startsWith("kept") ? step.because : `kept${because}`;
  }
}

/** Whether the lines below the step already give the reason: "ingress differs" says nothing more than they do. */
function isSaidByFields({ because }: Step): boolean {
  return because === "" || because.split("; ").every((reason) => / differs?$/.test(reason));
}

function paintOf(step: Step, paint: Painter): Paint {
  switch (step.action) {
    case "create":
      return paint.added;
    case "delete":
      return paint.danger;
    case "replace":
      return paint.danger;
    case "update":
    case "restart":
    case "retag":
      return paint.changed;
    case "keep":
      return paint.faint;
  }
}

function stepLines(step: Step, longest: number, place: string, options: TextOptions): string[] {
  const { paint, width } = options;
  const lines = [
    ...titleLines(step, longest, place, options),
    ...wrap(deedUnderTitle(step), width, "      ").filter((line) => line !== ""),
  ];
  if ("loses" in step && step.loses !== undefined) lines.push(...wrap(`lost for good: ${step.loses}`, width, "      ").map(paint.danger));
  for (const line of differencesOf(step)) lines.push(...changeLines(line, step.at, options));
  return lines;
}

function titleLines(step: Step, longest: number, place: string, options: TextOptions): string[] {
  const title = "id" in step ? `${pad(step.address, longest)}  ${shortId(step.id)}` : step.address;
  return placed(`  ${pad(markOf(step), 3)} ${title}`, place, options, paintOf(step, options.paint));
}

/** Says what a step does, as far as the section's title does not say it. */
function deedUnderTitle(step: Step): string {
  if (step.action === "delete" && step.because === "") return "";
  if (step.action === "create") return "";
  if (step.action !== "update" && step.action !== "restart") return deedOf(step);
  return isSaidByFields(step) ? "" : `because ${step.because}`;
}

/** Lists contested fields, which differ and are not changed. */
function contestedLines({ contested = [] }: Plan, options: TextOptions): string[] {
  if (contested.length === 0) return [];
  const lines = contested.flatMap((one) => [
    ...placed(`  ?   ${one.address}  ${shortId(one.id)}`, placeOf(one.change.at), options, options.paint.changed),
    ...wrap(fightOf(one), options.width, "      "),
    ...linesOfChange(one.change).flatMap((line) => changeLines(line, one.change.at, options)),
  ]);
  return [options.paint.strong(`Contested: left as it is (${contested.length})`), ...lines, ""];
}

/** Lists objects that differ and that the plan leaves alone. */
function leftAloneLines({ leftAlone = [] }: Plan, options: TextOptions): string[] {
  if (leftAlone.length === 0) return [];
  const lines = leftAlone.flatMap((one) => [
    ...placed(`  ?   ${one.address}  ${shortId(one.id)}`, placeOf(one.at), options, options.paint.changed),
    ...wrap(`left alone, because ${one.because}`, options.width, "      "),
    ...one.changes.flatMap((change) => linesOfChange(change).flatMap((line) => changeLines(line, one.at, options))),
  ]);
  return [options.paint.strong(`Left alone, and different from the YAML (${leftAlone.length})`), ...lines, ""];
}

/** Returns "set 2 times, last on 2026-11-20, and different again". */
export function fightOf({ times, last }: Pick<ContestedField, "times" | "last">): string {
  return `set ${times} times, last on ${last}, and different again`;
}

/** Returns the last part of an ARN, which is enough on a screen. JSON has the whole ARN. */
export function shortId(id: AwsId): string {
  return id.startsWith("arn:") ? id.slice(id.lastIndexOf(":") + 1) : id;
}

function differencesOf(step: Step): ChangeLine[] {
  const fields = "changes" in step ? step.changes.flatMap((change) => linesOfChange(change, step.because)) : [];
  return step.action === "retag" ? [...fields, ...linesOfTags(step.tags)] : fields;
}

function changeLines(line: ChangeLine, stepAt: Position | undefined, options: TextOptions): string[] {
  const { paint } = options;
  const colour = { "+": paint.added, "-": paint.removed, "~": paint.changed, " ": plain.strong }[line.mark];
  const place =
    line.at === undefined || samePlace(line.at, stepAt) ? "" : line.at.file === stepAt?.file ? `line ${line.at.line}` : placeOf(line.at);
  const warning = line.warning === undefined ? "" : `  ! ${line.warning}`;
  const text = `      ${line.nested ? "    " : "  "}${line.mark === " " ? "" : `${line.mark} `}${line.text}${warning}`;
  return placed(text, place, options, line.warning === undefined ? colour : paint.danger);
}

function samePlace(a: Position, b: Position | undefined): boolean {
  return a.file === b?.file && a.line === b.line;
}

/** The number of notes of one code that the text shows. --verbose shows all. */
const notesShown = 5;

/** Returns notes grouped by code, the first few of each. */
export function noteLines(notes: readonly Note[], options: TextOptions): string[] {
  if (notes.length === 0) return [];
  const lines = [options.paint.strong("Notes")];
  for (const [, same] of groupBy(notes, (note) => note.code)) {
    const shown = options.verbose ? same : same.slice(0, notesShown);
    for (const note of shown) {
      const place = note.at === undefined ? "" : ` (${placeOf(note.at)})`;
      lines.push(...wrap(`${subjectOf(note)}${note.text}${place}`, options.width, "  · ", "    "));
    }
    if (same.length > shown.length)
      lines.push(`    and ${counted(same.length - shown.length, "more note")} like this (--verbose shows them)`);
  }
  return [...lines, ""];
}

/** Returns "subnet/a: ", unless the text contains the address already. */
export function subjectOf(note: Note): string {
  const subject = note.address ?? note.id;
  return subject === undefined || note.text.includes(subject) ? "" : `${subject}: `;
}

function conclusion(plan: Plan, { paint, width }: TextOptions): string[] {
  const counts = countSteps(plan.steps);
  const left = leftSentences(plan);
  const narrowed = narrowedSentence(plan);
  if (counts.changes === 0) return [...wrap(agreementOr(left, plan), width).map(paint.strong), ...wrapped(narrowed, width)];
  const sum =
    plan.goal === "destroy"
      ? `Plan: ${counts.delete} to destroy${counts.keep > 0 ? `, ${counts.keep} kept` : ""}.`
      : `Plan: ${describeCounts(counts)}.`;
  const losses = describeLosses(plan.steps);
  return [
    ...wrap(sum, width).map(paint.strong),
    ...wrapped(narrowed, width),
    ...wrapped(left, width).map(paint.changed),
    ...(losses === undefined ? [] : wrap(losses, width).map(paint.danger)),
  ];
}

function wrapped(text: string, width: number): string[] {
  return text === "" ? [] : wrap(text, width);
}

/** Returns the conclusion of a plan without changes: `left`, or the sentence about agreement when `left` is empty. */
export function agreementOr(left: string, plan: Plan): string {
  return left === "" ? agreement(plan) : left;
}

/**
 * Says what the plan was narrowed to and how many resources it left out. Returns an empty text when nothing was left out, and for an
 * adoption, which is always narrow.
 */
export function narrowedSentence({ narrowed }: Plan): string {
  if (!narrowed || narrowed.by === "adopt" || narrowed.beyond === 0) return "";
  const { to, within, beyond } = narrowed;
  if (!to.some((address) => within.includes(address))) return ""; // the plan covers none of the targets, so they need nothing
  return `Narrowed by --target to ${listed([...to, `${to.length === 1 ? "its" : "their"} dependencies`])}; the other ${beyond === 1 ? "resource is" : `${beyond} resources are`} not planned.`;
}

/** Says what differs and is not changed, and how to have it changed. Returns an empty text when there is nothing like that. */
export function leftSentences(plan: Plan): string {
  return [contestedSentence(plan), leftAloneSentence(plan)].filter((text) => text !== "").join(" ");
}

function leftAloneSentence({ leftAlone = [] }: Plan): string {
  if (leftAlone.length === 0) return "";
  const [verb, ending] = leftAlone.length === 1 ? ["is", "s"] : ["are", ""];
  return `${counted(leftAlone.length, "resource")} ${verb} left alone and differ${ending} from the YAML: ${listed(leftAlone.map(({ address }) => address))}.`;
}

function contestedSentence({ contested = [] }: Plan): string {
  if (contested.length === 0) return "";
  const one = contested.length === 1;
  const left = `${counted(contested.length, "contested field")} ${one ? "is" : "are"} left as found, because something sets ${one ? "it" : "them"} back each time`;
  return `${left}: stop that, or write its value or \`ignoreChanges\` into the YAML; --repair-contested sets ${one ? "it" : "them"} once more.`;
}

function agreement(plan: Plan): string {
  const { keep } = countSteps(plan.steps);
  if (plan.goal === "destroy")
    return keep > 0
      ? `Nothing to destroy: ${counted(keep, "resource")} of ${nameOf(plan)} ${keep === 1 ? "is" : "are"} kept.`
      : `Nothing to destroy. ${nameOf(plan)} has no resources in AWS.`;
  if (plan.refusals !== undefined && plan.refusals > 0)
    return `No plan: fix the ${plan.refusals === 1 ? "error" : `${plan.refusals} errors`} above first.`;
  const { narrowed } = plan;
  if (narrowed?.by === "adopt")
    return `Nothing to adopt: ${counted(narrowed.to.length, "resource")} ${narrowed.to.length === 1 ? "is" : "are"} adopted already. \`infra plan\` compares everything with the configuration.`;
  const total = objectsIn(plan).length;
  const gone = narrowed?.to.filter((address) => !narrowed.within.includes(address)) ?? [];
  if (total === 0 && gone.length > 0) return `No changes. Neither the YAML nor AWS has ${listed(gone)}.`;
  if (total === 0) return "No changes. The configuration has no resources, and AWS has none of this environment.";
  const same = total - keep;
  const isAll = !narrowed || narrowed.beyond === 0;
  const those = `${isAll && same !== 1 ? "All" : "The"} ${counted(same, "resource")} ${isAll ? "in AWS" : "asked about"}`;
  const matching = same === 0 ? "" : ` ${those} ${same === 1 ? "matches" : "match"} the configuration.`;
  return `No changes.${matching}${keep === 0 ? "" : ` ${counted(keep, "resource")} kept that ${keep === 1 ? "is" : "are"} no longer in the YAML.`}`;
}
