/**
 * Moves a forward from one target group to another. AWS checks targets only while a listener or rule refers to their group. So a new group
 * has no healthy target at first, and traffic to it would be answered with 503. It is therefore added with weight 0, and gets its weight
 * when it has a healthy target.
 */
import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { nameIn } from "../shared/elbv2/objects.ts";
import type { AwsId, Run } from "../kind.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { LiveBalancer } from "./observe.ts";
import type { Weighted } from "./schema.ts";

interface Work {
  readonly aws: Aws;
  readonly elbv2: typeof import("../../aws/sdk/elbv2.ts");
  readonly balancer: LiveBalancer;
  readonly run: Run;
}

/** The maximum number of groups in one forward. */
const mostGroups = 5;

export async function repoint(
  work: Work,
  what: string,
  request: readonly Weighted[],
  live: readonly Weighted[],
  send: (groups: readonly Weighted[]) => Promise<void>,
): Promise<void> {
  const waited = await newcomers(work, request, live);
  if (waited.length > 0) {
    await send([...live, ...waited.map((targetGroup) => ({ targetGroup, weight: 0 }))]);
    const names = waited.map(nameIn).join(", ");
    const began = work.aws.clock.now();
    await work.run.until(`a healthy target in ${names}; ${what} forwards to the old target groups until then`, 900, 10, async () => {
      const states = await Promise.all(waited.map((arn) => healthOf(work, arn)));
      const unchecked = waited.filter((_arn, i) => states[i] === "unchecked");
      // For some seconds AWS does not yet know that the group is in use.
      if (unchecked.length > 0 && work.aws.clock.now() - began > 120_000)
        throw new Refusal(
          `AWS does not check the targets of ${unchecked.map(nameIn).join(", ")}: they are not running, or in zones where the load balancer has no subnet. ${what} forwards to the old target groups until the new targets can be healthy.`,
        );
      return states.every((state) => state === "healthy" || state === "empty");
    });
  }
  await send(request);
}

/** The new groups that have targets but no healthy one, while a group that serves now would be removed. */
async function newcomers(work: Work, request: readonly Weighted[], live: readonly Weighted[]): Promise<AwsId[]> {
  const fresh = request.filter((group) => group.weight !== 0 && !live.some((one) => one.targetGroup === group.targetGroup));
  const leaving = live.filter((group) => group.weight !== 0 && !request.some((one) => one.targetGroup === group.targetGroup));
  if (work.balancer.spec.type !== "application" || fresh.length === 0 || leaving.length === 0 || live.length + fresh.length > mostGroups)
    return [];
  const serving = await Promise.all(leaving.map((group) => healthOf(work, group.targetGroup)));
  if (!serving.includes("healthy")) return [];
  const states = await Promise.all(fresh.map(async ({ targetGroup }) => ({ targetGroup, state: await healthOf(work, targetGroup) })));
  return states.filter(({ state }) => state === "unhealthy" || state === "unchecked").map(({ targetGroup }) => targetGroup);
}

/**
 * The health of a group. "empty": it has no target that could become healthy, so nobody waits for it. "unchecked": AWS checks none of its
 * targets.
 */
async function healthOf({ aws, elbv2 }: Work, TargetGroupArn: AwsId): Promise<"healthy" | "unhealthy" | "unchecked" | "empty"> {
  const answer = await unlessGone(aws.elbv2(new elbv2.DescribeTargetHealthCommand({ TargetGroupArn })));
  const staying = (answer?.TargetHealthDescriptions ?? []).filter((target) => target.TargetHealth?.State !== "draining");
  if (staying.some((target) => target.TargetHealth?.State === "healthy")) return "healthy";
  if (staying.length === 0) return "empty";
  return staying.every((target) => target.TargetHealth?.State === "unused") ? "unchecked" : "unhealthy";
}
