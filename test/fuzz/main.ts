/**
 * Feeds damaged input until the time is over, one case after another. `--seconds N` (60), `--from SEED` (1), `--seed SEED` for one case
 * alone. Exits with 1 when a check failed. Each failing seed is printed and fails again on its own.
 */
import { parseArgs } from "node:util";
import { fuzz } from "./cases.ts";

const { values } = parseArgs({ options: { seconds: { type: "string" }, from: { type: "string" }, seed: { type: "string" } } });
const alone = values.seed === undefined ? undefined : Number(values.seed);
const until = performance.now() + 1000 * Number(values.seconds ?? 60);
const counts = new Map<string, number>();
const failed: number[] = [];
let slowest = { seed: 0, seconds: 0 };

for (let seed = alone ?? Number(values.from ?? 1); alone !== undefined ? seed === alone : performance.now() < until; seed++) {
  const { target, seconds, broken } = await fuzz(seed);
  // The first case also loads the modules, so its time does not count.
  if (counts.size > 0 && seconds > slowest.seconds) slowest = { seed, seconds };
  counts.set(target, (counts.get(target) ?? 0) + 1);
  if (broken === undefined) continue;
  failed.push(seed);
  process.stdout.write(`\nseed ${seed} (${target}): ${broken}\n`);
}

const cases = [...counts].map(([target, count]) => `${count} ${target}`).join(", ");
process.stdout.write(`\n${cases}: ${failed.length === 0 ? "nothing broke" : `${failed.length} broke: ${failed.join(" ")}`}\n`);
process.stdout.write(`the slowest took ${slowest.seconds.toFixed(1)} s of processor time (seed ${slowest.seed})\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
