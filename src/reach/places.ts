/** The places where interfaces can be, the addresses that they can have, and the targets in a pool. */
import type { EndpointPart, FirewallPart, PartId, VpcPart } from "../kinds/kind.ts";
import { everywhere, ofFamily, spanOfEither, spansOf, type Address, type Addresses } from "./addresses.ts";
import { groupBy } from "../resource/group-by.ts";
import type { ByIs, Endpoint, Pool, PoolTarget, Spot, Subnet, Vpc } from "./model.ts";
import { has, type Span } from "./spans.ts";

/**
 * Returns the default security group that AWS makes with a VPC: its members reach each other, and all outgoing traffic is allowed (VPC User
 * Guide, "Default security groups").
 */
export function defaultFirewall({ id: vpc }: VpcPart): FirewallPart {
  const id = defaultFirewallOf(vpc);
  const all = { protocol: "all", from: -1, to: -1, path: "" };
  return {
    is: "firewall",
    id,
    ingress: [{ ...all, peer: { firewall: id } }],
    egress: [
      { ...all, peer: { range: "0.0.0.0/0" } },
      { ...all, peer: { range: "::/0" } },
    ],
  };
}

function defaultFirewallOf(vpc: PartId): PartId {
  return `the default security group of ${vpc}`;
}

/** The VPCs of this environment, and the groups that were declared or read as a VPC's default group. */
interface Defaults {
  readonly vpcs: ReadonlyMap<PartId, Vpc>;
  readonly defaults: ReadonlyMap<PartId, PartId>;
}

export function endpointsOf(of: ByIs, subnets: ReadonlyMap<PartId, Subnet>, known: Defaults): Map<PartId, Endpoint> {
  const made = new Map(of["public-address"].map((one) => [one.of, one.id]));
  return new Map(
    of.endpoint.map((part): [PartId, Endpoint] => {
      const spots: Spot[] = [];
      const endpoint: Endpoint = { id: part.id, part, spots };
      const places = part.subnets.length === 0 ? ["unread"] : part.subnets;
      for (const id of places) spots.push({ endpoint, ...spotOf(part, subnets.get(id), made.get(part.id), known) });
      return [part.id, endpoint];
    }),
  );
}

function spotOf(part: EndpointPart, subnet: Subnet | undefined, made: PartId | undefined, known: Defaults): Spot {
  const fixed = part.address === undefined ? undefined : spanOfEither(part.address);
  const ipv4 = fixed ? [fixed] : subnet ? subnet.ipv4.map(assignable) : ofFamily(everywhere, 4);
  const [isGiven, ipv6] = ipv6AddressesOf(part, subnet);
  return {
    place: subnet ?? "unread",
    addresses: [...ipv4, ...ipv6],
    ipv6: isGiven,
    firewalls: part.firewalls === "default" ? defaultOf(subnet, known) : part.firewalls,
    ...publicity(part, subnet, made),
  };
}

function ipv6AddressesOf({ ipv6, ipv6Address }: EndpointPart, subnet: Subnet | undefined): readonly [Spot["ipv6"], Addresses] {
  if (ipv6 === undefined || ipv6 === "no") return ["yes", []];
  if (ipv6Address !== undefined) return ["yes", spansOf([`${ipv6Address}/128`])];
  if (!subnet) return ["unread", ofFamily(everywhere, 6)];
  if (ipv6 === "as-subnet") return ["yes", subnet.part.givesIpv6 === true ? subnet.ipv6 : []];
  return [ipv6, subnet.ipv6];
}

function defaultOf(subnet: Subnet | undefined, { vpcs, defaults }: Defaults): Spot["firewalls"] {
  if (!subnet) return "unread";
  const declared = defaults.get(subnet.vpc);
  if (declared !== undefined) return [declared];
  return vpcs.has(subnet.vpc) ? [defaultFirewallOf(subnet.vpc)] : "unread";
}

function publicity(part: EndpointPart, subnet: Subnet | undefined, made: PartId | undefined): Pick<Spot, "public" | "publicBy"> {
  if (made !== undefined) return { public: "yes", publicBy: { id: made } };
  if (part.public !== "as-subnet") return { public: part.public, publicBy: { id: part.id, path: part.publicPath } };
  if (!subnet) return { public: "unread" };
  return { public: subnet.part.givesPublic ? "yes" : "no", publicBy: { id: subnet.id, path: subnet.part.path } };
}

/** Returns the addresses of a subnet that can be assigned. AWS keeps the first four and the last (VPC User Guide, "Subnet CIDR blocks"). */
export function assignable(range: Span<Address>): Span<Address> {
  const [first, last] = range;
  return typeof first !== "number" || typeof last !== "number" || last - first < 8 ? range : [first + 4, last - 1];
}

export function poolsOf(of: ByIs, endpoints: ReadonlyMap<PartId, Endpoint>): Map<PartId, Pool> {
  const members = groupBy(of.member, (member) => member.of);
  return new Map(
    of.pool.map((part): [PartId, Pool] => {
      const written = part.targets.flatMap(({ endpoint, port }) => targetsAt(endpoint, endpoints).map((one) => ({ ...one, port })));
      const others = (members.get(part.id) ?? []).map(({ endpoint }) => ({ endpoint, port: part.port }));
      return [part.id, { part, targets: [...written, ...others] }];
    }),
  );
}

/**
 * Returns the endpoints of a target. A target that is written as an address is the endpoint that has it, or each endpoint that may get it.
 */
function targetsAt(target: PartId, endpoints: ReadonlyMap<PartId, Endpoint>): readonly Omit<PoolTarget, "port">[] {
  const address = spanOfEither(target)?.[0];
  if (address === undefined) return [{ endpoint: target }];
  const holders = [...endpoints.values()].filter(({ spots }) => spots.some(({ addresses }) => has(addresses, address)));
  const owner = holders.find(({ part }) => part.address === target || part.ipv6Address === target);
  if (owner) return [{ endpoint: owner.id }];
  return holders.length === 0 ? [{ endpoint: target }] : holders.map(({ id }) => ({ endpoint: id, isGuess: true }));
}
