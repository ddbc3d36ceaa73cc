import { expect, test } from "vitest";
import { faults, withFault } from "./faults.ts";
import { compare } from "./oracle.ts";
import { randomNetwork } from "./random-network.ts";

/**
 * `found` is a network that shows the fault. `REACH_SEARCH=1000` searches for one among that many, after a change of the random networks.
 */
const search = Number(process.env["REACH_SEARCH"] ?? 0);

test.each(faults)("the simulator finds it when $what", async ({ found, ...fault }) => {
  const core = await withFault(fault);
  const shows = (seed: number) => compare(core, randomNetwork(seed)).differences.length > 0;
  if (search > 0) process.stdout.write(`${Array.from({ length: search }, (_, i) => i + 1).find(shows)}  ${fault.what}\n`);
  else expect(shows(found)).toBe(true);
});
