/**
 * Who reaches whom. Every question has two answers: `must`, whatever addresses AWS picks, and `may`, for some of them. The
 * difference is what nobody can say, with its reasons, so that something unknown is never taken for something good.
 */
import { heardBy, passedOn, whereServed } from "./balancers.ts";
import { direct } from "./direct.ts";
import type { Network } from "./network.ts";
import { byNat64 } from "./translated.ts";
import { eitherWay, limitedTo, never, type Party, type Verdict } from "./verdict.ts";

/** What the one can begin with the other, by itself or through balancers that pass connections on. */
export function reach(network: Network, from: Party, to: Party): Verdict {
  if (from.endpoint !== undefined && from.endpoint === to.endpoint && from.endpoint.part.isMany !== true) return never;
  return eitherWay(untranslated(network, from, to), byNat64(network, from, to, untranslated));
}

function untranslated(network: Network, from: Party, to: Party): Verdict {
  const { endpoint: target } = to;
  if (!target) return direct(network, from, to);
  const heard = limitedTo(direct(network, from, to), heardBy(target));
  return eitherWay(whereServed(network, target, heard), passedOn(network, from, target));
}
