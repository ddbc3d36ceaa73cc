import type { Sandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { ownership } from "../../src/resource/ownership.ts";
import type { Sent } from "../support/watched.ts";
import type { Authorisation } from "./authorisation.ts";
import { actionOf, Authoriser } from "./authorisations.ts";
import type { Reference } from "./reference.ts";
import { LiveState } from "./state.ts";

/** Works out, before each call is sent, what AWS would authorise: the tags of the moment decide. */
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

  /** As if nothing had been heard: it was somebody else. */
  forget(): void {
    this.#seen.clear();
    this.#unknown.clear();
  }

  /** What was seen since it was last taken, each once. */
  take(): readonly Authorisation[] {
    if (this.#unknown.size > 0) throw new Error(`no kind names ${[...this.#unknown].join(", ")}, or AWS has no such action`);
    const seen = [...this.#seen.values()];
    this.forget();
    return seen;
  }
}

export const isRead = ({ action }: Authorisation): boolean => /:(Describe|List|Get|Search)/.test(action);

/**
 * The same calls on another environment's objects: with its tags instead of ours on what exists, and in what is asked for. What
 * may have no ownership tags at all (a disk, an interface) has the other's.
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

/** Whether its resource exists already, and is not public. */
function bearsTags({ action, resource }: Authorisation): boolean {
  // Route 53 has no condition on tags (Service Authorization Reference, "Amazon Route 53").
  if (
    /^(iam:(PassRole|CreateServiceLinkedRole)$|kms:(CreateGrant|Decrypt|DescribeKey|GenerateDataKey)|route53:|s3:|secretsmanager:|ssm:)/.test(
      action,
    )
  )
    return false;
  // A copy is named by the file, whosever it is.
  if (/^rds:RestoreDB(Instance|Cluster)From/.test(action) && /:(cluster-)?snapshot:/.test(resource)) return false;
  return resource !== "*" && !/\/new$|:alias\/|:(image|snapshot)\/|security-group-rule/.test(resource);
}
