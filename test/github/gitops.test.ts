/** The workflows, run step by step by an imitation of GitHub in this process, against the sandbox as AWS. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
  ModifyVpcAttributeCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { realClock } from "@plumbline/clock";
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { serve, type Serving } from "@plumbline/aws-sandbox/serve.ts";
import { isNight } from "../support/night.ts";
import { removeTemporaryFolders, temporaryFolder } from "../e2e/support/folders.ts";
import { Repository } from "./support/repository.ts";
import { runWorkflow, type JobRun, type Trigger, type ResourceIndex } from "./support/runner.ts";
import { GitHubServer, type Pull } from "./support/server.ts";

const account = "123456789012";
const planRole = `arn:aws:iam::${account}:role/infra-plan`;
const applyRole = `arn:aws:iam::${account}:role/infra-apply`;

function network(subnets: number, name = "dev"): string {
  const list = Array.from({ length: subnets }, (_, i) => `  s${i}: { vpc: main, cidrBlock: 10.0.${i}.0/24, availabilityZone: a }\n`).join(
    "",
  );
  return `format: 1\nproject: shop\nenvironment: ${name}\nregion: eu-west-1\naccount: "${account}"\nvpcs:\n  main: { cidrBlock: 10.0.0.0/16 }\n${subnets > 0 ? `subnets:\n${list}` : ""}securityGroups:\n  web: { vpc: main, description: Web, ingress: [{ port: 443, source: 0.0.0.0/0 }] }\n`;
}

/** Each runs a dozen workflows. */
const atNight = test.runIf(isNight); // takes half a minute, so not for every change

describe("the workflows", () => {
  const server = new GitHubServer();
  let aws: Serving;
  let ec2: EC2Client;
  let index: ResourceIndex;
  let repository: Repository;

  beforeAll(async () => {
    await server.start();
    aws = await serve({ sandbox: createSandbox({ clock: realClock }) });
    const keys = { accessKeyId: `AKIASANDBOX${account}`, secretAccessKey: "sandbox" };
    ec2 = new EC2Client({ endpoint: aws.url, region: "eu-west-1", credentials: keys });
    repository = Repository.with({
      "environments/dev.yaml": network(1),
      "environments/prod.yaml": network(1, "prod"),
      "README.md": "shop\n",
    });
    const credentials = { AWS_ENDPOINT_URL: aws.url, AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey };
    index = {
      server,
      origin: repository.folder,
      vars: { INFRA_PLAN_ROLE: "infra-plan", INFRA_APPLY_ROLE: applyRole },
      roles: { [planRole]: credentials, [applyRole]: credentials },
      env: environment(),
    };
  });

  afterAll(async () => {
    ec2.destroy();
    await aws.close();
    await server.stop();
    removeTemporaryFolders();
  });

  const plan = (pull: Pull, isFork = false) =>
    runWorkflow(index, "plan", {
      name: "pull_request",
      payload: {
        number: pull.number,
        pull_request: isFork ? { ...pull, head: { ...pull.head, repo: { full_name: "mallory/shop" } } } : pull,
      },
      sha: repository.mergeRef(pull),
      branch: `${pull.number}/merge`,
      isFork,
    });
  const merge = (pull: Pull) => {
    const { before, sha } = repository.merge(pull);
    return runWorkflow(index, "apply", { name: "push", payload: { before, after: sha }, sha, branch: "main" });
  };
  const onMain = (name: "apply" | "drift", trigger: Partial<Trigger> & Pick<Trigger, "name">) =>
    runWorkflow(index, name, { payload: {}, sha: repository.git("rev-parse", "main"), branch: "main", ...trigger });
  const open = (branch: string, files: Readonly<Record<string, string | null>>) => {
    const pull = repository.open(branch, files);
    server.pulls.push(pull);
    return pull;
  };
  const subnets = async () =>
    ((await ec2.send(new DescribeSubnetsCommand({}))).Subnets ?? []).filter(({ Tags }) => Tags?.some(({ Value }) => Value === "shop"))
      .length;
  const vpcOf = async (name: string) =>
    (await ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: "tag:infra:environment", Values: [name] }] }))).Vpcs?.[0]?.VpcId;
  const succeed = (jobs: readonly JobRun[], ...names: readonly string[]) => {
    expect(jobs.filter(({ result }) => result === "failure").map(({ name, log }) => `${name}\n${log}`)).toEqual([]);
    expect(jobs.filter(({ result }) => result === "success").map(({ name }) => name)).toEqual(names);
  };

  let first: Pull;

  test("a pull request is planned for the environments that it touches, in one comment", async () => {
    first = open("more", { "environments/dev.yaml": network(2) });
    succeed(await plan(first), "environments", "plan");
    const comments = server.comments.get(first.number)!;
    expect(comments).toHaveLength(1);
    expect(comments[0]!.body).toContain("<!-- infra:plan:dev -->");
    expect(comments[0]!.body).toContain("4 to create");
    expect(comments[0]!.body).toContain("[The plan as a page](https://github.test/artifacts/plan-dev.html)");
    expect(comments[0]!.body).toContain("[before and after in one picture](https://github.test/artifacts/plan-dev.svg)");
    expect(server.checkRuns).toMatchObject([{ name: "infra approval: dev", head_sha: first.head.sha }]);
    expect(await subnets()).toBe(0);
  });

  test("a push brings the comment up to date and adds none; a person's comment with our marker is let be", async () => {
    const forged = "<!-- infra:plan:dev -->\nnothing to see";
    server.comments.get(first.number)!.unshift({ id: 1, user: { login: "mallory", type: "User" }, body: forged });
    repository.push(first, "more", { "environments/dev.yaml": network(3) });
    succeed(await plan(first), "environments", "plan");
    const comments = server.comments.get(first.number)!;
    expect(comments).toHaveLength(2);
    expect(comments[0]!.body).toBe(forged);
    expect(comments[1]!.body).toContain("5 to create");
  });

  test("the merge applies exactly that", async () => {
    const jobs = await merge(first);
    succeed(jobs, "environments", "apply");
    expect(jobs.at(-1)).toMatchObject({ group: "infra-dev", environment: "dev", summary: expect.stringContaining("shop/dev") as string });
    expect(await subnets()).toBe(3);
    expect(await vpcOf("prod")).toBeUndefined();
  });

  test("a change that became necessary since then stops it, and the same by hand, planned again, succeeds", async () => {
    const pull = open("fewer", { "environments/dev.yaml": network(4) });
    succeed(await plan(pull), "environments", "plan");
    await ec2.send(new ModifyVpcAttributeCommand({ VpcId: await vpcOf("dev"), EnableDnsSupport: { Value: false } }));
    const jobs = await merge(pull);
    expect(jobs.at(-1)).toMatchObject({ name: "apply", result: "failure" });
    expect(jobs.at(-1)!.log).toContain("update vpc/main was not approved");
    expect(jobs.at(-1)!.summary).toContain("Run this workflow by hand for dev");
    expect(await subnets()).toBe(3);
    succeed(await onMain("apply", { name: "workflow_dispatch", inputs: { environment: "dev" } }), "environments", "plan", "apply");
    expect(await subnets()).toBe(4);
  });

  test("an edit by hand in AWS opens an issue, which is kept up to date and closed when it is repaired", async () => {
    const prod = open("prod", { "environments/prod.yaml": network(0, "prod") });
    succeed(await plan(prod), "environments", "plan");
    succeed(await merge(prod), "environments", "apply");
    succeed(await onMain("drift", { name: "schedule" }), "environments", "drift", "drift");
    expect(server.issues).toEqual([]);

    const { SecurityGroups: groups } = await ec2.send(
      new DescribeSecurityGroupsCommand({ Filters: [{ Name: "tag:infra:environment", Values: ["dev"] }] }),
    );
    const edit = (port: number) => ({
      GroupId: groups![0]!.GroupId,
      IpPermissions: [{ IpProtocol: "tcp", FromPort: port, ToPort: port, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
    });
    await ec2.send(new AuthorizeSecurityGroupIngressCommand(edit(22)));
    const found = await onMain("drift", { name: "schedule" });
    succeed(found, "environments", "drift", "drift");
    expect(server.issues).toMatchObject([
      { title: "Drift in dev", state: "open", labels: ["infra-drift"], body: expect.stringContaining("22") as string },
    ]);

    await ec2.send(new AuthorizeSecurityGroupIngressCommand(edit(3389)));
    succeed(await onMain("drift", { name: "schedule" }), "environments", "drift", "drift");
    expect(server.issues).toHaveLength(1);
    expect(server.issues[0]!.body).toContain("3389");

    await ec2.send(new RevokeSecurityGroupIngressCommand(edit(22)));
    await ec2.send(new RevokeSecurityGroupIngressCommand(edit(3389)));
    succeed(await onMain("drift", { name: "schedule" }), "environments", "drift", "drift");
    expect(server.issues).toMatchObject([{ state: "closed" }]);
  });

  atNight("a field that is set back twice is contested: shown in the issue, left by applies, set once more on request", async () => {
    const { SecurityGroups: groups } = await ec2.send(
      new DescribeSecurityGroupsCommand({ Filters: [{ Name: "tag:infra:environment", Values: ["dev"] }] }),
    );
    const GroupId = groups![0]!.GroupId;
    const ports = async () =>
      (await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId!] }))).SecurityGroups![0]!.IpPermissions!.map(
        (one) => one.FromPort,
      );
    const open = () =>
      ec2.send(
        new AuthorizeSecurityGroupIngressCommand({
          GroupId,
          IpPermissions: [{ IpProtocol: "tcp", FromPort: 8080, ToPort: 8080, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
        }),
      );
    const drift = () => onMain("drift", { name: "schedule" });
    const repair = (more: Readonly<Record<string, string>> = {}) =>
      onMain("apply", { name: "workflow_dispatch", inputs: { environment: "dev", ...more } });
    const issue = () => server.issues.at(-1)!;
    for (let round = 0; round < 2; round++) {
      await open();
      succeed(await repair(), "environments", "plan", "apply");
      expect(await ports()).toEqual([443]);
    }
    await open();
    succeed(await drift(), "environments", "drift", "drift");
    expect(issue()).toMatchObject({ state: "open", body: expect.stringMatching(/8080.*contested: set 2 times/) as string });
    const left = await repair();
    succeed(left, "environments", "plan", "apply");
    expect(left[1]!.summary).toContain("Contested: left as it is (1)");
    expect((await ports()).sort()).toEqual([443, 8080]);
    succeed(await repair({ "repair-contested": "true" }), "environments", "plan", "apply");
    expect(await ports()).toEqual([443]);
    succeed(await drift(), "environments", "drift", "drift");
    expect(issue()).toMatchObject({ state: "closed" });
  });

  atNight("a change that is on main and not yet applied is no drift", async () => {
    repository.commit({ "environments/dev.yaml": network(5) }); // it was pushed, and its apply has not run
    succeed(await onMain("drift", { name: "schedule" }), "environments", "drift", "drift");
    expect(server.issues.filter(({ state }) => state === "open")).toEqual([]);
    const push = { name: "push", payload: { before: repository.git("rev-parse", "main~1") } } as const;
    const jobs = await onMain("apply", push);
    expect(jobs.at(-1)).toMatchObject({ result: "failure", summary: expect.stringContaining("without a pull request") as string });
    repository.commit({ "environments/dev.yaml": network(4) });
  });

  test("a fork's pull request is validated, says so, and approves nothing; a forged approval gets nowhere", async () => {
    const pull = open("forked", { "environments/dev.yaml": network(6) });
    const jobs = await plan(pull, true);
    succeed(jobs, "environments", "plan");
    expect(jobs.at(-1)!.log).toContain("dev was validated, not planned: a pull request from a fork gets no access to AWS");
    expect(server.comments.get(pull.number)).toBeUndefined();

    // Mallory knows the form of an approval. She makes a plan herself and writes an approval wherever she can.
    const honest = open("honest", { "environments/dev.yaml": network(6) });
    succeed(await plan(honest), "environments", "plan");
    const stolen = server.checkRuns.at(-1)!;
    server.say(pull.number, { login: "mallory", type: "User" }, `<!-- infra:plan:dev -->\n${stolen.external_id}\n${stolen.output.text}`);
    server.check({ ...stolen, head_sha: pull.head.sha, app: { slug: "mallorys-app" } });
    const merged = await merge(pull);
    expect(merged.at(-1)).toMatchObject({ name: "apply", result: "failure" });
    expect(merged.at(-1)!.summary).toContain(`pull request #${pull.number} has no approval of dev`);
    expect(await subnets()).toBe(4);
  });

  test("a broken YAML fails on its line, and approves nothing", async () => {
    const pull = open("broken", { "environments/dev.yaml": network(4).replace("vpc: main, desc", "vpc: mian, desc") });
    const approvals = server.checkRuns.length;
    const jobs = await plan(pull);
    expect(jobs.at(-1)).toMatchObject({ name: "plan", result: "failure" });
    expect(jobs.at(-1)!.log).toContain("::error file=environments/dev.yaml,line=");
    expect(jobs.at(-1)!.log).toContain("dev was validated, not planned: its YAML has errors");
    expect(server.checkRuns).toHaveLength(approvals);
  });

  test("a pull request that touches no environment plans none", async () => {
    const pull = open("readme", { "README.md": "more\n" });
    succeed(await plan(pull), "environments");
  });

  test("nothing is applied where no plan role is set", async () => {
    const jobs = await runWorkflow({ ...index, vars: {} }, "apply", {
      name: "push",
      payload: {},
      sha: repository.git("rev-parse", "main"),
      branch: "main",
    });
    expect(jobs.map(({ result }) => result)).toEqual(["skipped", "skipped", "skipped"]);
  });
});

/** PATH with the built `infra`, without the user's AWS configuration. */
function environment(): Record<string, string> {
  const folder = temporaryFolder("infra-path-");
  const shim = join(folder, "infra");
  writeFileSync(shim, `#!/bin/sh\nexec "${process.execPath}" "${inject("binary")}" "$@"\n`, { mode: 0o755 });
  mkdirSync(join(folder, "home"));
  symlinkSync(process.execPath, join(folder, "node"));
  const nowhere = join(folder, "nowhere");
  return {
    PATH: `${folder}:${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    HOME: join(folder, "home"),
    AWS_CONFIG_FILE: nowhere,
    AWS_SHARED_CREDENTIALS_FILE: nowhere,
    AWS_EC2_METADATA_DISABLED: "true",
    INFRA_SETTLE_SECONDS: "0",
  };
}
