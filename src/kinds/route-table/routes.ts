/** Routes in the form of the YAML, and in the form of EC2's requests and answers. */
import type { CreateRouteCommandInput, Route as AwsRoute, RouteTable as AwsRouteTable } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { canonicalCidr, isEverywhere } from "../../resource/ranges.ts";
import { Refusal } from "../../resource/refusal.ts";

export interface Route {
  readonly destination: string;
  readonly target: string;
}

/**
 * A route that somebody made. EC2 returns the interface of an instance as the target, and the instance's id as long as the instance exists.
 */
export interface SeenRoute extends Route {
  readonly machine?: string | undefined;
  /** Set when its target is gone: AWS drops the packets. */
  readonly isDead?: true;
}

/** Returns the key of a route. A table has one route for each destination. */
export function routeKey(route: Route): string {
  return typeof route.destination === "string" ? canonicalCidr(route.destination) : JSON.stringify(route.destination);
}

/**
 * Returns the treatment of a route that the YAML does not list. Routes to gateways, peerings and our own resources are removed. Routes to
 * foreign interfaces, transit gateways and VPN gateways are kept, because whoever made the target usually made the route.
 */
export function fateOfUnlisted(route: Route): "remove" | "keep" {
  return /^(igw|eigw|nat|pcx)-/.test(route.target) || route.target.includes("/") ? "remove" : "keep";
}

/** Whether a route of ours needs a mark, because an unlisted foreign route to such a target would be kept. */
export function isKeptUnlisted(route: Route): boolean {
  return typeof route.target !== "string" || fateOfUnlisted(route) === "keep";
}

/** Returns the default routes among `removed` as text; undefined when there is none. */
export function lostDefaults(removed: readonly { readonly key: string; readonly value: unknown }[]): string | undefined {
  const lost = removed.filter(({ key }) => isEverywhere(key));
  return lost.length === 0 ? undefined : `it removes the default route ${lost.map(({ key }) => key).join(", ")}`;
}

/** Returns the routes of a table that people made, without AWS's own. */
export function routesOf(table: AwsRouteTable): readonly SeenRoute[] {
  return (table.Routes ?? []).flatMap((route) => {
    const destination = route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? route.DestinationPrefixListId;
    const target = targetOf(route);
    if (destination === undefined || target === undefined || isMadeByAws(route, table)) return [];
    const machine = route.InstanceId ? { machine: route.InstanceId } : {};
    return [{ destination: canonicalCidr(destination), target, ...machine, ...(route.State === "blackhole" && { isDead: true as const }) }];
  });
}

/**
 * Whether AWS made a route by itself (Amazon VPC User Guide, route table concepts): a route to the VPC, one propagated from a VPN gateway,
 * one of a gateway endpoint or of VPC Lattice, or one to an interface of an AWS service.
 */
function isMadeByAws(route: AwsRoute, table: AwsRouteTable): boolean {
  const gateway = route.GatewayId;
  if (gateway === "local" || gateway === "VpcLattice" || route.Origin === "CreateRouteTable") return true;
  if (route.Origin === "EnableVgwRoutePropagation" || (route.Origin as string | undefined) === "Advertisement") return true;
  if (route.DestinationPrefixListId !== undefined && gateway?.startsWith("vpce-")) return true;
  return (
    route.NetworkInterfaceId !== undefined &&
    route.InstanceOwnerId !== undefined &&
    table.OwnerId !== undefined &&
    route.InstanceOwnerId !== table.OwnerId
  );
}

/**
 * Returns the target of a route. EC2 also returns the interface for an instance's route, and it returns a Gateway Load Balancer's endpoint
 * as a gateway.
 */
function targetOf(route: AwsRoute): string | undefined {
  return (
    route.GatewayId ??
    route.NatGatewayId ??
    route.NetworkInterfaceId ??
    route.InstanceId ??
    route.TransitGatewayId ??
    route.VpcPeeringConnectionId ??
    route.EgressOnlyInternetGatewayId ??
    route.CarrierGatewayId ??
    route.LocalGatewayId ??
    route.CoreNetworkArn
  );
}

type TargetField = Exclude<
  {
    [F in keyof CreateRouteCommandInput]: CreateRouteCommandInput[F] extends string | undefined ? F : never;
  }[keyof CreateRouteCommandInput],
  "DestinationCidrBlock" | "DestinationIpv6CidrBlock" | "DestinationPrefixListId" | "RouteTableId" | undefined
>;

/** The field of CreateRoute for a target, by the form of its id. */
const targetFields: readonly (readonly [RegExp, TargetField])[] = [
  [/^(igw|vgw)-/, "GatewayId"],
  [/^nat-/, "NatGatewayId"],
  [/^i-/, "InstanceId"],
  [/^eni-/, "NetworkInterfaceId"],
  [/^tgw-/, "TransitGatewayId"],
  [/^pcx-/, "VpcPeeringConnectionId"],
  [/^eigw-/, "EgressOnlyInternetGatewayId"],
  [/^vpce-/, "VpcEndpointId"],
  [/^cagw-/, "CarrierGatewayId"],
  [/^lgw-/, "LocalGatewayId"],
  [/^arn:[a-z-]+:networkmanager:/, "CoreNetworkArn"],
];

/** Returns that field; undefined when AWS has no routes to such a target. */
export function targetField(id: string): TargetField | undefined {
  return targetFields.find(([pattern]) => pattern.test(id))?.[1];
}

function destinationField(destination: string): "DestinationCidrBlock" | "DestinationIpv6CidrBlock" | "DestinationPrefixListId" {
  if (destination.startsWith("pl-")) return "DestinationPrefixListId";
  return destination.includes(":") ? "DestinationIpv6CidrBlock" : "DestinationCidrBlock";
}

type Sdk = typeof import("../../aws/sdk/ec2.ts");

/** Adds missing routes, changes the target of routes that lead elsewhere, and only then removes `surplus`. */
export async function setRoutes(
  ec2: Sdk,
  aws: Aws,
  table: string,
  have: Readonly<Record<string, SeenRoute>>,
  request: readonly Route[],
  surplus: readonly string[],
): Promise<void> {
  for (const route of request) {
    const seen = have[routeKey(route)];
    if (!seen) await addRoute(ec2, aws, table, route);
    else if (seen.target !== route.target && seen.machine !== route.target) await turnRoute(ec2, aws, table, route);
  }
  for (const key of surplus) await unlessGone(aws.ec2(new ec2.DeleteRouteCommand({ RouteTableId: table, [destinationField(key)]: key })));
}

/** Switches propagation on and off, one gateway in each call. The routes that a gateway brought are removed with it. */
export async function setPropagation(
  ec2: Sdk,
  aws: Aws,
  RouteTableId: string,
  { before = [], after = [] }: { readonly before: readonly string[] | undefined; readonly after: readonly string[] | undefined },
): Promise<void> {
  for (const GatewayId of after)
    if (!before.includes(GatewayId)) await aws.ec2(new ec2.EnableVgwRoutePropagationCommand({ RouteTableId, GatewayId }));
  for (const GatewayId of before)
    if (!after.includes(GatewayId)) await unlessGone(aws.ec2(new ec2.DisableVgwRoutePropagationCommand({ RouteTableId, GatewayId })));
}

async function addRoute(ec2: Sdk, aws: Aws, table: string, route: Route): Promise<void> {
  await aws.ec2(new ec2.CreateRouteCommand(inputOf(table, route))).catch(async (error) => {
    if (!hasCode(error, "RouteAlreadyExists")) throw error;
    await aws.ec2(new ec2.ReplaceRouteCommand(inputOf(table, route))); // replaces any other target; the same target is no change
  });
}

/** Changes a route in one call, so that traffic always has a route. */
async function turnRoute(ec2: Sdk, aws: Aws, table: string, route: Route): Promise<void> {
  await aws.ec2(new ec2.ReplaceRouteCommand(inputOf(table, route))).catch(async (error) => {
    const isGone =
      hasCode(error, "InvalidRoute.NotFound") || (hasCode(error, "InvalidParameterValue") && /no route defined/i.test(error.message));
    if (!isGone) throw error;
    await aws.ec2(new ec2.CreateRouteCommand(inputOf(table, route)));
  });
}

function inputOf(table: string, route: Route): CreateRouteCommandInput {
  const field = targetField(route.target);
  if (!field) throw new Refusal(`${route.target} cannot be the target of a route`);
  const destination = routeKey(route);
  return { RouteTableId: table, [destinationField(destination)]: destination, [field]: route.target };
}
