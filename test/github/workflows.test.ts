/** Rules for every workflow, including those that no linter knows. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { holds } from "./support/expressions.ts";

const folder = new URL("../../.github/", import.meta.url);
const workflows = readdirSync(new URL("workflows/", folder)).sort();
const read = (path: string) => readFileSync(new URL(path, folder), "utf8");

interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly if?: string;
        readonly permissions?: Readonly<Record<string, string>>;
        readonly environment?: string;
        readonly strategy?: { readonly matrix: Readonly<Record<string, unknown>> };
        readonly steps?: readonly { readonly run?: string }[];
        readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": unknown };
      }
    >
  >;
}

const parsed = (name: string) => parse(read(`workflows/${name}`)) as Workflow;

test("there are these", () =>
  expect(workflows).toEqual(["apply.yml", "ci.yml", "docs.yml", "drift.yml", "nightly.yml", "plan.yml", "release.yml"]));

describe.each([...workflows.map((name) => `workflows/${name}`), "actions/infra/action.yml"])("%s", (path) => {
  const text = read(path);

  test("uses nothing that is not pinned by commit, with the version beside it", () => {
    for (const line of text.split("\n").filter((one) => /^\s*(- )?uses:/.test(one)))
      expect(line).toMatch(/uses: (\.\/[\w./-]+|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/);
  });

  test("puts nothing that others write into a script", () => {
    const steps = (value: unknown): string[] =>
      Array.isArray(value)
        ? value.flatMap(steps)
        : typeof value === "object" && value !== null
          ? Object.entries(value).flatMap(([key, inner]) => (key === "run" && typeof inner === "string" ? [inner] : steps(inner)))
          : [];
    const scripts = steps(parse(text));
    for (const script of scripts) expect(script).not.toContain("${{");
  });

  test("leaves no token in a checkout", () => {
    const checkouts = text.match(/uses: actions\/checkout/g)?.length ?? 0;
    expect(text.match(/persist-credentials: false/g)?.length ?? 0).toBe(checkouts);
  });

  test("never runs code of a pull request with the rights of the base", () => expect(text).not.toMatch(/pull_request_target|workflow_run/));
});

test.each([
  ["plan.yml", { environments: ["contents:read"], plan: ["checks:write", "contents:read", "id-token:write", "pull-requests:write"] }],
  [
    "apply.yml",
    {
      environments: ["contents:read"],
      plan: ["checks:write", "contents:read", "id-token:write"],
      apply: ["checks:read", "contents:read", "id-token:write", "pull-requests:read"],
    },
  ],
  ["drift.yml", { environments: ["contents:read"], drift: ["contents:read", "id-token:write", "issues:write"] }],
])("%s asks for just these rights", (name, resolved) => {
  const { permissions, jobs } = parsed(name);
  expect(permissions).toEqual({});
  expect(
    Object.fromEntries(
      Object.entries(jobs).map(([id, job]) => [
        id,
        Object.entries(job.permissions ?? {})
          .map(([scope, level]) => `${scope}:${level}`)
          .sort(),
      ]),
    ),
  ).toEqual(resolved);
});

/** In CI a test that needs moto fails without it. */
test("every job that runs the tests installs moto first", () => {
  const scripts = workflows.flatMap((name) =>
    Object.values(parsed(name).jobs).map((job) => (job.steps ?? []).flatMap(({ run }) => run?.trim() ?? [])),
  );
  const tests = scripts.map((lines) => lines.findIndex((line) => /^npm test|\.ci\/run/.test(line)));
  const installs = scripts.map((lines) => lines.findIndex((line) => line.includes("moto[server]")));
  expect(tests.filter((at) => at !== -1).length).toBeGreaterThan(2);
  for (const [i, at] of tests.entries()) if (at !== -1) expect([at, installs[i]! > -1 && installs[i]! < at]).toEqual([at, true]);
});

/** Each part tries one point in eight; a whole run would take longer than GitHub allows a job. */
test("the parts of the nightly simulation try every point", () => {
  const { strategy, steps = [] } = parsed("nightly.yml").jobs["simulate"]!;
  const parts = strategy!.matrix["from"] as readonly number[];
  expect(parts).toEqual([...parts.keys()]);
  expect(steps.map(({ run }) => run ?? "").join()).toContain(`--every ${parts.length} --from "$FROM"`);
});

test("ci may only read", () => expect(parsed("ci.yml").permissions).toEqual({ contents: "read" }));

test("applies of one environment queue, and none is cancelled", () => {
  const { concurrency, environment } = parsed("apply.yml").jobs["apply"]!;
  expect(concurrency).toEqual({ group: "infra-${{ matrix.environment.name }}", "cancel-in-progress": false });
  expect(environment).toBe("${{ matrix.environment.name }}");
});

test.each([
  ["workflow_dispatch", "main", true],
  ["workflow_dispatch", "topic", false],
  ["push", "main", true],
])("apply.yml on %s of %s: %s", (event_name, ref_name, runs) =>
  expect(
    holds(parsed("apply.yml").jobs["environments"]!.if, {
      vars: { INFRA_PLAN_ROLE: "r" },
      github: { event_name, ref_name, event: { repository: { default_branch: "main" } } },
    }),
  ).toBe(runs),
);

test("the log: the runner takes commands from nothing but our own marks", async () => {
  interface Action {
    readonly Log: new (write: (text: string) => void) => { line(line: string): void; end(): void };
  }
  const { Log } = (await import(new URL("actions/infra/infra.mjs", folder).href)) as Action;
  let written = "";
  const log = new Log((text) => void (written += text));
  for (const line of [
    "::error file=a,line=1::x",
    "##[add-mask]y",
    "  ::add-mask::z",
    "::notice::##[error]",
    "::group::Plan",
    "text",
    "::endgroup::",
    "end",
  ])
    log.line(line);
  log.end();
  const token = /^::stop-commands::(.*)$/m.exec(written)![1]!;
  expect(token).toMatch(/^[0-9a-f-]{36}$/);
  expect(written.replaceAll(token, "T").split("\n")).toEqual([
    "::error file=a,line=1::x",
    "::stop-commands::T",
    "##[add-mask]y",
    "  ::add-mask::z",
    "::notice::##[error]",
    "::T::",
    "::group::Plan",
    "::stop-commands::T",
    "text",
    "::T::",
    "::endgroup::",
    "::stop-commands::T",
    "end",
    "::T::",
    "",
  ]);
});

test("a pull request's lock file runs no scripts where there are rights", () =>
  expect(read("actions/infra/action.yml")).toContain("npm ci --ignore-scripts"));

test("a longer apply may ask for a longer session; without a word it is AWS's hour", () => {
  const { inputs, runs } = parse(read("actions/infra/action.yml")) as {
    readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
    readonly runs: { readonly steps: readonly { readonly uses?: string; readonly with?: Readonly<Record<string, string>> }[] };
  };
  const step = runs.steps.find(({ uses }) => uses?.startsWith("aws-actions/configure-aws-credentials@") === true);
  expect(step?.with?.["role-duration-seconds"]).toBe("${{ inputs.role-duration-seconds }}");
  expect(inputs["role-duration-seconds"]?.default).toBe("3600");
});
