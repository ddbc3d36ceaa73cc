import type { Sandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { ownership } from "../../src/resource/ownership.ts";
import type { Sent } from "../support/watched.ts";
import type { Authorisation } from "./authorisation.ts";
import { actionOf, Authoriser } from "./authorisations.ts";
import type { Reference } from "./reference.ts";
import { LiveState } from "./state.ts";

/** Records what AWS would authorise, before each call is sent, because the tags at that moment decide. */
export class Recorder {
  readonly #seen = new Map<string, Authorisation>();
  readonly #unknown = new Set<string>();
  readonly #reference: Reference;
  #authoriser: Authoriser | undefined;

  constructor(reference: Reference) {
    this.#reference = reference;
  }

  watch(sandbox: () => Sandbox, region: string): void {
    this.#authoriser = new Authoriser(new LiveState(sandbox, region), this.#reference);
  }

  readonly hear = (sent: Sent): void => {
    const known = this.#reference.has(actionOf(sent));
    if (!known) this.#unknown.add(actionOf(sent));
    for (const one of known ? this.#authoriser!.of(sent) : []) this.#seen.set(JSON.stringify(one), one);
  };

  /** Drops the recorded calls, because somebody else made them. */
  forget(): void {
    this.#seen.clear();
    this.#unknown.clear();
  }

  /** Returns everything recorded since the last `take`, each once. */
  take(): readonly Authorisation[] {
    if (this.#unknown.size > 0) throw new Error(`no kind names ${[...this.#unknown].join(", ")}, or AWS has no such action`);
    const seen = [...this.#seen.values()];
    this.forget();
    return seen;
  }
}

export const isRead = ({ action }: Authorisation): boolean => /:(Describe|List|Get|Search)/.test(action);

/**
 * Returns the same calls for the objects of another environment: existing objects and requests have the other's tags instead of ours.
 * Objects that may have no ownership tags at all (a volume, an interface) have the other's too.
 */
export function elsewhere(authorisations: readonly Authorisation[]): readonly Authorisation[] {
  return authorisations.flatMap((one): Authorisation[] => {
    if (isRead(one) || !bearsTags(one)) return [];
    const context = Object.fromEntries(Object.entries(one.context).filter(([key]) => !key.startsWith("aws:ResourceTag/infra:")));
    const theirs = (environment: string, project: string) => ({
      ...one,
      context: {
        ...context,
        [`aws:ResourceTag/${ownership.project}`]: project,
        [`aws:ResourceTag/${ownership.environment}`]: environment,
        [`aws:ResourceTag/${ownership.resource}`]: "vpc/theirs",
      },
    });
    return [
      theirs("theirs", "theirs"),
      theirs("theirs", String(ours(one, ownership.project))),
      theirs(String(ours(one, ownership.environment)), "theirs"),
    ];
  });
}

function ours({ context }: Authorisation, key: string): unknown {
  return context[`aws:ResourceTag/${key}`] ?? context[`aws:RequestTag/${key}`] ?? "theirs";
}

/** Whether the resource exists already and is not public. */
function bearsTags({ action, resource }: Authorisation): boolean {
  // Route 53 has no condition on tags (Service Authorization Reference, "Amazon Route 53").
  if (
    /^(iam:(PassRole|CreateServiceLinkedRole)$|kms:(CreateGrant|Decrypt|DescribeKey|GenerateDataKey)|route53:|s3:|secretsmanager:|ssm:)/.test(
      action,
    )
  )
    return false;
  // The file names a snapshot of anybody.
  if (/^rds:RestoreDB(Instance|Cluster)From/.test(action) && /:(cluster-)?snapshot:/.test(resource)) return false;
  return resource !== "*" && !/\/new$|:alias\/|:(image|snapshot)\/|security-group-rule/.test(resource);
}
