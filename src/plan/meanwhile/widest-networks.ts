/** Networks that let through at least as much as every moment of an apply does. */
import type { EndpointPart, FirewallPart, NetworkPart, PartId, PoolPart, SubnetPart } from "../../kinds/kind.ts";

/** Returns every security group once, with the rules of all its forms. */
export function ofAllMoments(parts: readonly FirewallPart[]): readonly FirewallPart[] {
  const firewalls = new Map<PartId, FirewallPart>();
  for (const part of parts) {
    const known = firewalls.get(part.id);
    firewalls.set(
      part.id,
      known ? { ...part, ingress: [...known.ingress, ...part.ingress], egress: [...known.egress, ...part.egress] } : part,
    );
  }
  return [...firewalls.values()];
}

/**
 * Returns parts that let through as much as possible: every security group with the rules of all its moments, every endpoint with the
 * security groups and subnets of all its moments, no ACLs, and route tables for closed VPCs only.
 */
export function generous(parts: readonly NetworkPart[]): readonly NetworkPart[] {
  const firewalls = ofAllMoments(parts.filter((part) => part.is === "firewall"));
  const endpoints = new Map<PartId, EndpointPart>();
  const pools = new Map<PartId, PoolPart>();
  const subnets = new Map<PartId, SubnetPart>();
  const others: NetworkPart[] = closedVpcs(parts);
  for (const part of parts) {
    if (part.is === "endpoint") {
      const known = endpoints.get(part.id);
      endpoints.set(part.id, known ? eitherOf(known, part) : { ...part, public: "yes" });
    } else if (part.is === "pool") {
      const known = pools.get(part.id);
      pools.set(part.id, known ? { ...part, targets: [...known.targets, ...part.targets] } : part);
    } else if (part.is === "subnet") {
      const known = subnets.get(part.id);
      subnets.set(part.id, known ? withIpv6Of(known, part) : part);
    } else if (part.is === "member" || part.is === "forward" || part.is === "offer") others.push(part);
  }
  return [...firewalls, ...endpoints.values(), ...pools.values(), ...subnets.values(), ...others];
}

/**
 * Returns the closed VPCs: no route table of theirs ever leads to another network, and no part is their default security group. Nothing
 * passes between two of them. Each gets a route table that leads everything to an internet gateway, which lets through as much as any real
 * one. Subnets whose route tables have no routes at any moment get a route table without routes.
 */
function closedVpcs(parts: readonly NetworkPart[]): NetworkPart[] {
  const doors = new Map(parts.flatMap((part) => (part.is === "door" ? [[part.id, part] as const] : [])));
  const open = new Set<PartId>();
  const ranges = new Map<PartId, Set<string>>();
  const awaited = new Set<PartId>();
  const led = new Set<PartId>();
  const vpcOf = new Map(parts.flatMap((part) => (part.is === "subnet" ? [[part.id, part.vpc] as const] : [])));
  for (const part of parts) {
    if (part.is === "vpc") {
      ranges.set(part.id, new Set([...(ranges.get(part.id) ?? []), ...part.ranges]));
      if (part.ipv6) awaited.add(part.id);
    }
    if (part.is === "firewall" && part.defaultOf !== undefined) open.add(part.defaultOf);
    if (part.is !== "table") continue;
    if (part.routes.length > 0) for (const one of [...part.subnets, ...(part.main ? [part.vpc] : [])]) led.add(one);
    const isOpen =
      part.propagating !== undefined || part.routes.some(({ by }) => !["internet", "outwards", "nat"].includes(doors.get(by)?.leads ?? ""));
    if (isOpen) for (const vpc of [part.vpc, ...part.subnets.flatMap((id) => vpcOf.get(id) ?? [])]) open.add(vpc);
  }
  return [...ranges].flatMap(([id, all]): NetworkPart[] => {
    if (open.has(id)) return [];
    const by = `a gateway of ${id}`;
    const closed = led.has(id) ? [] : [...vpcOf].flatMap(([subnet, vpc]) => (vpc === id && !led.has(subnet) ? [subnet] : []));
    return [
      { is: "vpc", id, ranges: [...all], ...(awaited.has(id) ? { ipv6: "unread" } : {}) },
      { is: "door", id: by, leads: "internet", vpc: id },
      {
        is: "table",
        id: `the table of ${id}`,
        vpc: id,
        main: true,
        subnets: [],
        routes: ["0.0.0.0/0", "::/0"].map((to) => ({ to, by, path: "" })),
      },
      { is: "table", id: `the table without routes of ${id}`, vpc: id, main: false, subnets: closed, routes: [] },
    ];
  });
}

/** Returns the latest form of a subnet, with the IPv6 range of either form. */
function withIpv6Of(a: SubnetPart, b: SubnetPart): SubnetPart {
  const [one, other] = [a.ipv6Range, b.ipv6Range];
  const ipv6Range = one === undefined || one === other ? other : other === undefined ? one : "unread";
  return { ...b, ...(ipv6Range === undefined ? {} : { ipv6Range }), ...(a.givesIpv6 || b.givesIpv6 ? { givesIpv6: true } : {}) };
}

function eitherOf(a: EndpointPart, b: EndpointPart): EndpointPart {
  const { listens: _a, address: _one, ipv6: _ipv6, ipv6Address: _known, isInternal: _internal, isSilent: _silent, ...rest } = a;
  const ipv6 = (["yes", "unread", "as-subnet", "no"] as const).find((is) => a.ipv6 === is || b.ipv6 === is);
  const isAgreed = JSON.stringify([a.firewalls]) === JSON.stringify([b.firewalls]);
  const groups =
    typeof a.firewalls === "object" && typeof b.firewalls === "object"
      ? [...new Set([...a.firewalls, ...b.firewalls])]
      : ("unread" as const);
  return {
    ...rest,
    subnets: a.subnets.length === 0 || b.subnets.length === 0 ? [] : [...new Set([...a.subnets, ...b.subnets])],
    firewalls: isAgreed ? a.firewalls : groups,
    ...(a.address !== undefined && a.address === b.address ? { address: a.address } : {}),
    ...(ipv6 === undefined ? {} : { ipv6 }),
    ...(a.ipv6Address !== undefined && a.ipv6Address === b.ipv6Address ? { ipv6Address: a.ipv6Address } : {}),
    ...(a.isInternal && b.isInternal ? { isInternal: true as const } : {}),
    ...(a.isSilent && b.isSilent ? { isSilent: true as const } : {}),
    ...(a.listens && b.listens ? { listens: [...a.listens, ...b.listens] } : {}),
    ...(a.isMany || b.isMany ? { isMany: true as const } : {}),
    ...(a.isOpenToClients || b.isOpenToClients ? { isOpenToClients: true as const } : {}),
  };
}
