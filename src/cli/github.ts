import { statSync } from "node:fs";
import type { Diagnostic } from "../diag/diagnostic.ts";
import { harmless, trusted } from "../diag/harmless.ts";
import { annotation, grouped, outputLines } from "../render/github.ts";
import type { PlanCounts } from "../render/summary.ts";
import type { Context } from "./context.ts";
import type { ExitCode } from "./exit.ts";
import { appendOutput, exitWithOutputs, isWritten } from "./outputs.ts";

/** The summary of one step on a job's page holds 1,024 KiB. GitHub refuses a longer one as a whole. */
const summaryLimit = 1024 * 1024;

/** Whether the command runs inside GitHub Actions, without --no-github. */
function isOnGithub({ io, options }: Pick<Context, "io" | "options">): boolean {
  return options.github && io.env["GITHUB_ACTIONS"] === "true";
}

/** GitHub shows ten errors and ten warnings of a step; the others are in the log. */
const mostMarks = 50;

/** Marks problems on their lines. Writes to stderr, which GitHub reads as well, so that stdout contains only data. */
export function annotate(context: Context, diagnostics: readonly Diagnostic[]): void {
  if (isOnGithub(context))
    context.io.stderr.write(
      diagnostics
        .slice(0, mostMarks)
        .map((one) => trustedCommands(annotation(one)))
        .join(""),
    );
}

/** Folds a long text in GitHub's log. */
export function folded(context: Context, title: string, text: string): string {
  return isOnGithub(context) ? trustedCommands(grouped(title, text)) : text;
}

/** Marks the commands at the beginning and the end as the program's own. The text between them is not trusted. */
function trustedCommands(text: string): string {
  return text.replace(/^::|::(?=endgroup::\n$)/g, trusted("::"));
}

/** Adds to the job's summary. `markdown` gets the number of characters that there is room for. */
export function addToSummary(context: Context, markdown: (limit: number) => string): void {
  const file = context.io.env["GITHUB_STEP_SUMMARY"];
  if (!isOnGithub(context) || !file) return;
  const left = summaryLimit - (statSync(file, { throwIfNoEntry: false })?.size ?? 0) - 2;
  let limit = left;
  let text = markdown(limit);
  while (Buffer.byteLength(text) > left && limit > 500)
    text = markdown((limit = Math.floor(limit * Math.min(0.9, left / Buffer.byteLength(text)))));
  if (Buffer.byteLength(text) <= left) isWritten(context, () => appendOutput(file, `${harmless(text)}\n`));
}

/** Passes the exit code and the counts to later steps of the job. */
export function setOutputs(context: Context, code: ExitCode, counts?: PlanCounts): void {
  const file = context.io.env["GITHUB_OUTPUT"];
  if (isOnGithub(context) && file) isWritten(context, () => appendOutput(file, outputLines(exitWithOutputs(context, code), counts)));
}

/** Returns a link to the run and its files. */
export function runLink(context: Context): string | undefined {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = context.io.env;
  return isOnGithub(context) && GITHUB_SERVER_URL && GITHUB_REPOSITORY && GITHUB_RUN_ID
    ? `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`
    : undefined;
}
