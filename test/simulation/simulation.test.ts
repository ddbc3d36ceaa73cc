import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { isNight } from "../support/night.ts";
import { kinds } from "../../src/kinds/index.ts";
import { environmentNames, versionsOf } from "./environments.ts";
import mutations from "./mutations.json" with { type: "json" };

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The part of the simulation that runs for every change; `npm run simulate` runs all of it. */
describe("the simulation", () => {
  it("has every kind in one of its environments, and a key that is generated", () => {
    const nodes = environmentNames(root, kinds).flatMap((name) => versionsOf(root, name, kinds).first.nodes);
    const missing = kinds.map(({ name }) => name).filter((name) => !nodes.some(({ kind }) => kind === name));
    expect(missing).toEqual([]);
    expect(nodes.filter(({ kind, spec }) => kind === "keyPair" && "generate" in spec)).not.toEqual([]);
  });

  it("takes a kind that stands in no environment from its contract case", () => {
    const lone = { ...kinds[0]!, name: "lone", section: "lones" };
    expect(environmentNames(root, [...kinds, lone]).at(-1)).toBe("cases/lone");
  });

  it("finds nothing in a sample over all environments, and at a contract case", { timeout: 600_000 }, () => {
    const sampled = environmentNames(root, kinds);
    expect(sampled.length).toBeGreaterThan(8);
    const [every, runs] = isNight ? ["50", "3"] : ["1500", "0"]; // histories take as long as all points that run by day
    const names = [...sampled, "cases/customerGateway"].flatMap((name) => ["--env", name]);
    expect(simulate("--every", every!, "--runs", runs!, ...names)).toMatch(/ 0 violations/);
  });

  // By day the sample above has five points of this environment too.
  it.runIf(isNight)("finds nothing at any point of one environment, at night", { timeout: 600_000 }, () => {
    expect(simulate("--env", "single-public-subnet", "--every", "1", "--runs", "10")).toMatch(/ 0 violations/);
  });
});

/** The check itself takes minutes: `npm run simulate:check`, every night in CI. */
describe.each(Object.entries(mutations))("the %s, which the check of the simulation takes out", (_name, { file, what }) => {
  it("stands where the check looks for it, once", () => expect(readFileSync(`${root}${file}`, "utf8").split(what)).toHaveLength(2));
});

function simulate(...args: string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, ["test/simulation/run.mjs", ...args], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 2 ** 20,
  });
  return stdout + stderr;
}
