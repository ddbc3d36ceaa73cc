/**
 * Compares src/reach/ with single packets in random networks: `--networks N` (20000), `--from SEED` (1), `--seed SEED` for one alone. Exits
 * with 1 when something differed. `test/reach/faults.test.ts` plants faults, to check that they are found.
 */
import { parseArgs } from "node:util";
import { spanOfEither } from "../../src/reach/addresses.ts";
import { networkOf } from "../../src/reach/network.ts";
import { reach } from "../../src/reach/reach.ts";
import { clientsOf, outsiders, partyOf } from "../../src/reach/verdict.ts";
import { compare, type Core } from "./oracle.ts";
import { randomNetwork } from "./random-network.ts";

const { values } = parseArgs({ options: { networks: { type: "string" }, from: { type: "string" }, seed: { type: "string" } } });
const core: Core = { networkOf, reach, clientsOf, outsiders, partyOf, spanOfEither };
const first = Number(values.seed ?? values.from ?? 1);
const end = first + (values.seed === undefined ? Number(values.networks ?? 20_000) : 1);
let [packets, larger, failed] = [0, 0, 0];
for (let seed = first; seed < end; seed++) {
  const compared = compare(core, randomNetwork(seed));
  packets += compared.packets;
  larger += compared.larger;
  if (compared.differences.length > 0) {
    failed++;
    process.stdout.write(`seed ${seed}:\n${compared.differences.map((line) => `  ${line}\n`).join("")}`);
  }
  const done = seed + 1 - first;
  if (done % 1000 === 0 && seed + 1 < end)
    process.stdout.write(`… ${done.toLocaleString("en")} networks, ${failed} differ, ${Math.round(process.memoryUsage().rss / 1e6)} MB\n`);
}
const networks = (end - first).toLocaleString("en");
process.stdout.write(
  `${networks} networks, ${packets.toLocaleString("en")} pairs of places: ${failed} differ; may is too large for ${larger} flows\n`,
);
process.exitCode = failed === 0 ? 0 : 1;
