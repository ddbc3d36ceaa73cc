/** The exit code of each command in each situation, compared with its output: both say the same. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { exit, exitOfAll, exitOfDifferences, exitOfLostOutput, exitOfOutcome, type ExitCode } from "../../src/cli/exit.ts";
import { driftOf } from "../../src/render/drift.ts";
import { countSteps } from "../../src/render/summary.ts";
import { mixed } from "../render/fixtures.ts";
import { folder, infra, network, type Ran } from "./infra.ts";

const signals = [undefined, "SIGINT", "SIGTERM"] as const;
const one = { address: "vpc/a", kind: "vpc", action: "create", stage: "create" } as const;

test("the numbers are those of the documentation", () => {
  expect(exit).toEqual({ ok: 0, error: 1, differences: 2, partial: 3, stale: 4, interrupted: 130, terminated: 143 });
});

describe("the rules, in every combination", () => {
  const outcomes = (["done", "partial", "failed", "stopped"] as const).flatMap((status) =>
    [0, 1, 2].flatMap((done) => signals.map((signal) => [status, done, signal] as const)),
  );
  test.each(outcomes)("an apply that is %s with %i steps done and signal %s", (status, done, signal) => {
    const code = exitOfOutcome({ status, done: Array.from({ length: done }, () => one) }, signal);
    if (signal !== undefined) expect(code).toBe(signal === "SIGINT" ? 130 : 143);
    else if (status === "done") expect(code).toBe(0);
    else expect(code).toBe(done > 0 ? 3 : 1);
  });

  test.each([0, 1, 2_000].flatMap((printed) => [true, false].map((detailed) => [printed, detailed] as const)))(
    "%i differences printed, asked for in the code: %s",
    (printed, detailed) => expect(exitOfDifferences(printed, detailed)).toBe(detailed && printed > 0 ? 2 : 0),
  );

  test("several environments: every set of codes ends with its worst, in any order", () => {
    const worstFirst: readonly ExitCode[] = [130, 143, 1, 3, 4, 2, 0];
    expect([...worstFirst].sort()).toEqual(Object.values(exit).sort());
    for (let set = 1; set < 2 ** worstFirst.length; set++) {
      const codes = worstFirst.filter((_code, bit) => set & (1 << bit));
      expect(exitOfAll(codes)).toBe(codes[0]);
      expect(exitOfAll([...codes].reverse())).toBe(codes[0]);
    }
  });
});

test("a full disk under stdout: what only tells does not end well, what does something keeps its own code", async () => {
  const cwd = folder({ "environments/dev.yaml": network(1), "environments/log.yaml": network(0) });
  const codeOf = async (args: string) => (await infra(cwd, args, { isFull: true })).code;
  const reading = ["plan log", "plan log --detailed-exitcode", "drift log", "status log", "output log", "validate", "graph log", "schema"];
  for (const args of [...reading, "explain", "freeze log", "apply log --preflight --yes", "iam-policy log", "--version", "plan --help"])
    expect([args, await codeOf(`--sandbox ${args}`.replace(/^--sandbox (?=--)/, ""))]).toEqual([args, 1]);
  const changing = ["apply log --yes", "freeze log --reason x", "freeze log --thaw", "release log vpc/main --yes", "destroy log --yes"];
  for (const args of [...changing, "unlock log --yes", "sandbox reset", "init other"])
    expect([args, await codeOf(`--sandbox ${args}`)]).toEqual([args, 0]);
  expect(exitOfLostOutput(exit.partial)).toBe(exit.partial);
});

test("an object that is kept and noted is no difference", () => {
  const kept = { ...mixed, steps: mixed.steps.filter(({ action }) => action === "keep") };
  expect(kept.steps.length).toBeGreaterThan(0);
  expect(countSteps(kept.steps).changes).toBe(0);
  expect(driftOf({ ...kept, notes: mixed.notes }).findings).toEqual([]);
});

interface Situation {
  /** The exit codes of `plan`, `plan --detailed-exitcode`, `drift` and `apply`. */
  readonly codes: readonly [number, number, number, number];
  readonly yaml: string;
  /** The YAML that was applied before the command begins; AWS is empty where it is absent. */
  readonly before?: string;
}

/** The subnet moves to another zone, which would replace it, and the file allows no replacement. */
const refused = network(2).replace("availabilityZone: a }", "availabilityZone: b }").replace("vpcs:", "maxDisruption: none\nvpcs:");

const situations: Readonly<Record<string, Situation>> = {
  "nothing is declared and nothing exists": { codes: [0, 0, 0, 0], yaml: network(0).replace(/vpcs:[\s\S]*/, "") },
  "nothing exists": { codes: [0, 2, 2, 0], yaml: network(2) },
  "all agrees": { codes: [0, 0, 0, 0], yaml: network(2), before: network(2) },
  "something is to change": { codes: [0, 2, 2, 0], yaml: network(2).replace("a }", "a, mapPublicIpOnLaunch: true }"), before: network(2) },
  "something is to go": { codes: [0, 2, 2, 0], yaml: network(1), before: network(2) },
  "something is kept": {
    codes: [0, 0, 0, 0],
    yaml: network(1),
    before: network(2)
      .replace(/a }$/m, "a }")
      .replace(/(s1: {.*) }/, "$1, retain: true }"),
  },
  "one thing is refused": { codes: [1, 1, 1, 1], yaml: refused, before: network(2) },
  "one thing is refused, another is to be made": {
    codes: [1, 1, 1, 3],
    yaml: `${refused}  s2: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: a }\n`,
    before: network(2),
  },
  "the YAML is in error": { codes: [1, 1, 1, 1], yaml: network(1).replace("vpc: main,", "vpc: mian,") },
};

interface Printed {
  readonly resource_changes?: readonly { readonly change: { readonly actions: readonly string[] } }[];
  readonly drift?: readonly object[];
  readonly done?: readonly object[];
  readonly failed?: readonly object[];
  readonly diagnostics?: readonly { readonly severity: string }[];
}

/** Returns the code that follows from the output, by the words of the documentation. */
function codeOf(command: string, { stdout, stderr }: Ran): number {
  if (stdout === "") return 1;
  const printed = JSON.parse(stdout) as Printed;
  const isInError = [...(printed.diagnostics ?? [])].some(({ severity }) => severity === "error") || /^\S+ {2}error {2}/m.test(stderr);
  if (command.startsWith("apply")) {
    const hasFailed = (printed.failed ?? []).length > 0 || isInError;
    return !hasFailed ? 0 : (printed.done ?? []).length > 0 ? 3 : 1;
  }
  if (isInError) return 1;
  const differences = printed.drift?.length ?? printed.resource_changes!.filter(({ change }) => change.actions.join() !== "no-op").length;
  return differences > 0 && (command === "drift" || command.includes("--detailed-exitcode")) ? 2 : 0;
}

describe.each(Object.entries(situations))("%s", (_name, { yaml, before, codes }) => {
  const commands = ["plan", "plan --detailed-exitcode", "drift", "apply --yes --allow-deletes 9"];
  test.each(commands)("%s", async (command) => {
    const cwd = folder({ "environments/dev.yaml": before ?? yaml });
    if (before !== undefined) expect((await infra(cwd, "--sandbox apply dev --yes")).code).toBe(0);
    writeFileSync(join(cwd, "environments/dev.yaml"), yaml);
    const [verb, ...flags] = command.split(" ");
    const ran = await infra(cwd, `--sandbox ${verb} dev ${flags.join(" ")} --format json`);
    expect(ran.code, `${ran.stdout}\n${ran.stderr}`).toBe(codes[commands.indexOf(command)]);
    expect(ran.code).toBe(codeOf(command, ran));
  });
});

test("each code is met by one of these", async () => {
  const met = new Map<number, string>();
  const meet = async (cwd: string, command: string, index: Parameters<typeof infra>[2] = {}) => {
    const { code } = await infra(cwd, `--sandbox ${command}`, index);
    met.set(code, command);
    return code;
  };
  const cwd = folder({ "environments/dev.yaml": network(1) });
  expect(await meet(cwd, "plan dev --detailed-exitcode --out plan.json")).toBe(2);
  expect(await meet(cwd, "apply dev")).toBe(1); // there is nobody to confirm
  expect(await meet(cwd, "apply dev --yes")).toBe(0);
  writeFileSync(join(cwd, "environments/dev.yaml"), network(2));
  expect(await meet(cwd, "apply dev --approve plan.json")).toBe(4);
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    let sent = false;
    const watch = (stderr: string, send: (name: "SIGINT" | "SIGTERM") => void) => {
      if (sent || !stderr.includes("account")) return;
      sent = true;
      send(signal);
    };
    expect(await meet(cwd, "drift dev", { watch })).toBe(code);
  }
  // Six VPCs and the default one. AWS gives an account five unless it asks for more.
  const vpcs = Array.from({ length: 6 }, (_, i) => `  v${i}: { cidrBlock: 10.${i}.0.0/16 }\n`).join("");
  writeFileSync(join(cwd, "environments/dev.yaml"), `format: 1\nproject: many\nregion: us-east-1\nvpcs:\n${vpcs}`);
  expect(await meet(cwd, "apply dev --yes")).toBe(3);
  expect([...met.keys()].sort()).toEqual(Object.values(exit).sort());
});
