import { kinds } from "../../kinds/index.ts";
import { iamPolicy, importPolicy, lengthOf, managedPolicyLimit, split, type PolicyDocument, type Purpose } from "../../plan/iam-policy.ts";
import type { Context } from "../context.ts";
import { loadOrThrow } from "../environment.ts";
import { exit, type ExitCode } from "../exit.ts";
import { jsonText } from "../outputs.ts";
import { namedOrOnly } from "../select.ts";

export const purposes = ["plan", "apply", "adopt", "guard", "import"] as const satisfies readonly (Purpose | "import")[];

export interface IamPolicyFlags {
  readonly for: Purpose | "import";
  readonly except?: readonly string[];
  readonly fileOnly?: boolean;
  readonly split?: boolean;
}

/** `infra iam-policy ENV --for PURPOSE`: the least policy, as JSON. Asks AWS nothing. */
export async function printIamPolicy(context: Context, nameOrPath: string | undefined, flags: IamPolicyFlags): Promise<ExitCode> {
  const policy = policyFor(context, nameOrPath, flags);
  context.io.stdout.write(jsonText(flags.split === true ? split(policy) : policy));
  const length = lengthOf(policy);
  if (flags.split !== true && length > managedPolicyLimit)
    context.io.stderr.write(
      `note: ${length} characters, and a managed policy holds ${managedPolicyLimit}: --split prints it as a list of policies to attach together\n`,
    );
  return exit.ok;
}

/** An import has no file yet: it needs no environment. */
function policyFor(context: Context, nameOrPath: string | undefined, flags: IamPolicyFlags): PolicyDocument {
  if (flags.for === "import") return importPolicy(kinds);
  return iamPolicy(kinds, loadOrThrow(context, namedOrOnly(context, nameOrPath, "iam-policy")), flags.for, flags);
}
