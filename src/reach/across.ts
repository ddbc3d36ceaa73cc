/** The steps between two VPCs that are attached to a transit gateway. */
import type { AttachmentPart } from "../kinds/kind.ts";
import type { Address } from "./addresses.ts";
import { everything, nothing, unknown } from "./filters.ts";
import { allFlows, isSameFlows, meetFlows, noFlows, unionFlows } from "./flows.ts";
import { acl, between, blocked, route, type At, type Step } from "./hop.ts";
import type { Network, Subnet } from "./network.ts";
import { takenBy, type Transit } from "./transit.ts";

/**
 * Returns the steps to the gateway's interface in the source's zone, and from one of its interfaces in the other VPC. The ACL of a subnet
 * checks outgoing traffic by its target and incoming traffic by its source. No ACL checks the traffic that the gateway sends to its own
 * subnet (Transit Gateways Guide, "Network ACLs").
 */
export function byTransit(network: Network, transit: Transit, from: At, to: At, source: Subnet, target: Subnet): readonly Step[] {
  const { door, byVpc } = transit;
  const leave: Step = route(network, source, to.at, (taken) => taken.leads === "transit");
  const here = byVpc.get(source.vpc);
  if (!here) return [leave, { ...blocked("gateway", `${source.vpc} is not attached`), id: door.id }];
  const [exit, unreadExit] = subnetsIn(network, here, ({ zone }) => zone === source.zone);
  const near: Step[] = exit[0]
    ? [acl(source, "egress", to), acl(exit[0], "ingress", from)]
    : [
        unreadExit
          ? { what: "place", id: here.id, ...unknown(`a subnet of ${here.id} was not read`) }
          : { ...blocked("place", `it has no subnet in ${source.zone}`), id: here.id },
      ];
  return [leave, ...near, crossing(transit, here, to.at, target), ...entering(network, transit, here, from, to, source, target)];
}

function subnetsIn({ subnets }: Network, { subnets: ids }: AttachmentPart, isMeant: (subnet: Subnet) => boolean): [Subnet[], boolean] {
  const known = ids.flatMap((id) => subnets.get(id) ?? []);
  return [known.filter(isMeant), known.length < ids.length];
}

/** The step through the gateway. The route table that the attachment follows has to lead to the target's VPC. */
function crossing(transit: Transit, here: AttachmentPart, at: Address, target: Subnet): Step {
  const step = { what: "route", id: transit.door.id } as const;
  const there = transit.byVpc.get(target.vpc);
  if (typeof at === "bigint" && (!here.ipv6 || there?.ipv6 === false))
    return { ...step, ...nothing, says: "the attachment does not support IPv6" };
  if (typeof at === "bigint" && target.part.ipv6Range === "unread")
    return { ...step, ...unknown(`AWS chooses the IPv6 range of ${target.vpc}, and ${transit.door.id} may route it elsewhere`) };
  const taken = takenBy(transit, here, at);
  if (taken.is === "unknown") return { ...step, ...unknown(taken.why) };
  if (taken.is === "nowhere") return { ...step, id: taken.table ?? step.id, path: taken.path, ...nothing, says: taken.says };
  const { attachment, table, route: by } = taken;
  const known = { ...step, id: table, path: by.path, says: `${by.to} → ${attachment.id}` };
  return attachment.vpc === target.vpc ? { ...known, ...everything } : { ...known, ...nothing };
}

/**
 * Returns the steps into the other VPC. The traffic enters by the gateway's interface in the zone in which it began, if there is one, and
 * otherwise by any interface (Transit Gateways Guide, "Appliance mode").
 */
function entering(
  network: Network,
  { byVpc }: Transit,
  here: AttachmentPart,
  from: At,
  to: At,
  source: Subnet,
  target: Subnet,
): readonly Step[] {
  const there = byVpc.get(target.vpc);
  if (!there) return [];
  const [known, isUnread] = subnetsIn(network, there, () => true);
  if (isUnread) return [{ what: "place", id: there.id, ...unknown(`a subnet of ${there.id} was not read`) }];
  const near = known.filter(({ zone }) => zone === source.zone);
  const entries = near.length > 0 && !there.anyZone && !here.anyZone ? near : known;
  const ways = entries.map((entry): readonly Step[] =>
    entry === target ? [] : [acl(entry, "egress", to), between(network, entry, to.at, target), acl(target, "ingress", from)],
  );
  if (ways.length === 1) return ways[0]!;
  const bounds = ways.map((steps) => ({
    must: steps.reduce((all, { must }) => meetFlows(all, must), allFlows),
    may: steps.reduce((all, { may }) => meetFlows(all, may), allFlows),
  }));
  const must = bounds.reduce((all, one) => meetFlows(all, one.must), allFlows);
  const may = bounds.reduce((all, one) => unionFlows(all, one.may), noFlows);
  return [
    {
      what: "place",
      id: there.id,
      must,
      may,
      says: "through any of its subnets",
      ...(isSameFlows(must, may) ? {} : { unknown: anyEntry }),
    },
  ];
}

const anyEntry = "AWS chooses the subnet through which the transit gateway sends it into the VPC";
