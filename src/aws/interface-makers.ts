/**
 * Whether the balancers and NAT gateways live that made network interfaces. Theirs stay for minutes after them, so that an interface
 * alone does not tell whether it goes by itself.
 */
import type { AwsId, Blocker } from "../kinds/kind.ts";
import type { Aws } from "./aws.ts";
import { isNotFound, unlessDenied } from "./errors.ts";

/** More of others than anybody reads; of the rest it stays unknown whether they live. */
const mostAsked = 20;

/** The same, with who keeps each of them there where that is a balancer or a NAT gateway of others that lives. */
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

/** `owner` is the end of its ARN, "loadbalancer/app/web/50dc6c495c0c9188"; one of the same name may have been made since. */
async function livingBalancer(aws: Aws, owner: string): Promise<AwsId | undefined> {
  const { DescribeLoadBalancersCommand } = await import("./sdk/elbv2.ts");
  const name = owner.split("/")[2]!;
  const found = await aws.elbv2(new DescribeLoadBalancersCommand({ Names: [name] })).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
  return found?.LoadBalancers?.find(({ LoadBalancerArn }) => LoadBalancerArn?.endsWith(`:${owner}`))?.LoadBalancerArn;
}
