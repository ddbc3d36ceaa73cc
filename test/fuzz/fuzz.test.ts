/** Runs `npm run fuzz` for a few seconds. A seed that fails here fails there: `npm run fuzz -- --seed N`. */
import { expect, test } from "vitest";
import { fuzz } from "./cases.ts";

/** Seeds that once failed, and a few others. */
const seeds = [1300, 7001075, 7010332, ...Array.from({ length: 20 }, (_, i) => i + 1)];

test.each(seeds)("seed %i", async (seed) => expect((await fuzz(seed)).broken).toBeUndefined());
