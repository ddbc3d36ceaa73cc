import { expect, test } from "vitest";
import { isNone } from "../../src/reach/flows.ts";
import { flowsOfNetwork } from "../../src/reach/matrix.ts";
import { networkOf } from "../../src/reach/network.ts";
import { reach } from "../../src/reach/reach.ts";
import { partyOf } from "../../src/reach/verdict.ts";
import { randomNetwork } from "./random-network.ts";

test("the list of all flows equals the answer for each pair alone, though most pairs are not computed", () => {
  let open = 0;
  for (let seed = 1; seed <= 120; seed++) {
    const network = networkOf(randomNetwork(seed));
    const listed = new Map(flowsOfNetwork(network).map(({ from, to, may, must }) => [`${from} ${to}`, { may, some: must }]));
    for (const from of network.endpoints.values())
      for (const to of network.endpoints.values()) {
        if (from === to && to.part.isMany !== true) continue;
        const { may, some } = reach(network, partyOf(from), partyOf(to));
        if (!isNone(may)) open++;
        expect(listed.get(`${from.id} ${to.id}`), `seed ${seed}: ${from.id} → ${to.id}`).toEqual(isNone(may) ? undefined : { may, some });
      }
  }
  expect(open).toBeGreaterThan(100);
});
