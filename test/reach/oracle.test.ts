import { expect, test } from "vitest";
import { spanOfEither } from "../../src/reach/addresses.ts";
import { networkOf } from "../../src/reach/network.ts";
import { reach } from "../../src/reach/reach.ts";
import { clientsOf, outsiders, partyOf } from "../../src/reach/verdict.ts";
import { compare } from "./oracle.ts";
import { randomNetwork } from "./random-network.ts";

const runs = Number(process.env["REACH_RUNS"] ?? 300);
const first = Number(process.env["REACH_FIRST"] ?? 1);

/**
 * Networks that longer runs found, in which the two once differed. In 19240 the simulator knew no address in a part of IPv6 that routes
 * separate.
 */
const once = [19_240];

test.each(once)("network %i agrees with single packets", (seed) => {
  expect(compare({ networkOf, reach, clientsOf, outsiders, partyOf, spanOfEither }, randomNetwork(seed))).toMatchObject({
    differences: [],
    larger: 0,
  });
});

test(`${runs} random networks agree with single packets`, { timeout: 3_600_000 }, () => {
  const core = { networkOf, reach, clientsOf, outsiders, partyOf, spanOfEither };
  let packets = 0;
  let larger = 0;
  for (let seed = first; seed < first + runs; seed++) {
    const compared = compare(core, randomNetwork(seed));
    expect(compared.differences, `seed ${seed}`).toEqual([]);
    packets += compared.packets;
    larger += compared.larger;
  }
  expect(packets).toBeGreaterThan(1_000 * runs);
  // `may` may be too large behind a load balancer: each half is possible, but never both together.
  expect(larger).toBeLessThan(runs);
});
