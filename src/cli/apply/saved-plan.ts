import { existsSync, readFileSync, statSync } from "node:fs";
import { DiagnosticError, type Position } from "../../diag/diagnostic.ts";
import { approvalOf, type Approval } from "../../plan/approval.ts";
import type { Plan } from "../../plan/plan.ts";
import { jsonText, usage, writeOutput } from "../outputs.ts";
import { version } from "../version.ts";
import { isPlainObject } from "../../resource/plain-object.ts";

/**
 * `plan --out FILE`: saves the plan as it was shown, with an approval of exactly that plan, at this commit if it is known. Only the owner
 * can read the file.
 */
export function savePlan(path: string, plan: Plan, commit: string | undefined): void {
  writeOutput(path, jsonText({ infra: version, approval: approvalOf(plan, commit), plan: withoutLines(plan) }), { isPrivate: true });
}

/** Removes the lines of YAML from the plan's positions. They may contain values that the plan itself shows only as a hash. */
function withoutLines(plan: Plan): unknown {
  const place = (at: Position) => ({ file: at.file, line: at.line, column: at.column });
  return JSON.parse(
    JSON.stringify(plan, (key, value: unknown) => (key === "at" && isPlainObject(value) ? place(value as unknown as Position) : value)),
  );
}

/** `apply --plan FILE`, `apply --approve FILE`: reads a saved plan, or an approval alone. */
export function readApproval(path: string): Approval {
  const howTo = "`infra plan ENV --out FILE` writes a saved plan";
  if (!existsSync(path)) throw usage(`there is no file ${path}.`, howTo);
  if (statSync(path).isDirectory()) throw usage(`${path} is a folder, not a saved plan.`, howTo);
  const read = parsed(readFileSync(path, "utf8"));
  const approval = isPlainObject(read) && read["approval"] !== undefined ? read["approval"] : read;
  if (isApproval(approval)) return approval;
  throw usage(`${path} is neither a saved plan nor an approval.`, howTo);
}

/** Returns undefined when the text is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isApproval(value: unknown): value is Approval {
  if (!isPlainObject(value) || value["format"] !== 1) return false;
  const { actions, targets } = value;
  return (
    hasTexts(value, "project", "environment", "account", "region", "goal") &&
    (value["commit"] === undefined || typeof value["commit"] === "string") &&
    (targets === undefined || (Array.isArray(targets) && targets.length > 0 && targets.every((one) => typeof one === "string" && one))) &&
    Array.isArray(actions) &&
    actions.every(isApprovedAction)
  );
}

function isApprovedAction(value: unknown): boolean {
  if (!isPlainObject(value) || !hasTexts(value, "address", "action", "fingerprint", "want")) return false;
  const { fields, holds, goes, order, loses, ends } = value;
  const isHolds =
    holds === undefined || (isPlainObject(holds) && Object.values(holds).every((one) => one === null || typeof one === "string"));
  return (
    isHolds &&
    [goes, order, loses, ends].every((one) => one === undefined || typeof one === "string") &&
    isPlainObject(fields) &&
    Object.values(fields).every((hashes) => Array.isArray(hashes) && hashes.every((hash) => typeof hash === "string"))
  );
}

function hasTexts(value: Readonly<Record<string, unknown>>, ...keys: readonly string[]): boolean {
  return keys.every((key) => typeof value[key] === "string");
}

/** Thrown when the saved or approved plan differs from the plan of now. The exit code is 4. */
export class StalePlan extends DiagnosticError {}

export function stale(summary: string, detail?: string): StalePlan {
  return new StalePlan([
    { code: "stale-plan", severity: "error", summary, detail, hint: "nothing was changed; make a new plan and look at it again" },
  ]);
}
