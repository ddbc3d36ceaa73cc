import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

/** Imports that a folder may not make, each with one that it may. */
const forbidden: readonly (readonly [file: string, imports: string])[] = [
  ["src/kinds/subnet/a.ts", "../vpc/vpc.ts"],
  ["src/kinds/subnet/b.ts", "@aws-sdk/client-ec2"],
  ["src/kinds/subnet/c.ts", "../../plan/diff.ts"],
  ["src/kinds/subnet/d.ts", "../../iam/policy.ts"],
  ["src/kinds/shared/a.ts", "../vpc/vpc.ts"],
  ["src/kinds/shared/rds/a.ts", "../../vpc/vpc.ts"],
  ["src/kinds/shared/rds/b.ts", "@aws-sdk/client-rds"],
  ["src/kinds/shared/rds/c.ts", "../../../plan/diff.ts"],
  ["src/plan/a.ts", "@aws-sdk/client-rds"],
  ["src/plan/b.ts", "../kinds/vpc/vpc.ts"],
  ["src/plan/c.ts", "../kinds/index.ts"],
  ["src/plan/d.ts", "../aws/connect.ts"],
  ["src/plan/e.ts", "@plumbline/clock"],
  ["src/plan/f.ts", "../iam/policy.ts"],
  ["src/iam/a.ts", "../plan/diff.ts"],
  ["src/iam/b.ts", "../kinds/vpc/vpc.ts"],
  ["src/iam/c.ts", "@aws-sdk/client-iam"],
  ["src/config/a.ts", "../kinds/shared/lookup.ts"],
  ["src/config/b.ts", "../observe/observe.ts"],
  ["src/render/a.ts", "@smithy/core"],
  ["src/reach/a.ts", "../cli/exit.ts"],
  ["src/picture/a.ts", "../apply/apply.ts"],
  ["src/engine/a.ts", "../kinds/index.ts"],
  ["src/engine/b.ts", "../render/plan-text.ts"],
  ["src/engine/c.ts", "../iam/policy.ts"],
  ["src/apply/a.ts", "@aws-sdk/client-ec2"],
  ["src/apply/b.ts", "../kinds/vpc/vpc.ts"],
  ["src/apply/c.ts", "../aws/sdk/ec2.ts"],
  ["src/apply/d.ts", "../render/plan-text.ts"],
  ["src/observe/a.ts", "../cli/exit.ts"],
  ["src/import/a.ts", "../kinds/index.ts"],
  ["src/aws/a.ts", "../plan/diff.ts"],
  ["src/aws/b.ts", "../kinds/index.ts"],
  ["src/diag/a.ts", "../plan/diff.ts"],
  ["src/graph/a.ts", "../kinds/kind.ts"],
  ["src/expressions/a.ts", "../kinds/kind.ts"],
  ["src/resource/a.ts", "../plan/diff.ts"],
  ["packages/aws-sandbox/src/services/ec2/a.ts", "../../../../../src/plan/diff.ts"],
];

const allowed: readonly (readonly [file: string, imports: string])[] = [
  ["src/kinds/subnet/ok-a.ts", "../shared/lookup.ts"],
  ["src/kinds/subnet/ok-b.ts", "./schema.ts"],
  ["src/kinds/shared/rds/ok.ts", "../instances/preflight.ts"],
  ["src/plan/ok.ts", "../kinds/kind.ts"],
  ["src/kinds/subnet/ok-c.ts", "./iam.ts"],
  ["src/kinds/subnet/ok-d.ts", "../../resource/iam.ts"],
  ["src/iam/ok-a.ts", "../config/environment.ts"],
  ["src/iam/ok-b.ts", "../kinds/kind.ts"],
  ["src/iam/ok-c.ts", "../resource/iam.ts"],
  ["src/apply/ok.ts", "../aws/sdk/ssm.ts"],
  ["src/engine/ok.ts", "../plan/plan.ts"],
];

let folder: string;
let told: ReadonlySet<string>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rooms-"));
  copyFileSync(join(root, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
  for (const [file, imports] of [...forbidden, ...allowed]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `import { x } from "${imports}";\nexport const y = x;\n`);
  }
  const oxlint = join(root, "node_modules/oxlint/bin/oxlint");
  const { stdout } = spawnSync(process.execPath, [oxlint, "-f", "json", "."], { cwd: folder, encoding: "utf8" });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly { filename: string; code: string }[] };
  told = new Set(
    diagnostics.filter(({ code }) => code.includes("no-restricted-imports")).map(({ filename }) => filename.replaceAll("\\", "/")),
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the linter refuses every import that its room may not make", () => {
  expect(forbidden.filter(([file]) => !told.has(file)).map(([file, imports]) => `${file}: ${imports}`)).toEqual([]);
});

test("and no other", () => {
  expect([...told].sort()).toEqual(forbidden.map(([file]) => file).sort());
});
