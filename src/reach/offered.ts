/**
 * PrivateLink: a client with an interface endpoint to a service reaches the load balancers behind the service, from any VPC and without a
 * route. The security groups of the load balancers see the address of the client (Network Load Balancer User Guide, "Security groups"). The
 * targets see the address of the load balancer (AWS PrivateLink Guide, "Create a service powered by AWS PrivateLink").
 */
import type { OfferPart, PartId } from "../kinds/kind.ts";
import { families, type Family } from "./addresses.ts";
import { directOver } from "./direct.ts";
import { everything, firewallsLet, unknown, type Let } from "./filters.ts";
import { flowsOfPorts, isNone, isSameFlows, meetFlows, minusFlows, noFlows, type Flows } from "./flows.ts";
import { groupBy } from "../resource/group-by.ts";
import type { At, Step } from "./hop.ts";
import { inMap } from "./memo.ts";
import type { Endpoint, Network, Spot } from "./network.ts";
import { unsureOf } from "./steps.ts";
import { anyWay, eitherWay, limitedTo, never, partyOf, type Party, type Verdict } from "./verdict.ts";

/** A service with the endpoints of this environment that lead to it. */
interface Offered {
  readonly offer: OfferPart;
  readonly endpoints: readonly Endpoint[];
}

const offered = new WeakMap<Network, ReadonlyMap<PartId, readonly Offered[]>>();

/** Returns the services that a load balancer belongs to. */
export function offersOf(network: Network, balancer: PartId): readonly Offered[] {
  if (network.offers.size === 0) return [];
  const byBalancer = inMap(offered, network, () => {
    const leading = groupBy([...network.endpoints.values()], ({ part }) => part.leadsTo ?? "");
    const all = [...network.offers.values()].flatMap((offer) =>
      offer.balancers.map((id) => ({ id, offer, endpoints: leading.get(offer.id) ?? [] })),
    );
    return groupBy(all, ({ id }) => id);
  });
  return byBalancer.get(balancer) ?? [];
}

/** Returns the flows that reach a load balancer through endpoints. AWS picks the node. */
export function byEndpoints(network: Network, from: Party, balancer: Endpoint, heard: Flows): Verdict {
  if (offersOf(network, balancer.id).length === 0) return never;
  return families.reduce(
    (all, family) => eitherWay(all, anyWay(balancer.spots.map((node) => toNode(family, network, from, balancer, node, heard)))),
    never,
  );
}

/**
 * Returns the flows that reach one node through endpoints. `front`: the flows on which the load balancer or one of its listeners listens.
 */
export function toNode(family: Family, network: Network, from: Party, balancer: Endpoint, node: Spot, front: Flows): Verdict {
  let all = never;
  for (const { offer, endpoints } of offersOf(network, balancer.id)) {
    const arriving = () => arrivingAt(family, network, from, balancer, node, front);
    if (from.spots.every(({ clientOf }) => clientOf === offer.id))
      all = eitherWay(all, unsure(arriving(), `endpoints of ${offer.id} in other VPCs are not known`));
    else
      for (const endpoint of endpoints) {
        if (endpoint === from.endpoint) continue;
        const first = limitedTo(directOver(family, network, from, partyOf(endpoint)), front);
        const both = isNone(first.may) ? never : oneAfterAnother(first, arriving());
        const waits = `whether ${offer.id} has accepted ${endpoint.id} is not known`;
        all = eitherWay(all, offer.acceptsAll ? both : unsure(both, waits));
      }
  }
  return all;
}

function unsure(verdict: Verdict, why: string): Verdict {
  return isNone(verdict.may) ? never : { ...verdict, must: noFlows, some: noFlows, unknown: [...verdict.unknown, why] };
}

function oneAfterAnother(a: Verdict, b: Verdict): Verdict {
  const may = meetFlows(a.may, b.may);
  if (isNone(may)) return never;
  return { may, must: meetFlows(a.must, b.must), some: meetFlows(a.some, b.some), unknown: [...new Set([...a.unknown, ...b.unknown])] };
}

/** Returns the flows that a node takes from clients that come through an endpoint. */
function arrivingAt(family: Family, network: Network, from: Party, balancer: Endpoint, node: Spot, front: Flows): Verdict {
  const to: Party = { name: balancer.id, choice: "of-aws", spots: [node] };
  const seen = limitedTo(directOver(family, network, from, to, stepsInto), meetFlows(front, carried));
  const udp = meetFlows(seen.may, onlyOverSome);
  if (isNone(udp)) return seen;
  const certain = (flows: Flows) => minusFlows(flows, onlyOverSome);
  const why = "whether a service forwards UDP depends on its load balancers";
  return { ...seen, must: certain(seen.must), some: certain(seen.some), unknown: [...seen.unknown, why] };
}

const onlyOverSome = flowsOfPorts("udp");
const carried: Flows = { ...flowsOfPorts("tcp"), udp: onlyOverSome.udp };

function stepsInto(network: Network, client: At, node: At): readonly Step[] {
  return [...unsureOf(client, node), groupsOf(network, client, node), aclAt(node)];
}

/**
 * The step through the load balancer's security groups. AWS does not say whether rules that name groups see those of a client behind an
 * endpoint.
 */
function groupsOf(network: Network, client: At, { spot }: At): Step {
  const step = { what: "target-groups", direction: "ingress", peer: client, of: spot } as const;
  if (spot.endpoint?.part.isOpenToClients) return { ...step, ...everything };
  const letBy = (firewalls: Spot["firewalls"]): Let => firewallsLet(network, spot.firewalls, "ingress", { at: client.at, firewalls });
  const [certain, possible] = [letBy("none"), letBy(client.spot.firewalls)];
  const bounds = { ...step, must: certain.must, may: possible.may };
  if (isSameFlows(certain.must, possible.may)) return bounds;
  const why =
    certain.unknown ?? possible.unknown ?? "whether rules see the security groups of clients that come through an endpoint is not known";
  return { ...bounds, unknown: why };
}

function aclAt({ spot: { place } }: At): Step {
  if (typeof place !== "object") return { what: "place", ...unknown("the subnet of a load balancer was not read") };
  if (place.acl === "open") return { what: "acl", id: place.id, ...everything };
  return {
    what: "acl",
    id: place.id,
    ...unknown(`whether the network ACL of ${place.id} filters traffic through an endpoint is not known`),
  };
}
