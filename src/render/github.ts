import type { Diagnostic, Severity } from "../diag/diagnostic.ts";
import type { PlanCounts } from "./summary.ts";

/** Returns a workflow command that GitHub shows as a mark on the line: https://docs.github.com/actions/reference/workflow-commands */
export function annotation({ severity, at, code, summary, hint }: Diagnostic): string {
  const commands: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", note: "notice" };
  const properties = [
    ...(at
      ? [
          `file=${property(at.file)}`,
          `line=${at.line}`,
          `col=${at.column}`,
          ...(at.length === undefined ? [] : [`endColumn=${at.column + at.length - 1}`]),
        ]
      : []),
    `title=${property(code)}`,
  ];
  return `::${commands[severity]} ${properties.join(",")}::${data(hint === undefined ? summary : `${summary}\n${hint}`)}\n`;
}

/** Returns text that GitHub's log folds under a title. */
export function grouped(title: string, text: string): string {
  return `::group::${data(title)}\n${text}::endgroup::\n`;
}

/** Returns lines for $GITHUB_OUTPUT. */
export function outputLines(exitcode: number, counts: PlanCounts | undefined): string {
  const lines = [`exitcode=${exitcode}`];
  if (counts) {
    const updates = counts.update + counts.restart + counts.retag;
    lines.push(
      `changes=${counts.changes}`,
      `creates=${counts.create}`,
      `updates=${updates}`,
      `replaces=${counts.replace}`,
      `destroys=${counts.delete}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
