/** The printed policy must hold every permission that a kind needs, and none that no field of the kind can need. */
import { expect } from "vitest";
import type { Environment } from "../../src/config/environment.ts";
import { kinds } from "../../src/kinds/index.ts";
import type { Kind } from "../../src/kinds/kind.ts";
import { iamPolicy } from "../../src/iam/policy.ts";
import type { PolicyDocument } from "../../src/iam/subject.ts";
import type { Authorisation } from "../iam/authorisation.ts";
import { elsewhere, isRead, type Recorder } from "../iam/recorder.ts";
import type { Simulator } from "../iam/simulator.ts";

/** The actions that were called without optional fields, and the actions that were called for the change of a field. */
export class Calls {
  readonly bare = new Set<string>();
  readonly byField = new Map<string, Set<string>>();

  note(authorisations: readonly Authorisation[], field: string | undefined): void {
    for (const { action } of authorisations) {
      if (field === undefined) this.bare.add(action);
      else this.byField.set(action, (this.byField.get(action) ?? new Set()).add(field));
    }
  }
}

/** Checks the calls of one change. The role has the policies that were printed for the YAML before the change and after it. */
export class Permissions {
  readonly #simulator: Simulator;
  readonly #recorder: Recorder;
  #before: PolicyDocument | undefined;

  constructor(simulator: Simulator, recorder: Recorder) {
    this.#simulator = simulator;
    this.#recorder = recorder;
  }

  async check(environment: Environment, what: string): Promise<readonly Authorisation[]> {
    const now = iamPolicy(kinds, environment, "apply", { fileOnly: true });
    const policies = this.#before ? [this.#before, now] : [now];
    const calls = this.#recorder.take();
    expect(await this.#those(calls, policies, (result) => result !== "Allowed"), `refused for ${what}`).toEqual([]);
    expect(await this.#those(elsewhere(calls), policies, (result) => result === "Allowed"), `allowed on others for ${what}`).toEqual([]);
    this.#before = now;
    return calls;
  }

  /** Checks the calls of a delete against the policy that is printed for the YAML without the resource. */
  async checkRemoval(environment: Environment, what: string): Promise<readonly Authorisation[]> {
    const calls = this.#recorder.take();
    const isUntied = ({ action }: Authorisation) => untied.has(action);
    const tied = calls.filter((one) => !isUntied(one));
    const policies = [iamPolicy(kinds, environment, "apply")];
    expect(await this.#those(tied, policies, (result) => result !== "Allowed"), `refused for ${what}`).toEqual([]);
    // Actions that no tag ties to an environment are only in the policy for the YAML that still had the resource.
    const last = this.#before ? [this.#before] : [];
    expect(await this.#those(calls.filter(isUntied), last, (result) => result !== "Allowed"), `refused for ${what}`).toEqual([]);
    return calls;
  }

  async #those(
    calls: readonly Authorisation[],
    policies: readonly PolicyDocument[],
    which: (result: string) => boolean,
  ): Promise<string[]> {
    const writes = calls.filter((one) => !isRead(one));
    const results = await this.#simulator.run(writes.map((one) => ({ ...one, policies })));
    return writes.flatMap(({ action, resource, context }, i) =>
      which(results[i]!) ? [`${action} on ${resource} ${JSON.stringify(context)}`] : [],
    );
  }
}

/** Deletes that AWS cannot restrict by tags. */
const untied: ReadonlySet<string> = new Set(
  kinds.flatMap(({ iam }) => iam.remove.filter((action) => iam.access?.[action]?.any !== undefined)),
);

/**
 * Calls that no case makes: for a secret or key that waits for its deletion, after a failure, when there are too many versions, for an
 * instance with two interfaces, for an interface that others have attached, and for something that another resource has already released.
 */
const rare: ReadonlySet<string> = new Set([
  "ec2:DeleteLaunchTemplateVersions",
  "ec2:DetachNetworkInterface",
  "ec2:ModifyNetworkInterfaceAttribute",
  "autoscaling:CancelInstanceRefresh",
  "secretsmanager:RestoreSecret",
  "kms:CancelKeyDeletion",
  "autoscaling:ResumeProcesses",
  "autoscaling:SetInstanceProtection",
  "ec2:DisassociateIamInstanceProfile",
  "iam:DeletePolicyVersion",
  "iam:DetachRolePolicy",
  "iam:RemoveRoleFromInstanceProfile",
]);

const tagging =
  /:(CreateTags|DeleteTags|AddTags|RemoveTags|AddTagsToResource|RemoveTagsFromResource|AddTagsToCertificate|RemoveTagsFromCertificate|CreateOrUpdateTags|PutBucketTagging|(Tag|Untag)[A-Z][A-Za-z]+)$/;

/** Returns the writes that are granted for every resource of the kind, although only an optional field needs them. */
export function grantedInVain(kind: Kind, calls: Calls): readonly string[] {
  const required = new Set((kind.schema as { readonly required?: readonly string[] }).required ?? []);
  const isAlways = (field: string) => required.has(field) || isCompared(kind, field);
  return kind.iam.write.filter((action) => {
    if (/:(Describe|List|Get|Search)/.test(action) || tagging.test(action) || rare.has(action) || calls.bare.has(action)) return false;
    if (kind.iam.onlyFor?.[action] !== undefined) return false;
    return ![...(calls.byField.get(action) ?? [])].some(isAlways);
  });
}

/** Whether a field is compared with a default even when it is omitted. */
function isCompared(kind: Kind, field: string): boolean {
  const rule = (kind.fields as Readonly<Record<string, { readonly default?: { readonly class: string } } | undefined>>)[field];
  return rule?.default?.class === "enforced" || rule?.default?.class === "floor";
}
