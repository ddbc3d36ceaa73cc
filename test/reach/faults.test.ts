import { expect, test } from "vitest";
import { compare } from "./oracle.ts";
import { faults, withFault } from "./faults.ts";
import { randomNetwork } from "./random-network.ts";

test.each(faults)("the simulator finds it when $what", async (fault) => {
  const core = await withFault(fault);
  const found = seeds(300).find((seed) => {
    const { differences, larger } = compare(core, randomNetwork(seed));
    return differences.length > 0 || larger > 8;
  });
  expect(found).toBeDefined();
});

function seeds(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}
