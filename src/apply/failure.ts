import { AwsError } from "../aws/errors.ts";
import type { Code } from "../diag/codes.ts";
import type { Blocker } from "../kinds/kind.ts";
import { Refusal } from "../resource/refusal.ts";
import type { Failure } from "./events.ts";

/** The failure of a step that is not a refusal of AWS alone: a conflict, a time-out, an object that is no longer ours. */
export class StepError extends Error {
  readonly code: Code;
  readonly hint: string | undefined;
  readonly blockers: readonly Blocker[];
  constructor(code: Code, message: string, more: { hint?: string; blockers?: readonly Blocker[]; cause?: unknown } = {}) {
    super(message, { cause: more.cause });
    this.name = "StepError";
    this.code = code;
    this.hint = more.hint;
    this.blockers = more.blockers ?? [];
  }
}

/** Returns an error as the summary shows it. */
export function failureOf(error: unknown): Failure {
  if (error instanceof StepError) {
    const aws = error.cause instanceof AwsError ? fromAws(error.cause) : {};
    return {
      ...aws,
      code: error.code,
      message: error.message,
      ...(error.hint ? { hint: error.hint } : {}),
      ...(error.blockers.length > 0 ? { blockers: error.blockers } : {}),
    };
  }
  if (error instanceof AwsError) return { code: error.code, message: error.message, ...fromAws(error), ...hintFor(error) };
  if (error instanceof Error && error.name === "LeaseLostError")
    return { code: "lease-lost", message: error.message, hint: "another run may be in progress; run again when it has ended" };
  if (error instanceof Refusal) return { code: "refused", message: error.message, ...(error.hint ? { hint: error.hint } : {}) };
  return {
    code: "internal",
    message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    hint: "this is a bug in infra; please report it",
  };
}

function fromAws(error: AwsError): Partial<Failure> {
  return { service: error.service, operation: error.operation, ...(error.requestId ? { requestId: error.requestId } : {}) };
}

/** The hint for a quota of AWS. */
export const quotaHint = "this is a quota of the account: raise it in Service Quotas, or use less";

/** The hint for a missing permission. A caller that knows the environment's name puts it in place of ENV. */
export const policyHint = "`infra iam-policy ENV --for apply` lists what the role needs";

function hintFor(error: AwsError): { hint?: string } {
  switch (error.class) {
    case "quota":
      return {
        hint: /^(TagLimitExceeded|TooManyTags)/.test(error.code) ? "an object can have 50 tags: remove some of its tags" : quotaHint,
      };
    case "capacity":
      return { hint: "AWS does not have enough capacity for this now: run again later, or choose another type or zone" };
    case "auth":
      return {
        hint: error.message.includes("Encoded authorization failure message")
          ? "`aws sts decode-authorization-message` shows which rule denied it"
          : policyHint,
      };
    case "expired":
      return { hint: "the credentials have expired; with new credentials the next run continues from here" };
    case "protected":
      return { hint: "it is protected in AWS; if you want this change, remove the protection in a separate change first" };
    default:
      return {};
  }
}
