/** Approvals in check runs: an approval counts only when it is complete and was written by our app. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GitHubServer, type CheckRun } from "./support/server.ts";

interface Api {
  storeApproval(github: object, environment: string, sha: string, approval: object, title: string, summary: string): Promise<void>;
  fetchApproval(github: object, environment: string, sha: string): Promise<object | undefined>;
}

const scripts = new URL("../../.github/actions/infra/", import.meta.url);
const load = async <T>(name: string) => (await import(new URL(name, scripts).href)) as T;
const sha = "a".repeat(40);
const hash = (i: number) => createHash("sha256").update(String(i)).digest("hex");

/** An approval of a plan with `steps` steps. Its hashes cannot be compressed. */
const approvalOf = (steps: number) => ({
  format: 1,
  actions: Array.from({ length: steps }, (_, i) => ({
    address: `subnet/service-${i}`,
    action: "create",
    fingerprint: hash(i),
    request: hash(-i),
    fields: {},
  })),
});

const server = new GitHubServer();
let api: Api;
let github: object;
beforeAll(async () => {
  await server.start();
  api = await load<Api>("approval.mjs");
  const { GitHub } = await load<{ GitHub: new (env: object) => object }>("github.mjs");
  github = new GitHub({
    GITHUB_API_URL: server.url,
    GITHUB_REPOSITORY: "acme/shop",
    GITHUB_TOKEN: server.token({ checks: "write" }),
    GITHUB_SERVER_URL: "https://github.test",
    GITHUB_RUN_ID: "7",
  });
});
afterAll(() => server.stop());

test("of 2,000 steps it takes several check runs, and comes back as it was; the newest counts", async () => {
  await api.storeApproval(github, "prod", sha, approvalOf(3), "3 to create", "note");
  expect(await api.fetchApproval(github, "prod", sha)).toEqual(approvalOf(3));
  await api.storeApproval(github, "prod", sha, approvalOf(2_000), "2,000 to create", "note");
  expect(server.checkRuns.length).toBeGreaterThan(3);
  for (const { output } of server.checkRuns) expect(output.text.length).toBeLessThanOrEqual(65_535);
  expect(await api.fetchApproval(github, "prod", sha)).toEqual(approvalOf(2_000));
});

test("there is none at another commit or for another environment", async () => {
  expect(await api.fetchApproval(github, "prod", "b".repeat(40))).toBeUndefined();
  expect(await api.fetchApproval(github, "dev", sha)).toBeUndefined();
});

test("of others, the newest too, it takes none", async () => {
  const ours = server.checkRuns[0]!;
  server.check({ ...ours, app: { slug: "mallorys-app" } });
  server.check({ ...ours, conclusion: "failure" });
  expect(await api.fetchApproval(github, "prod", sha)).toEqual(approvalOf(2_000));
});

test("with a part missing or changed it is refused, not replaced by an older one", async () => {
  const last = server.checkRuns.findLastIndex(({ app, conclusion }) => app.slug === "github-actions" && conclusion === "success");
  const kept = server.checkRuns[last]!;
  server.checkRuns[last] = { ...kept, output: { ...kept.output, text: `AAAA${kept.output.text.slice(4)}` } } satisfies CheckRun;
  await expect(api.fetchApproval(github, "prod", sha)).rejects.toThrow("incomplete");
  server.checkRuns.splice(last - 1, 1);
  await expect(api.fetchApproval(github, "prod", sha)).rejects.toThrow("incomplete");
});
