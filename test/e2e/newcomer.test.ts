/**
 * The whole way of a new user: the package as npm packs it is installed in an empty repository, every command of the quick start is run,
 * and the workflows of `infra init --github` are played from clones that install the committed tarball.
 */
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AuthorizeSecurityGroupIngressCommand, DescribeSecurityGroupsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { realClock } from "@plumbline/clock";
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { serve, type Serving } from "@plumbline/aws-sandbox/serve.ts";
import { blocksOf, exchangesOf } from "../docs/page.ts";
import { Repository } from "../github/support/repository.ts";
import { runWorkflow, type JobRun, type ResourceIndex, type Trigger } from "../github/support/runner.ts";
import { GitHubServer } from "../github/support/server.ts";
import { isNight } from "../support/night.ts";
import { removeTemporaryFolders, temporaryFolder } from "./support/folders.ts";
import { root } from "./support/infra.ts";

const account = "123456789012";
const role = `arn:aws:iam::${account}:role/infra`;

describe("from the package to an apply on merge", () => {
  const server = new GitHubServer();
  let aws: Serving;
  let ec2: EC2Client;
  let index: ResourceIndex;
  let lab: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    const place = temporaryFolder("infra-newcomer-");
    lab = join(place, "lab");
    for (const folder of ["lab", "home"]) mkdirSync(join(place, folder));
    env = {
      PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
      HOME: join(place, "home"),
      LANG: "C.UTF-8",
      npm_config_cache: join(place, "cache"),
      npm_config_offline: "true",
      AWS_EC2_METADATA_DISABLED: "true",
      INFRA_SETTLE_SECONDS: "0",
      ...Object.fromEntries(
        ["AUTHOR", "COMMITTER"].flatMap((who) => [
          [`GIT_${who}_NAME`, "Ann"],
          [`GIT_${who}_EMAIL`, "ann@example.com"],
        ]),
      ),
    };
    await server.start();
    aws = await serve({ sandbox: createSandbox({ clock: realClock }) });
    const credentials = { AWS_ENDPOINT_URL: aws.url, AWS_ACCESS_KEY_ID: `AKIASANDBOX${account}`, AWS_SECRET_ACCESS_KEY: "sandbox" };
    ec2 = new EC2Client({
      endpoint: aws.url,
      region: "eu-west-1",
      credentials: { accessKeyId: credentials.AWS_ACCESS_KEY_ID, secretAccessKey: "sandbox" },
    });
    index = {
      server,
      origin: lab,
      vars: { INFRA_PLAN_ROLE: role, INFRA_APPLY_ROLE: role },
      roles: { [role]: credentials },
      env,
    };
  });

  afterAll(async () => {
    ec2.destroy();
    await aws.close();
    await server.stop();
    removeTemporaryFolders();
  });

  const bash = (line: string, more: Readonly<Record<string, string>> = {}): Promise<{ readonly code: number; readonly text: string }> =>
    new Promise((resolve) =>
      execFile("bash", ["-c", `exec 2>&1\n${line}`], { cwd: lab, env: { ...env, ...more } }, (error, text) =>
        resolve({ code: Number(error?.code ?? 0), text }),
      ),
    );

  test("it is installed from the tarball, beside nothing else", async () => {
    // The tests were started with this dist/.
    execFileSync("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", lab], { cwd: root, env: process.env });
    for (const line of ["git init -q -b main", "npm init --yes", "npm install --save-dev ./plumbline-infra-*.tgz"])
      expect(await bash(line)).toMatchObject({ code: 0 });
    expect((await bash("ls node_modules")).text).toBe("plumbline-infra\n");
  });

  test("every command of the quick start ends as the page says", async () => {
    const page = readFileSync(join(root, "docs/quick-start.md"), "utf8");
    const lines = blocksOf(page).flatMap((block) => (block.type === "session" ? exchangesOf(block.text) : []));
    expect(lines.length).toBeGreaterThan(20);
    for (const { command, output } of lines) {
      const { code, text } = await bash(command, { PATH: `${join(lab, "node_modules/.bin")}:${env["PATH"]}` });
      expect(code, `$ ${command}\n${text}`).toBe(0);
      if (command.endsWith("; echo $?")) expect(text.split("\n").at(-2)).toBe(output.split("\n").at(-2));
    }
    expect((await bash("git status --porcelain")).text.split("\n").filter(Boolean).length).toBeLessThanOrEqual(2);
  });

  const trigger = (name: Trigger["name"], sha: string, payload: object = {}, branch = "main"): Trigger => ({ name, payload, sha, branch });
  const succeed = (jobs: readonly JobRun[]) =>
    expect(jobs.filter(({ result }) => result === "failure").map(({ name, log }) => `${name}\n${log}`)).toEqual([]);

  // By day test/github/gitops.test.ts runs the same workflows with the built infra.
  test.runIf(isNight)(
    "the workflows plan a pull request, apply its merge, and tell of drift, with the infra that the clone installs",
    async () => {
      await bash("git add --all && git commit -qm 'The rest'");
      const repository = new Repository(lab);
      const file = readFileSync(join(lab, "environments/dev.yaml"), "utf8");
      const pull = repository.open("more", { "environments/dev.yaml": `${file}account: "${account}"\n` });
      server.pulls.push(pull);
      succeed(
        await runWorkflow(index, "plan", trigger("pull_request", repository.mergeRef(pull), { number: 1, pull_request: pull }, "1/merge")),
      );
      expect(server.comments.get(1)![0]!.body).toContain("6 to create");

      const { before, sha } = repository.merge(pull);
      const applied = await runWorkflow(index, "apply", trigger("push", sha, { before, after: sha }));
      succeed(applied);
      expect(applied.at(-1)!.log).toContain("6 created");

      const { SecurityGroups: groups } = await ec2.send(
        new DescribeSecurityGroupsCommand({ Filters: [{ Name: "tag:infra:environment", Values: ["dev"] }] }),
      );
      await ec2.send(
        new AuthorizeSecurityGroupIngressCommand({
          GroupId: groups![0]!.GroupId!,
          IpPermissions: [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
        }),
      );
      succeed(await runWorkflow(index, "drift", trigger("schedule", sha)));
      expect(server.issues).toMatchObject([{ title: "Drift in dev", state: "open" }]);
    },
  );
});
