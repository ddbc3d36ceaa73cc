/** How long a step waits, and whether an object that AWS does not find may still appear. */
import type { AwsError } from "../aws/errors.ts";
import type { AwsId } from "../kinds/kind.ts";
import type { Decision } from "../plan/decision.ts";
import type { Work } from "../plan/work.ts";
import type { ApplyInput } from "./apply-input.ts";

/** Returns the seconds that a step waits: from the command line, else from the YAML, else the usual time. */
export function waitLimit({ timeouts, environment }: ApplyInput, { op }: Work, { address, kind, action }: Decision, usual: number): number {
  const purpose =
    op === "delete" || action === "delete" ? "delete" : op === "wait" || action === "create" || action === "replace" ? "create" : "update";
  return timeouts?.get(kind.name) ?? environment.nodes.find((node) => node.address === address)?.timeouts?.[purpose] ?? usual;
}

/** Milliseconds during which AWS may not show a new object everywhere (EC2 API reference, "Eventual consistency": minutes). */
export const freshFor = 600_000;

/** Whether another run made something moments ago, judged by its lease or by the creation times of the objects. */
export function isContinuing({ isContinuing: isSaid, observed, aws }: ApplyInput): boolean {
  const recently = aws.clock.now() - freshFor;
  return isSaid === true || [...observed.objects.values()].some(({ live }) => Date.parse(live.createdAt ?? "") > recently);
}

/** Ids such as `subnet-0abc…`, and ARNs. */
const idsInText = /\b[a-z]+-(?=[0-9a-f]*\d)[0-9a-f]{8,17}\b|\barn:[^\s'",()[\]]*[^\s'",()[\].:;*]/g;

/** Whether the object that AWS does not find may be one of these, and so may still appear. A wrong id in the YAML stays wrong, and so does an image's. */
export function mayMean({ message }: AwsError, ids: Iterable<AwsId>): boolean {
  const named = message.match(idsInText) ?? [];
  if (named.length === 0) return true;
  const all = [...ids];
  return named.some((one) =>
    all.some((id) => one === id || (one.startsWith("arn:") && /[/:]/.test(one.at(-id.length - 1)!) && one.endsWith(id))),
  );
}
