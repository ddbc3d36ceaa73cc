/** Runs the jobs of a workflow as GitHub does: events as input, `run:` steps in a shell, files for outputs, one checkout for each job. */
import { spawn } from "node:child_process";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect } from "vitest";
import { parse } from "yaml";
import { temporaryFolder } from "../../e2e/support/folders.ts";
import { fill, holds, textOf, type Contexts } from "./expressions.ts";
import type { GitHubServer, Permissions } from "./server.ts";

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: Readonly<Record<string, unknown>> };
  readonly environment?: string;
  readonly concurrency?: { readonly group: string };
  readonly permissions?: Permissions;
  readonly steps: readonly Step[];
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: unknown }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

export interface Trigger {
  readonly name: "pull_request" | "push" | "schedule" | "workflow_dispatch";
  readonly payload: object;
  /** The commit that is checked out. */
  readonly sha: string;
  readonly branch: string;
  /** A pull request from a fork: a token that may only read, no variables, no identity token. */
  readonly isFork?: boolean;
  readonly inputs?: Readonly<Record<string, string>>;
}

export interface ResourceIndex {
  readonly server: GitHubServer;
  /** A repository that is cloned for each job. */
  readonly origin: string;
  readonly vars: Readonly<Record<string, string>>;
  /** The credentials of each role, as environment variables. */
  readonly roles: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** PATH and other variables. */
  readonly env: Readonly<Record<string, string>>;
}

export interface JobRun {
  readonly name: string;
  readonly result: "success" | "failure" | "skipped";
  readonly log: string;
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly group: string | undefined;
  readonly environment: string | undefined;
}

let runs = 1000;

/** Runs all jobs of `.github/workflows/NAME.yml` as it is at the commit. */
export async function runWorkflow(index: ResourceIndex, name: string, trigger: Trigger): Promise<readonly JobRun[]> {
  const runId = String(++runs);
  const text = execFileSync("git", ["-C", index.origin, "show", `${trigger.sha}:.github/workflows/${name}.yml`], { encoding: "utf8" });
  const workflow = parse(text) as {
    readonly on: Readonly<Record<string, unknown>>;
    readonly permissions: object;
    readonly jobs: Readonly<Record<string, Job>>;
  };
  expect(Object.keys(workflow.on)).toContain(trigger.name);
  expect(workflow.permissions).toEqual({});
  const github = {
    event: { repository: { default_branch: "main" }, ...trigger.payload },
    event_name: trigger.name,
    run_id: runId,
    sha: trigger.sha,
    ref: `refs/heads/${trigger.branch}`,
    ref_name: trigger.branch,
  };
  const needs: Record<string, { result: string; outputs: Readonly<Record<string, string>> }> = {};
  const done: JobRun[] = [];
  for (const [id, job] of Object.entries(workflow.jobs)) {
    const contexts: Contexts = { github, needs, vars: trigger.isFork ? {} : index.vars, inputs: trigger.inputs ?? {} };
    const before = [job.needs ?? []].flat();
    const isStarted = job.if?.includes("cancelled()") || before.every((one) => needs[one]!.result === "success");
    if (!isStarted || !holds(job.if, contexts)) {
      needs[id] = { result: "skipped", outputs: {} };
      done.push({ name: id, result: "skipped", log: "", summary: "", outputs: {}, group: undefined, environment: undefined });
      continue;
    }
    const [axis, list] = Object.entries(job.strategy?.matrix ?? {})[0] ?? [undefined, undefined];
    const cells =
      axis === undefined
        ? [{}]
        : (typeof list === "string" ? (fill(list, contexts) as unknown[]) : (list as unknown[])).map((value) => ({ [axis]: value }));
    const results: JobRun[] = [];
    for (const matrix of cells) results.push(await runJob(index, id, job, { ...contexts, matrix }, trigger, runId));
    needs[id] = { result: results.every(({ result }) => result === "success") ? "success" : "failure", outputs: results.at(-1)!.outputs };
    done.push(...results);
  }
  return done;
}

async function runJob(index: ResourceIndex, id: string, job: Job, contexts: Contexts, trigger: Trigger, runId: string): Promise<JobRun> {
  const folder = temporaryFolder("infra-runner-");
  const [workspace, temp] = [join(folder, "workspace"), join(folder, "temp")];
  mkdirSync(workspace);
  mkdirSync(temp);
  writeFileSync(join(temp, "event.json"), JSON.stringify(trigger.payload));
  const permissions = trigger.isFork
    ? Object.fromEntries(Object.keys(job.permissions ?? {}).flatMap((scope) => (scope === "id-token" ? [] : [[scope, "read"]])))
    : (job.permissions ?? {});
  const hasIdentity = permissions["id-token"] === "write";
  const env: Record<string, string> = {
    ...index.env,
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_API_URL: index.server.url,
    GITHUB_SERVER_URL: "https://github.test",
    GITHUB_REPOSITORY: "acme/shop",
    GITHUB_EVENT_NAME: trigger.name,
    GITHUB_EVENT_PATH: join(temp, "event.json"),
    GITHUB_SHA: trigger.sha,
    GITHUB_REF_NAME: trigger.branch,
    GITHUB_RUN_ID: runId,
    GITHUB_WORKSPACE: workspace,
    RUNNER_TEMP: temp,
    ...(hasIdentity && { ACTIONS_ID_TOKEN_REQUEST_URL: "https://token.test" }),
  };
  const state = new JobState(index, workspace, temp, env, trigger, hasIdentity);
  const given: Contexts = { ...contexts, github: { ...(contexts["github"] as object), token: index.server.token(permissions) } };
  const { isOk, steps } = await state.runSteps(job.steps, given);
  const outputs = Object.fromEntries(
    Object.entries(job.outputs ?? {}).map(([key, value]) => [key, textOf(fill(value, { ...given, steps }))]),
  );
  return {
    name: id,
    result: isOk ? "success" : "failure",
    log: state.log,
    summary: existsSync(join(temp, "summary")) ? readFileSync(join(temp, "summary"), "utf8") : "",
    outputs,
    group: job.concurrency && textOf(fill(job.concurrency.group, given)),
    environment: job.environment === undefined ? undefined : textOf(fill(job.environment, given)),
  };
}

type StepResults = Record<string, { readonly outputs: Readonly<Record<string, string>> }>;

class JobState {
  log = "";
  readonly #index: ResourceIndex;
  readonly #workspace: string;
  readonly #temp: string;
  readonly #env: Record<string, string>;
  readonly #trigger: Trigger;
  readonly #hasIdentity: boolean;
  #files = 0;

  constructor(index: ResourceIndex, workspace: string, temp: string, env: Record<string, string>, trigger: Trigger, hasIdentity: boolean) {
    this.#index = index;
    this.#workspace = workspace;
    this.#temp = temp;
    this.#env = env;
    this.#trigger = trigger;
    this.#hasIdentity = hasIdentity;
  }

  async runSteps(
    list: readonly Step[],
    contexts: Contexts,
    actionPath?: string,
  ): Promise<{ readonly isOk: boolean; readonly steps: StepResults }> {
    const steps: StepResults = {};
    for (const step of list) {
      const now = { ...contexts, steps };
      if (!holds(step.if, now)) {
        if (step.id !== undefined) steps[step.id] = { outputs: {} };
        continue;
      }
      const settings = Object.fromEntries(
        Object.entries(step.with ?? {}).map(([key, value]) => [key, typeof value === "string" ? fill(value, now) : value]),
      );
      const { isOk, outputs } =
        step.uses === undefined ? await this.#shell(step, now, actionPath) : await this.#use(step.uses, settings, now);
      if (step.id !== undefined) steps[step.id] = { outputs };
      if (!isOk) return { isOk, steps };
    }
    return { isOk: true, steps };
  }

  async #shell(
    step: Step,
    contexts: Contexts,
    actionPath: string | undefined,
  ): Promise<{ readonly isOk: boolean; readonly outputs: Record<string, string> }> {
    const output = join(this.#temp, `output-${++this.#files}`);
    writeFileSync(output, "");
    const own = Object.fromEntries(
      Object.entries(step.env ?? {}).map(([key, value]) => [key, textOf(typeof value === "string" ? fill(value, contexts) : value)]),
    );
    const env = {
      ...this.#env,
      ...own,
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: join(this.#temp, "summary"),
      GITHUB_PATH: join(this.#temp, "path"),
      ...(actionPath !== undefined && { GITHUB_ACTION_PATH: actionPath }),
    };
    const script = String(fill(step.run!, contexts));
    const code = await new Promise<number | null>((resolve, reject) => {
      const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
        cwd: this.#workspace,
        env,
        stdio: ["ignore", "pipe", "pipe"],
      });
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (this.log += data.toString()));
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (existsSync(env.GITHUB_PATH)) {
      const added = readFileSync(env.GITHUB_PATH, "utf8").split("\n").filter(Boolean).reverse();
      this.#env["PATH"] = [...added, this.#env["PATH"]].join(":");
      rmSync(env.GITHUB_PATH);
    }
    const outputs = Object.fromEntries(
      readFileSync(output, "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
    return { isOk: code === 0, outputs };
  }

  async #use(
    uses: string,
    settings: Readonly<Record<string, unknown>>,
    contexts: Contexts,
  ): Promise<{ readonly isOk: boolean; readonly outputs: Record<string, string> }> {
    if (uses.startsWith("./")) return this.#composite(join(this.#workspace, uses), settings, contexts);
    expect(uses, "pinned by commit").toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    switch (uses.split("@")[0]) {
      case "actions/checkout":
        execFileSync(
          "git",
          ["clone", "-q", ...(settings["fetch-depth"] === 0 ? [] : ["--depth=1"]), `file://${this.#index.origin}`, this.#workspace],
          { stdio: "ignore" },
        );
        execFileSync("git", ["-C", this.#workspace, "fetch", "-q", "origin", this.#trigger.sha], { stdio: "ignore" });
        execFileSync("git", ["-C", this.#workspace, "checkout", "-q", this.#trigger.sha], { stdio: "ignore" });
        return { isOk: true, outputs: {} };
      case "actions/setup-node":
        return { isOk: true, outputs: {} };
      case "actions/upload-artifact": {
        const path = String(settings["path"]);
        const begins = path.endsWith(".svg") ? /^<svg / : /^<!doctype html>[^]*<svg /;
        expect(readFileSync(path, "utf8"), "the plan as a page, and its picture").toMatch(begins);
        return { isOk: true, outputs: { "artifact-url": `https://github.test/artifacts/${basename(path)}` } };
      }
      case "aws-actions/configure-aws-credentials": {
        expect(this.#hasIdentity, "a role needs id-token: write").toBe(true);
        const credentials = this.#index.roles[String(settings["role-to-assume"])];
        expect(credentials, `the role ${String(settings["role-to-assume"])}`).toBeDefined();
        Object.assign(this.#env, credentials, { AWS_REGION: String(settings["aws-region"]) });
        return { isOk: true, outputs: {} };
      }
      default:
        throw new Error(`${uses} is not played here`);
    }
  }

  async #composite(
    path: string,
    settings: Readonly<Record<string, unknown>>,
    { github, ...rest }: Contexts,
  ): Promise<{ readonly isOk: boolean; readonly outputs: Record<string, string> }> {
    const action = parse(readFileSync(join(path, "action.yml"), "utf8")) as Action;
    for (const key of Object.keys(settings)) expect(Object.keys(action.inputs), `the action's inputs`).toContain(key);
    const inputs = Object.fromEntries(
      Object.entries(action.inputs).map(([key, { default: standard }]) => [
        key,
        settings[key] ?? (typeof standard === "string" ? fill(standard, { github, ...rest }) : standard),
      ]),
    );
    const { isOk, steps } = await this.runSteps(action.runs.steps, { github, inputs }, path);
    return {
      isOk,
      outputs: Object.fromEntries(Object.entries(action.outputs).map(([key, { value }]) => [key, textOf(fill(value, { steps }))])),
    };
  }
}
