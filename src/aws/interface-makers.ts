/**
 * Tells whether the load balancers and NAT gateways exist that made network interfaces. Their interfaces stay for minutes after them, so an
 * interface alone does not show whether it goes by itself.
 */
import type { AwsId, Blocker } from "../kinds/kind.ts";
import type { Aws } from "./aws.ts";
import { isNotFound, unlessDenied } from "./errors.ts";

/** How many owners are looked up at most, which is more than anybody reads. Whether the others exist stays unknown. */
const mostAsked = 20;

/** Adds the holder to each blocker whose owner is a load balancer or a NAT gateway of others that still exists. */
export async function withMakers(aws: Aws, blockers: readonly Blocker[], isOurs: (owner: string) => boolean): Promise<readonly Blocker[]> {
  const owners = new Set(blockers.flatMap(({ holder, owner }) => (holder === undefined && owner !== undefined ? [owner] : [])));
  const asked = [...owners].filter((owner) => !isOurs(owner)).slice(0, mostAsked);
  const living = new Map(await Promise.all(asked.map(async (owner) => [owner, await unlessDenied(idOfLiving(aws, owner))] as const)));
  return blockers.map((one) => {
    const holder = one.holder ?? living.get(one.owner ?? "");
    return holder === undefined ? one : { ...one, holder };
  });
}

async function idOfLiving(aws: Aws, owner: string): Promise<AwsId | undefined> {
  return owner.startsWith("nat-") ? livingGateway(aws, owner) : livingBalancer(aws, owner);
}

async function livingGateway(aws: Aws, id: AwsId): Promise<AwsId | undefined> {
  const { DescribeNatGatewaysCommand } = await import("./sdk/ec2.ts");
  const { NatGateways = [] } = await aws.ec2(new DescribeNatGatewaysCommand({ Filter: [{ Name: "nat-gateway-id", Values: [id] }] }));
  return NatGateways.some(({ State }) => State === "available" || State === "pending") ? id : undefined;
}

/**
 * Returns the ARN of the load balancer if it exists. `owner` is the end of its ARN, "loadbalancer/app/web/50dc6c495c0c9188", because a new
 * load balancer may have the same name.
 */
async function livingBalancer(aws: Aws, owner: string): Promise<AwsId | undefined> {
  const { DescribeLoadBalancersCommand } = await import("./sdk/elbv2.ts");
  const name = owner.split("/")[2]!;
  const found = await aws.elbv2(new DescribeLoadBalancersCommand({ Names: [name] })).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
  return found?.LoadBalancers?.find(({ LoadBalancerArn }) => LoadBalancerArn?.endsWith(`:${owner}`))?.LoadBalancerArn;
}
