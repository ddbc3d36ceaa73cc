import { kinds } from "../../kinds/index.ts";
import { iamPolicy, importPolicy, lengthOf, managedPolicyLimit, split } from "../../iam/policy.ts";
import type { Purpose } from "../../iam/subject.ts";
import { curatedTypes, isCurated } from "../../kinds/types/types.ts";
import type { Context } from "../context.ts";
import { loadOrThrow } from "../environments/environment.ts";
import { exit, type ExitCode } from "../exit.ts";
import { jsonText } from "../outputs.ts";
import { namedOrOnly } from "../environments/select.ts";

export interface IamPolicyFlags {
  readonly for: Purpose | "import";
  readonly except?: readonly string[];
  readonly fileOnly?: boolean;
  readonly split?: boolean;
}

/** `infra iam-policy ENV --for PURPOSE`: prints the smallest policy as JSON. Sends no request to AWS. */
export async function printIamPolicy(context: Context, nameOrPath: string | undefined, flags: IamPolicyFlags): Promise<ExitCode> {
  // An import has no file yet, so it needs no environment.
  const purpose = flags.for === "import" ? undefined : flags.for;
  const environment = purpose && loadOrThrow(context, namedOrOnly(context, nameOrPath, "iam-policy"));
  // A guard policy protects our tags on the resources of all environments, so it covers every kind and every curated type.
  const all = purpose === "guard" ? [...kinds, ...curatedTypes()] : kinds;
  const policy = environment ? iamPolicy(all, environment, purpose, flags) : importPolicy(kinds);
  context.io.stdout.write(jsonText(flags.split === true ? split(policy) : policy));
  const unproven = (environment?.types?.used ?? []).filter(({ name }) => !isCurated(name)).map(({ name }) => name);
  if (unproven.length > 0 && flags.for !== "guard")
    context.io.stderr.write(
      `note: nobody has tried ${unproven.join(", ")} with infra: the actions come from AWS's registry, and some of them are allowed on all resources\n`,
    );
  const length = lengthOf(policy);
  if (flags.split !== true && length > managedPolicyLimit)
    context.io.stderr.write(
      `note: the policy has ${length} characters, and a managed policy can have ${managedPolicyLimit}: --split prints it as a list of policies to attach together\n`,
    );
  return exit.ok;
}
