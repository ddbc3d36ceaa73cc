/**
 * Answers who can reach whom. Every question has two answers: `must`, for all addresses that AWS may pick, and `may`, for some of them. The
 * difference is unknown, with its reasons, so that something unknown is never taken for something good.
 */
import { heardBy, passedOn, whereServed } from "./balancers.ts";
import { direct } from "./direct.ts";
import { mostLet } from "./filters.ts";
import { allFlows, isNone, meetFlows, unionFlows, noFlows, type Flows } from "./flows.ts";
import type { Network, Spot } from "./network.ts";
import { byEndpoints } from "./offered.ts";
import { byNat64 } from "./translated.ts";
import { eitherWay, limitedTo, never, type Party, type Verdict } from "./verdict.ts";

/**
 * Returns the connections that one party can open to another, directly or through load balancers that pass connections on. `asked`: the
 * caller only needs to know whether the answer contains any of these flows. If no rule of the target's groups allows them, nothing else is
 * checked.
 */
export function reach(network: Network, from: Party, to: Party, asked: Flows = allFlows): Verdict {
  if (from.endpoint?.part.isSilent === true) return never;
  if (to.spots.every((spot) => isNone(meetFlows(mostOf(network, spot), asked)))) return never;
  if (from.endpoint !== undefined && from.endpoint === to.endpoint && from.endpoint.part.isMany !== true) return never;
  return eitherWay(untranslated(network, from, to), byNat64(network, from, to, untranslated));
}

/** Returns all flows that the rules of a spot's groups let in, from any source. */
function mostOf({ firewalls: known }: Network, { firewalls, endpoint }: Spot): Flows {
  if (typeof firewalls === "string" || endpoint?.part.isOpenToClients === true) return allFlows;
  return firewalls.reduce((all, id) => {
    const firewall = known.get(id);
    return firewall ? unionFlows(all, mostLet(firewall.ingress)) : allFlows;
  }, noFlows);
}

function untranslated(network: Network, from: Party, to: Party): Verdict {
  const { endpoint: target } = to;
  if (!target) return direct(network, from, to);
  const listens = heardBy(target);
  const heard = eitherWay(limitedTo(direct(network, from, to), listens), byEndpoints(network, from, target, listens));
  return eitherWay(whereServed(network, target, heard), passedOn(network, from, target));
}
