/** Finds what a plan made of the imported file would do besides writing tags, and takes it out of the file. Pure. */
import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Address, Remark } from "../kinds/kind.ts";
import { keysBesideOurs } from "../plan/adoption.ts";
import type { Step } from "../plan/plan.ts";
import type { AnnotatedSchema } from "../resource/references.ts";
import type { Entry } from "./author.ts";

/** A place where the file cannot write AWS's value so that a plan agrees. */
export interface OpenPoint {
  readonly address: Address;
  /** The field that cannot be written; absent for the resource as a whole. */
  readonly field?: string;
  readonly why: string;
}

/** Returns each place once: first the errors that keep the file from being read, then the changes that a plan would make. */
export function openPoints(
  entries: readonly Entry[],
  diagnostics: readonly Diagnostic[],
  steps: readonly Step[],
  text: string,
): OpenPoint[] {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const points = [...errors.map((error) => pointOfError(entries, error, text)), ...steps.flatMap((step) => pointsOfStep(step))];
  return points.filter((one, i) => points.findIndex(({ address, field }) => address === one.address && field === one.field) === i);
}

function pointsOfStep(step: Step): OpenPoint[] {
  const { address } = step;
  if (step.action === "keep" || step.action === "retag") {
    const others = step.action === "retag" ? keysBesideOurs(step.tags) : [];
    return others.length > 0 ? [{ address, field: "tags", why: `a plan would write the tags ${others.join(", ")}` }] : [];
  }
  if (step.action === "update" || step.action === "restart" || step.action === "replace")
    return step.changes
      .filter(({ path }) => !path.startsWith("tags.infra:"))
      .map(({ path }) => ({ address, field: /^[^.[]*/.exec(path)![0], why: `a plan would change ${path}` }));
  return [{ address, why: `a plan would ${step.action} it` }];
}

/** Returns the resource and the field that stand at the line of an error. */
function pointOfError(entries: readonly Entry[], { at, summary }: Diagnostic, text: string): OpenPoint {
  const lines = text.split("\n").slice(0, at?.line ?? 0);
  const last = (pattern: RegExp) => lines.map((line) => pattern.exec(line)?.[1]).findLast((found) => found !== undefined);
  const section = last(/^([A-Za-z]+):/);
  const name = last(/^ {2}["']?([A-Za-z0-9_-]+)["']?:/);
  const entry = entries.find((one) => one.kind.section === section && one.name === name);
  const line = lines.at(-1) ?? "";
  const inBlock = /^ {4}/.test(line) ? last(/^ {4}([A-Za-z]+):/) : undefined;
  const inFlow = /([A-Za-z]+): [^:]*$/.exec(line.slice(0, (at?.column ?? 1) + (at?.length ?? 1)))?.[1];
  const field = [inBlock, inFlow].find((one) => one !== undefined && entry && Object.hasOwn(entry.body, one));
  // The remark stands under the resource or behind its address, so the text need not begin with it.
  const why = entry && summary.startsWith(`${entry.address}: `) ? summary.slice(entry.address.length + 2) : summary;
  return { address: entry?.address ?? "", ...(field === undefined || field === "adopt" ? {} : { field }), why };
}

/** Returns the entries without the open fields, each with a comment in its place. A required field stays. */
export function withoutOpen(entries: readonly Entry[], open: readonly OpenPoint[]): Entry[] {
  return entries.map((entry) => {
    const mine = open.filter(({ address }) => address === entry.address);
    if (mine.length === 0) return entry;
    const required = new Set((entry.kind.schema as AnnotatedSchema).required ?? []);
    const gone = new Set(mine.flatMap(({ field }) => (field === undefined || required.has(field) ? [] : [field])));
    const body = Object.fromEntries(Object.entries(entry.body).filter(([field]) => !gone.has(field)));
    const remarks = mine.map(({ field, why }): Remark => ({
      text: `open: ${field === undefined ? "" : `${field} is not written: `}${why}`,
    }));
    return { ...entry, body, remarks: [...entry.remarks, ...remarks] };
  });
}
