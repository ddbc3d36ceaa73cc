/** The report that `infra import` prints beside the file: what it found, what it left out, and what is proved. Pure. */
import { counted } from "../diag/words.ts";
import { someOf } from "./layout.ts";

export interface ImportReport {
  readonly found: readonly { readonly kind: string; readonly section: string; readonly count: number }[];
  readonly leftOut: readonly { readonly id: string; readonly why: string }[];
  readonly outside: readonly string[];
  readonly unknown: readonly string[];
  /** Kinds and ids that were left out on request. */
  readonly excluded: readonly string[];
  /** Resources that a state or a stack names and that AWS does not have. */
  readonly missing: readonly string[];
  readonly resources: number;
  readonly lines: number;
  readonly remarks: number;
  readonly open: readonly { readonly address: string; readonly field?: string | undefined; readonly why: string }[];
  /** The number of objects that a plan of the file would tag. */
  readonly tagged: number;
}

/** Returns a line for each part of the report that is not empty. */
export function importText(report: ImportReport): string {
  const { found, outside, unknown, missing, open, tagged } = report;
  const lines = [
    `  found   ${found.map(({ kind, section, count }) => `${count} ${count === 1 ? kind : section}`).join(" · ")}`,
    ...byReason(report.leftOut).map((text) => `  left out: ${text}`),
    ...(outside.length > 0 ? [`  references outside: ${outside.join(", ")}`] : []),
    ...(unknown.length > 0
      ? [`  not imported: ${unknown.join(", ")} (${report.excluded.length > 0 ? "left out, or " : ""}infra has no such kind yet)`]
      : []),
    ...(missing.length > 0 ? [`  no longer exist: ${missing.join(", ")}`] : []),
    open.length === 0
      ? `proof   the plan of this file against AWS: ${counted(tagged, "object")}, 0 differences; only tags would be written.`
      : `proof   ${counted(open.length, "open point")} (import-open); each has a comment in the file:`,
    ...open.map(({ address, field, why }) => `  ${address}${field === undefined ? "" : `.${field}`}: ${why}`),
    `wrote ${counted(report.lines, "line")}: ${counted(report.resources, "resource")}, ${counted(report.remarks, "remark")}`,
  ];
  return `${lines.join("\n")}\n`;
}

/** Lists ids with the same reason together. */
function byReason(leftOut: ImportReport["leftOut"]): string[] {
  const reasons = new Map<string, string[]>();
  for (const { id, why } of leftOut) reasons.set(why, [...(reasons.get(why) ?? []), id]);
  return [...reasons].map(([why, ids]) => `${someOf(ids)} (${why})`);
}
