/** The pictures in the comment of a pull request, with an imitation of `infra` and a GitHub that records its requests. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

interface Job {
  readonly [key: string]: unknown;
}
interface Actions {
  readonly plan: (job: Job) => Promise<number>;
  readonly links: (job: Job) => Promise<number>;
}
const action = new URL("../../.github/actions/infra/", import.meta.url);
const { plan, links } = (await import(new URL("plan.mjs", action).href)) as Actions;
const { GitHub } = (await import(new URL("github.mjs", action).href)) as {
  GitHub: new (env: object) => { imageUrl(sha: string, path: string): string };
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "infra-pictures-"));
  vi.stubEnv("PATH", `${folder}:${process.env["PATH"]}`);
  vi.stubEnv("RUNNER_TEMP", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Writes an `infra` whose `plan` writes every requested file and whose `graph --check` exits with `code`. */
function playInfra(code: number): void {
  const check = `echo 'docs/net/dev.svg is out of date. \`infra graph dev --output docs/net/dev.svg\` writes it.'; exit ${code}`;
  const write = 'while [ $# -gt 0 ]; do case "$1" in --out|--output) echo \'{"approval":{}}\' > "$2";; esac; shift; done';
  writeFileSync(join(folder, "infra"), `#!/bin/sh\ncase "$3" in graph) ${code === 0 ? "exit 0" : check};; plan) ${write};; esac\n`, {
    mode: 0o755,
  });
}

async function planned(pictures: string) {
  const sent: { method: string; path: string; body: { body?: string } }[] = [];
  const outputs: Record<string, string> = {};
  const env = { GITHUB_SERVER_URL: "https://github.test", GITHUB_REPOSITORY: "acme/shop", GITHUB_RUN_ID: "7" };
  const github = Object.assign(new GitHub(env), {
    event: { pull_request: { number: 3, head: { sha: "abc" } } },
    all: async () => [],
    send: async (method: string, path: string, body: { body?: string }) => (sent.push({ method, path, body }), { id: 11 }),
  });
  const job = {
    environment: "dev",
    directory: "net works",
    pictures,
    hasRole: true,
    github,
    output: (name: string, value: string) => (outputs[name] = value),
  };
  mkdirSync(join(folder, "net works"), { recursive: true });
  const code = await plan(job);
  return { code, outputs, sent, job, comment: () => sent.filter(({ path }) => path.includes("comments")).at(-1)!.body.body! };
}

test("a committed picture that is up to date is shown, as it is in the commit", async () => {
  playInfra(0);
  const { code, outputs, comment } = await planned("docs/net");
  expect(code).toBe(0);
  expect(comment()).toContain("![The network of dev](https://github.test/acme/shop/blob/abc/net%20works/docs/net/dev.svg?raw=true)");
  expect(outputs).not.toHaveProperty("stale");
});

test("an outdated one is not shown: the comment says what to do, and the job fails when everything else is done", async () => {
  playInfra(2);
  const { code, outputs, comment } = await planned("docs/net");
  const says = "docs/net/dev.svg is out of date. `infra graph dev --output docs/net/dev.svg` writes it.";
  expect({ code, stale: outputs["stale"] }).toEqual({ code: 0, stale: says });
  expect(comment()).toContain(`> [!WARNING]\n> ${says}\n`);
  expect(comment()).not.toContain("![");
  expect(readFileSync(new URL("action.yml", action), "utf8")).toMatch(/if: steps\.run\.outputs\.stale != ''[^]*exit 2\n$/);
});

test("without a folder no picture is searched; both files that the run keeps are linked in the comment", async () => {
  playInfra(2);
  const { outputs, comment, job, sent } = await planned("");
  expect(outputs).not.toHaveProperty("stale");
  expect(readFileSync(outputs["page"]!, "utf8") + readFileSync(outputs["picture"]!, "utf8")).toContain("approval");
  expect(comment()).toContain("The [run](https://github.test/acme/shop/actions/runs/7) has the plan as a page");
  vi.stubEnv("COMMENT", outputs["comment"]!);
  vi.stubEnv("PAGE_URL", "https://github.test/artifacts/$&1");
  vi.stubEnv("PICTURE_URL", "https://github.test/artifacts/2");
  expect(await links(job)).toBe(0);
  expect(sent.at(-1)).toMatchObject({ method: "PATCH", path: "/issues/comments/11" });
  expect(comment()).toMatch(/^<!-- infra:plan:dev -->\n/);
  expect(comment()).toContain(
    "[The plan as a page](https://github.test/artifacts/$&1), and [before and after in one picture](https://github.test/artifacts/2).",
  );
});
