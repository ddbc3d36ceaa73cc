/** The pipeline that `infra init --gitlab` writes: its YAML as GitLab reads it, and its scripts, run in a shell with the sandbox as AWS. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { folder, infra } from "../cli/infra.ts";

interface Job {
  readonly stage: string;
  readonly extends: string;
  readonly script: readonly string[];
  readonly rules: readonly { readonly if: string; readonly when?: string }[];
  readonly needs?: readonly string[];
  readonly environment?: string;
  readonly timeout?: string;
  readonly resource_group?: string;
  readonly before_script?: readonly (string | readonly string[])[];
  readonly parallel?: { readonly matrix: readonly object[] };
  readonly artifacts?: { readonly paths?: readonly string[] };
}

async function pipeline(files: Readonly<Record<string, string>> = {}) {
  const cwd = folder(files);
  const ran = await infra(cwd, "init dev --gitlab --project lab");
  expect(ran.code, ran.stderr).toBe(0);
  const text = readFileSync(join(cwd, ".gitlab-ci.yml"), "utf8");
  return { cwd, text, jobs: parse(text, { merge: true }) as Readonly<Record<string, Job>> & { readonly stages: readonly string[] } };
}

test("it validates, plans and applies, in this order, with the environments that are there", async () => {
  const { jobs } = await pipeline({
    "environments/prod.yaml": "format: 1\n",
    "environments/dev.yaml": "format: 1\n",
    "environments/no.yaml": "format: 1\n",
  });
  expect(jobs.stages).toEqual(["validate", "plan", "apply"]);
  expect(["validate", "plan", "apply"].map((name) => jobs[name]!.stage)).toEqual(jobs.stages);
  expect(jobs[".aws"]!.parallel!.matrix).toEqual([{ ENVIRONMENT: ["dev", "no", "prod"] }]);
  expect([jobs["plan"]!.extends, jobs["apply"]!.extends]).toEqual([".aws", ".aws"]);
});

test("it applies by hand, on the default branch, the plan of the same pipeline, one run at a time", async () => {
  const { jobs } = await pipeline();
  const { apply, plan } = jobs;
  expect(apply!.rules).toEqual([{ if: "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH", when: "manual" }]);
  expect(jobs["plan"]!.timeout).toBe("30 minutes"); // an endpoint that never answers holds no job for long
  expect(apply).toMatchObject({ timeout: "5 hours", needs: ["plan"], environment: "$ENVIRONMENT", resource_group: "infra-$ENVIRONMENT" });
  expect(plan!.artifacts!.paths).toContain("plan-$ENVIRONMENT.json");
  expect(plan!.rules[0]!.if).toContain("$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID"); // never for forks
});

test("an edited pipeline is overwritten only on request", async () => {
  const { cwd } = await pipeline();
  expect((await infra(cwd, "init --gitlab")).code).toBe(0);
  writeFileSync(join(cwd, ".gitlab-ci.yml"), "mine: true\n");
  expect((await infra(cwd, "init --gitlab")).stderr).toContain(".gitlab-ci.yml already exists");
});

describe("its scripts", () => {
  const program = fileURLToPath(new URL("../../bin/infra.mjs", import.meta.url));

  /** A shell like the one of a runner. `infra` always uses the sandbox, and npm only reports its arguments. */
  function runner(cwd: string) {
    const bin = join(cwd, ".runner");
    mkdirSync(bin);
    const tool = (name: string, text: string) => {
      writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(bin, name), 0o755);
    };
    tool("infra", `exec "${process.execPath}" "${program}" --sandbox "$@"`);
    tool("npm", `echo "npm $*" >> "${join(cwd, "npm.log")}"`);
    const env = { PATH: `${bin}:${process.env["PATH"] ?? ""}`, HOME: cwd, CI_PROJECT_DIR: cwd, CI_PIPELINE_ID: "7", AWS_TOKEN: "secret" };
    return (job: Job, more: Readonly<Record<string, string>> = {}) =>
      execFileSync("bash", ["-euo", "pipefail", "-c", [...(job.before_script ?? []).flat(), ...(job.script ?? [])].join("\n")], {
        cwd,
        env: { ...env, ...more },
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      });
  }

  test("validate, plan, and apply the plan", async () => {
    const { cwd, jobs } = await pipeline();
    const run = runner(cwd);
    const vars = { ENVIRONMENT: "dev", INFRA_PLAN_ROLE: "", INFRA_APPLY_ROLE: "" };
    run(jobs["validate"]!);
    expect(readFileSync(join(cwd, "validate.xml"), "utf8")).toContain("<testsuite");
    expect(run(jobs["plan"]!, vars)).toContain("6 to create");
    expect(readFileSync(join(cwd, "plan-dev.md"), "utf8")).toContain("vpc/main");
    run(jobs["apply"]!, vars);
    expect((await infra(cwd, "plan --sandbox --detailed-exitcode")).code).toBe(0);
  });

  test.each([
    ['{ "packages": { "node_modules/plumbline-infra": {} } }', "npm ci --ignore-scripts --no-audit --no-fund\n"],
    [
      '{ "packages": { "node_modules/other": {} } }',
      "npm install --global --ignore-scripts --no-audit --no-fund plumbline-infra@0.0.0-source\n",
    ],
    [undefined, "npm install --global --ignore-scripts --no-audit --no-fund plumbline-infra@0.0.0-source\n"],
  ])("install the version of the lock file, else the one that wrote the pipeline: %s", async (lock, asked) => {
    const { cwd, text, jobs } = await pipeline(lock === undefined ? {} : { "package-lock.json": lock });
    const version = /INFRA_VERSION: "(.+?)"/.exec(text)![1]!;
    runner(cwd)({ ...jobs[".aws"]!, script: ['test "$(cat "$AWS_WEB_IDENTITY_TOKEN_FILE")" = secret'] }, { INFRA_VERSION: version });
    expect(readFileSync(join(cwd, "npm.log"), "utf8")).toBe(asked);
    rmSync(`${cwd}.token`); // outside of the checkout, so that no artifact includes it
  });
});
