import { textOfOutput } from "../config/expand/outputs.ts";
import type { Address } from "../kinds/kind.ts";
import type { Plan } from "../plan/plan.ts";
import { hasChanged, stoppedWaiting, type Failure, type Outcome, type StepRef } from "../apply/events.ts";
import { stepName } from "./apply-progress.ts";
import { counted } from "../diag/words.ts";
import { duration, table, wrap } from "./layout.ts";
import { plainText, type TextOptions } from "./text-options.ts";
import { formatVersion } from "./plan-json.ts";
import { placeOf } from "./values.ts";

/** Returns the result of an apply as text: which steps failed and why, which were skipped, and what to do next. */
export function outcomeText(
  outcome: Outcome,
  next: string,
  options: TextOptions = plainText,
  { outputs = [], plan = {} }: { readonly outputs?: readonly Output[]; readonly plan?: Purpose } = {},
): string {
  const { paint } = options;
  const lines: string[] = [];
  if (outcome.failed.length > 0)
    lines.push(
      paint.danger(`Failed (${addressesOf(outcome.failed).size})`),
      ...outcome.failed.flatMap((one) => failureLines(one.step, one.failure, options)),
      "",
    );
  const { unfinished, untried } = leftOf(outcome);
  for (const [title, some] of [
    ["Not finished", unfinished],
    ["Skipped", untried],
  ] as const)
    if (some.length > 0)
      lines.push(paint.strong(`${title} (${addressesOf(some).size})`), ...skippedLines({ ...outcome, skipped: some }, options), "");
  lines.push((outcome.status === "done" ? paint.added : paint.danger)(outcomeSentence(outcome, plan)));
  if (options.verbose) lines.push(paint.faint(`${counted(outcome.done.length + outcome.failed.length, "API step")}.`));
  if (outcome.status !== "done") lines.push(...wrap(next, options.width));
  if (outputs.length > 0)
    lines.push("", paint.strong("Outputs"), ...table(outputs.map(({ name, value }) => [`  ${name}`, textOfOutput(value)])));
  return `${lines.join("\n")}\n`;
}

/** The goal of the run, and the number of errors that kept resources out of its plan. */
export type Purpose = Partial<Pick<Plan, "goal" | "refusals">>;

/**
 * A value that people need right after an apply: an entry of `outputs:`, or an output of a resource, such as "loadBalancer/web.dnsName".
 */
export interface Output {
  readonly name: string;
  readonly value: unknown;
  /** Set for an entry of the environment's `outputs:`. */
  readonly isOwn?: true;
}

/**
 * Returns "Apply complete: 6 created, 0 changed, 0 destroyed in 3 s.", or "Applied in part: 4 of 6 resources done, 1 failed, 1 skipped, in
 * 2 min."
 */
export function outcomeSentence(outcome: Outcome, { goal, refusals = 0 }: Purpose = {}): string {
  const { failed, skipped, ms } = outcome;
  const { unfinished, untried } = leftOf(outcome);
  const notDone = addressesOf([...failed, ...skipped]);
  const actions = new Map(outcome.done.map(({ address, action }) => [address, action]));
  const done = [...actions].filter(([address]) => !notDone.has(address)).map(([, action]) => action);
  if (outcome.status === "done" && !hasChanged(outcome) && refusals > 0) return "Nothing was changed.";
  if (outcome.status === "done")
    return `${goal === "destroy" ? "Destroy" : "Apply"} complete: ${tally(done)}${done.length === 0 ? "" : ` in ${duration(ms)}`}.`;
  const title = { partial: "Applied in part", failed: "Nothing was applied", stopped: "Stopped" }[outcome.status];
  const awaited = done.filter((action) => action === "wait").length;
  const parts = [`${done.length - awaited} of ${counted(done.length + notDone.size, "resource")} done`];
  if (awaited > 0) parts.push(`${awaited} waited for`);
  for (const [some, what] of [
    [failed, "failed"],
    [unfinished, "not finished"],
    [untried, "skipped"],
  ] as const)
    if (some.length > 0) parts.push(`${addressesOf(some).size} ${what}`);
  return `${title}: ${parts.join(", ")}, in ${duration(ms)}.`;
}

type Skipped = Outcome["skipped"];

/**
 * Returns the steps that were stopped, and those that were not tried. A resource is in one list of the summary only: one that failed or was
 * stopped is not told again for its later steps.
 */
function leftOf({ failed, skipped }: Outcome): { readonly unfinished: Skipped; readonly untried: Skipped } {
  const bad = addressesOf(failed);
  const unfinished = skipped.filter(({ step, because }) => because === stoppedWaiting && !bad.has(step.address));
  const told = addressesOf([...failed, ...unfinished]);
  return { unfinished, untried: skipped.filter(({ step }) => !told.has(step.address)) };
}

function addressesOf(steps: readonly { readonly step: StepRef }[]): ReadonlySet<Address> {
  return new Set(steps.map(({ step }) => step.address));
}

/** Returns "6 created, 0 changed, 0 destroyed". Three counts are always there, the rarer ones only when they are above zero. */
function tally(actions: readonly StepRef["action"][]): string {
  const count = (...of: typeof actions) => actions.filter((action) => of.includes(action)).length;
  const [replaced, retagged, awaited] = [count("replace"), count("retag"), count("wait")];
  const parts = [`${count("create")} created`, `${count("update", "restart")} changed`];
  if (replaced > 0) parts.push(`${replaced} replaced`);
  parts.push(`${count("delete")} destroyed`);
  if (retagged > 0) parts.push(`${retagged} retagged`);
  if (awaited > 0) parts.push(`${awaited} waited for`);
  return parts.join(", ");
}

/** Returns the result of an apply in the format of schemas/apply.schema.json. */
export function outcomeJson(outcome: Outcome, outputs: readonly Output[] = []): object {
  const own = outputs.filter(({ isOwn }) => isOwn);
  return {
    format_version: formatVersion,
    status: outcome.status,
    ms: outcome.ms,
    done: outcome.done.map(stepJson),
    failed: outcome.failed.map(({ step, failure }) => ({ ...stepJson(step), failure })),
    skipped: outcome.skipped.map(({ step, because }) => ({ ...stepJson(step), because })),
    ...(own.length > 0 && { outputs: Object.fromEntries(own.map(({ name, value }) => [name, value])) }),
  };
}

export function stepJson({ address, kind, action, stage, position }: StepRef): object {
  return { address, kind, action, stage, ...(position && { at: { file: position.file, line: position.line, column: position.column } }) };
}

function failureLines(step: StepRef, failure: Failure, { width, paint }: TextOptions): string[] {
  const head = `  ${step.action} ${stepName(step)}`;
  const place = placeOf(step.position);
  return [
    place === ""
      ? paint.removed(head)
      : `${paint.removed(head)}${" ".repeat(Math.max(2, width - head.length - place.length))}${paint.faint(place)}`,
    ...wrap(`${failure.code}: ${failure.message}`, width, "      "),
    ...origin(failure).map((line) => paint.faint(`      ${line}`)),
    ...(failure.blockers ?? []).flatMap((blocker) => wrap(`in the way: ${blocker.id}, ${blocker.what}`, width, "      ", "        ")),
    ...(failure.hint === undefined ? [] : wrap(`hint: ${failure.hint}`, width, "      ")),
  ];
}

function origin({ service, operation, requestId }: Failure): string[] {
  const call = [service, operation].filter(Boolean).join(" ");
  if (call === "" && requestId === undefined) return [];
  return [[call, requestId === undefined ? "" : `request id ${requestId}`].filter(Boolean).join(", ")];
}

/** The text names this many skipped addresses. --verbose shows the rest, and JSON has them all. */
const skippedNamed = 20;

/** Groups the skipped steps by reason, and within a reason by address. */
function skippedLines({ skipped }: Outcome, { width, verbose }: TextOptions): string[] {
  const reasons = new Map<string, Map<string, StepRef[]>>();
  for (const { step, because } of skipped) {
    const addresses = reasons.get(because) ?? new Map<string, StepRef[]>();
    reasons.set(because, addresses.set(step.address, [...(addresses.get(step.address) ?? []), step]));
  }
  return [...reasons].flatMap(([because, addresses]) => {
    const names = [...addresses].map(([address, steps]) =>
      steps.some((step) => stepName(step) === address) ? address : `${address} (${steps.map(({ stage }) => stage).join(", ")})`,
    );
    const shown = verbose ? names : names.slice(0, skippedNamed);
    const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : "";
    return wrap(`${shown.join(", ")}${more}: ${because}`, width, "  ", "    ");
  });
}
