/**
 * cfn-lint, CloudFormation's linter, checks the requests that infra sends to Cloud Control. Every object of the curated types' cases and of
 * the environments becomes a resource of a template. cfn-lint (pip install cfn-lint) brings its own schemas and rules.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SandboxState } from "@plumbline/aws-sandbox/state.ts";
import { expect, test } from "vitest";
import type { Environment } from "../../src/config/environment.ts";
import { kinds } from "../../src/kinds/index.ts";
import { versionsOf } from "../simulation/environments.ts";
import { runProcess, tell } from "../simulation/process.ts";
import { sampleOf } from "../support/night.ts";
import { header, loadText } from "../support/testbed.ts";
import { cases } from "../types/cases.ts";
import { describeWithPrograms, run } from "./support/programs.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const environments = ["static-site", "notify", "containers", "serverless-api", "types"];

/** Both versions of an environment; or an environment that holds the object of a case with the resources around it. */
const subjects: readonly (readonly [name: string, load: () => readonly Environment[]])[] = [
  ...environments.map((name) => [name, () => Object.values(versionsOf(root, name, kinds))] as const),
  ...Object.entries(cases)
    .filter(([type, { around = "" }]) => !around.includes(`${type}:`))
    .map(([type, { full, around = "" }]) => {
      const yaml = `${header}${around}${type}: ${JSON.stringify({ main: full })}\n`;
      return [type, () => [loadText(yaml)]] as const;
    }),
];

/**
 * Rules that compare the resources of the template. They do not apply: several environments repeat names, and objects are named by their
 * ids.
 */
const aside = ["E3019", "E3502"];

/** cfn-lint (1.51) does not know that dashboards have tags (CloudFormation Template Reference, AWS::CloudWatch::Dashboard). */
const older = /AWS::CloudWatch::Dashboard\/Properties\/Tags: Additional properties/;

describeWithPrograms("cfn-lint", [["cfn-lint", "--version"]], undefined, () => {
  test("finds no error in the requests to Cloud Control", async () => {
    const resources: Record<string, Sent> = {};
    for (const [name, load] of sampleOf(subjects, ["notify"], ([one]) => one))
      for (const environment of load())
        for (const sent of await sentFor(environment)) resources[`${name.replace(/\W/g, "")}${Object.keys(resources).length}`] = sent;
    expect(Object.keys(resources).length).toBeGreaterThan(3);
    const folder = mkdtempSync(join(tmpdir(), "infra-cfn-lint-"));
    try {
      writeFileSync(join(folder, "template.json"), JSON.stringify({ AWSTemplateFormatVersion: "2010-09-09", Resources: resources }));
      const words = ["--format", "json", "--ignore-checks", ...aside, "W", "I", "--", "template.json"];
      const { stdout } = await run("cfn-lint", words, { env: {}, cwd: folder });
      const found = (JSON.parse(stdout === "" ? "[]" : stdout) as readonly Match[]).map(({ Rule, Message, Location: { Path } }) => {
        const [, id, ...path] = Path;
        return `${resources[String(id)]?.Type}/${path.join("/")}: ${Message} (${Rule.Id})`;
      });
      expect(found.filter((one) => !older.test(one))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

interface Sent {
  readonly Type: string;
  readonly Properties: unknown;
}

interface Match {
  readonly Rule: { readonly Id: string };
  readonly Message: string;
  readonly Location: { readonly Path: readonly (string | number)[] };
}

/** Returns the inputs of the creates of an environment. */
async function sentFor(environment: Environment): Promise<readonly Sent[]> {
  const state = new SandboxState();
  const ended = await runProcess(kinds, state, Date.UTC(2026, 0, 1), { environment, goal: "agree" }, { lease: "none" });
  if (ended.how !== "done") throw new Error(tell(ended));
  const requests = [...state.regions.values()].flatMap((region) => region.toJSON().tables["cloudcontrol.requests"] ?? []);
  return requests
    .map(([, request]) => request as { readonly type: string; readonly operation: string; readonly desired: unknown })
    .filter(({ operation }) => operation === "CREATE")
    .map(({ type, desired }) => ({ Type: type, Properties: desired }));
}
