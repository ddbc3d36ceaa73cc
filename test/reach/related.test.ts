import { expect, test } from "vitest";
import { networkOf } from "../../src/reach/network.ts";
import { reach } from "../../src/reach/reach.ts";
import { limitedPart, Relations } from "../../src/reach/related.ts";
import { outsiders, partyOf, type Party } from "../../src/reach/verdict.ts";
import type { Network } from "../../src/reach/network.ts";
import { randomNetwork } from "./random-network.ts";

test("the part of a network that is related to two ends answers like the whole network", () => {
  let left = 0;
  for (let seed = 1; seed <= 150; seed++) {
    const parts = randomNetwork(seed);
    const relations = new Relations(parts);
    const whole = networkOf(parts);
    const ends = ["internet", ...whole.endpoints.keys()];
    for (const from of ends)
      for (const to of ends) {
        if (from === to) continue;
        const related = relations.of([from, to]);
        const some = parts.flatMap((part) => limitedPart(part, related) ?? []);
        left += parts.length - some.length;
        const limited = networkOf(some);
        const { unknown: _why, ...said } = reach(limited, end(limited, from), end(limited, to));
        const { unknown: _whyOfAll, ...all } = reach(whole, end(whole, from), end(whole, to));
        expect(said, `seed ${seed}: ${from} → ${to}`).toEqual(all);
      }
  }
  expect(left).toBeGreaterThan(0);
});

function end(network: Network, name: string): Party {
  const endpoint = network.endpoints.get(name);
  return endpoint ? partyOf(endpoint) : outsiders(name, network.internet);
}
