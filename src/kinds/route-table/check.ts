/** Checks of a route table that a schema cannot express. */
import type { Problem, Subject, ResourceIndex } from "../kind.ts";
import { refKey, subnetOfMachine, tablesNaming, tablesOf, vpcOfSubnet } from "../shared/network/network-index.ts";
import { beyondQuota } from "../shared/quotas.ts";
import { canonicalCidr } from "../../resource/ranges.ts";
import { routeKey, targetField, type Route } from "./routes.ts";

type Table = {
  readonly vpc: string;
  readonly routes?: readonly Route[];
  readonly subnets?: readonly string[];
  readonly propagatingVpnGateways?: readonly string[];
  readonly main?: boolean;
};

export function checkTable(self: Subject<Table>, index: ResourceIndex): readonly Problem[] {
  const { routes = [], subnets = [], propagatingVpnGateways: propagating = [] } = self.spec;
  return [
    ...beyondQuota(self, tablesOf(index, self.spec.vpc), 199, "route tables in one VPC, not counting the one that AWS makes,"),
    ...checkMain(self, index),
    ...routes.flatMap((route, i) => checkRoute(self, index, route, i)),
    ...checkTwins(routes),
    ...checkNumber(routes),
    ...propagating.flatMap((gateway, i) => checkGateway(self, index, gateway, i)),
    ...subnets.flatMap((subnet, i) => checkSubnet(self, index, subnet, i)),
  ];
}

function checkMain(self: Subject<Table>, index: ResourceIndex): Problem[] {
  if (self.spec.main !== true) return [];
  const first = tablesOf(index, self.spec.vpc).find((table) => table.spec.main === true)!;
  if (first.address === self.address) return [];
  return [{ code: "two-main-tables", summary: `${first.address} is already the main table of the same VPC.`, path: "main" }];
}

/** Reports each pair once, on the later table. */
function checkSubnet(self: Subject<Table>, index: ResourceIndex, subnet: string, i: number): Problem[] {
  const path = `subnets[${i}]`;
  const problems: Problem[] = [];
  const first = tablesNaming(index, subnet)[0];
  if (first && first.address !== self.address)
    problems.push({
      code: "two-tables",
      summary: `${refKey(subnet)} is already associated with ${first.address}, and a subnet has only one route table.`,
      path,
    });
  const vpc = vpcOfSubnet(index, subnet);
  if (vpc !== undefined && vpc !== refKey(self.spec.vpc))
    problems.push({ code: "other-vpc", summary: `${subnet} is in ${vpc}, and the route table is in ${refKey(self.spec.vpc)}.`, path });
  return problems;
}

function checkGateway(self: Subject<Table>, index: ResourceIndex, gateway: string, i: number): Problem[] {
  const declared = index.get(gateway);
  return declared ? checkSameVpc(self, index, declared, `propagatingVpnGateways[${i}]`) : [];
}

function checkTwins(routes: readonly Route[]): Problem[] {
  const keys = routes.map(routeKey);
  return keys.flatMap((key, i) => {
    const first = keys.indexOf(key);
    if (first === i) return [];
    return [
      {
        code: "duplicate-route",
        summary: `routes[${first}] already has the destination ${key}, and a route table has one route per destination.`,
        path: `routes[${i}].destination`,
      },
    ];
  });
}

function checkNumber(routes: readonly Route[]): Problem[] {
  if (routes.length <= 500) return [];
  return [
    {
      code: "quota",
      severity: "warning",
      summary: `${routes.length} routes are declared, and AWS allows 500 per route table unless the account's quota was raised.`,
      path: "routes",
    },
  ];
}

function checkRoute(self: Subject<Table>, index: ResourceIndex, { destination, target }: Route, i: number): Problem[] {
  const path = `routes[${i}]`;
  return [
    ...checkDestination(self, index, destination, `${path}.destination`),
    ...checkTarget(self, index, destination, target, `${path}.target`),
  ];
}

function checkDestination(self: Subject<Table>, index: ResourceIndex, destination: unknown, path: string): Problem[] {
  if (typeof destination !== "string")
    return [
      {
        code: "bad-value",
        summary: "A prefix list outside this environment is written by its id.",
        path,
        hint: "write { id: pl-… }; for a prefix list of this environment, write prefixList/NAME",
      },
    ];
  const canonical = canonicalCidr(destination);
  const vpc = index.get(self.spec.vpc)?.spec as { cidrBlock?: string; secondaryCidrBlocks?: string[] } | undefined;
  const own = [vpc?.cidrBlock, ...(vpc?.secondaryCidrBlocks ?? [])];
  if (!own.includes(canonical)) return [];
  return [{ code: "local-route", summary: `${destination} is the range of the VPC itself, and AWS adds this route by itself.`, path }];
}

function checkTarget(self: Subject<Table>, index: ResourceIndex, destination: unknown, target: unknown, path: string): Problem[] {
  if (typeof target !== "string") return [];
  const declared = index.get(target);
  if (declared?.kind === "vpcEndpoint" && declared.spec.type !== "GatewayLoadBalancer")
    return [
      {
        code: "bad-target",
        summary: `${target} is not a Gateway Load Balancer endpoint, and a route can lead to no other endpoint.`,
        path,
        hint: "for a gateway endpoint, AWS adds the routes by itself, in the route tables that the endpoint names",
      },
    ];
  if (declared) return [...checkFamily(destination, declared.kind, target, path), ...checkSameVpc(self, index, declared, path)];
  if (target.includes("/") && !target.startsWith("arn:")) return []; // an unknown address, which another check reports
  if (target.startsWith("i-"))
    return [
      {
        code: "bad-target",
        summary: "A route to an instance outside this environment must name its network interface.",
        path,
        hint: "write { id: eni-… }: EC2 identifies such routes by the network interface",
      },
    ];
  const field = targetField(target);
  if (!field)
    return [
      {
        code: "bad-target",
        summary: `${target} cannot be the target of a route.`,
        path,
        hint: "write an internet, NAT, transit, VPN, carrier or egress-only gateway, a peering connection, a network interface or an endpoint",
      },
    ];
  if (field === "VpcEndpointId" && typeof destination === "string" && destination.startsWith("pl-"))
    return [
      {
        code: "bad-target",
        summary: "A route to a prefix list cannot have an endpoint as its target.",
        path,
        hint: "for a gateway endpoint, AWS adds the routes by itself, in the route tables that the endpoint names",
      },
    ];
  return checkFamily(destination, field, target, path);
}

/** Targets that take only one address family (EC2 API, CreateRoute). */
const onlyIpv4 = new Set(["CarrierGatewayId", "carrierGateway"]);
const onlyIpv6 = new Set(["EgressOnlyInternetGatewayId", "egressOnlyInternetGateway"]);

function checkFamily(destination: unknown, of: string, target: string, path: string): Problem[] {
  if (typeof destination !== "string" || destination.startsWith("pl-")) return [];
  const isIpv6 = destination.includes(":");
  if (isIpv6 && (of === "natGateway" || of === "NatGatewayId") && canonicalCidr(destination) !== "64:ff9b::/96")
    return [
      {
        code: "bad-target",
        summary: `${target} is a NAT gateway, and the only IPv6 destination that AWS allows for it is 64:ff9b::/96.`,
        path,
      },
    ];
  if (isIpv6 ? onlyIpv4.has(of) : onlyIpv6.has(of))
    return [{ code: "bad-target", summary: `${target} does not carry ${isIpv6 ? "IPv6" : "IPv4"} traffic.`, path }];
  return [];
}

/** Checks the VPC of a target. AWS refuses gateways and instances of another VPC. */
function checkSameVpc(self: Subject<Table>, index: ResourceIndex, target: Subject, path: string): Problem[] {
  const vpc = target.spec.vpc === undefined ? vpcOfSubnet(index, subnetOfMachine(index, target)) : refKey(target.spec.vpc);
  if (target.spec.peerVpc !== undefined && refKey(target.spec.peerVpc) === refKey(self.spec.vpc)) return []; // the other side of a peering
  if (vpc === undefined || vpc === refKey(self.spec.vpc)) return [];
  return [{ code: "other-vpc", summary: `${target.address} is in ${vpc}, and the route table is in ${refKey(self.spec.vpc)}.`, path }];
}
