/**
 * Cases that were reported against other tools, or that infra once got wrong. Each file in cases/ says at its head what happened and how it
 * must end. All run at night and one by day, because their kinds have tests inside the process.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  ModifyInstanceAttributeCommand,
  ModifyInstanceMetadataOptionsCommand,
} from "@aws-sdk/client-ec2";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sampleOf } from "../support/night.ts";
import { writes } from "./support/calls.ts";
import { describeOnEach, startMoto, type Endpoint } from "./support/moto.ts";
import { ours } from "./support/inventory.ts";
import { openMotoTestbed, words, type Testbed } from "./support/testbed.ts";

interface Case {
  readonly name: string;
  /** The file in cases/, where several cases begin with the same file. */
  readonly file?: string;
  run(testbed: Testbed, aws: Endpoint, on: "moto" | "sandbox"): Promise<void>;
}

const nothingToDo = async ({ workshop }: Testbed, name: string) => {
  const plan = await workshop.infra(`plan ${name} --detailed-exitcode`);
  expect(plan.code, plan.stdout + plan.stderr).toBe(0);
};

/** Applies the file, changes it, applies again, and checks that nothing is left to do. */
const changed = (name: string, more: string, ...edits: readonly (readonly [string, string])[]): Case => ({
  name,
  async run(testbed) {
    await testbed.workshop.apply(name);
    testbed.workshop.edit(name, ...edits);
    await testbed.workshop.apply(name, more);
    await nothingToDo(testbed, name);
  },
});

/** Checks that the change is refused: nothing is written, and the plan says why. */
const refused = (name: string, why: RegExp, ...edits: readonly (readonly [string, string])[]): Case["run"] =>
  async function (testbed, aws) {
    const { workshop, account } = testbed;
    await workshop.apply(name);
    workshop.edit(name, ...edits);
    const { result, calls } = await aws.record(account, () => workshop.infra(`apply ${name} --yes --allow-deletes 9`));
    expect(result.code, result.stdout).toBe(1);
    expect(words(result.stderr + result.stdout)).toMatch(why);
    expect(writes(calls).filter((operation) => /^(Create|Delete|Terminate|Run|Modify|Set)/.test(operation))).toEqual([]);
  };

const cases: readonly Case[] = [
  changed("subnet-renamed", " --allow-deletes 1", ["  a: { vpc", "  a2: { vpc"], ["subnets: [a, c]", "subnets: [a2, c]"]),
  {
    ...changed(
      "subnet-renamed",
      " --allow-deletes 2",
      [
        "  a: { vpc: main, cidrBlock: 10.10.1.0/24,",
        "  b: { vpc: main, cidrBlock: 10.10.1.128/25, availabilityZone: a }\n  a: { vpc: main, cidrBlock: 10.10.1.0/25,",
      ],
      ["subnets: [a, c]", "subnets: [a, b, c]"],
    ),
    name: "subnet-split",
    file: "subnet-renamed",
  },
  changed(
    "gateway-renamed",
    " --allow-deletes 1",
    ["internetGateways:\n  main:", "internetGateways:\n  gw:"],
    ["internetGateway/main", "internetGateway/gw"],
  ),
  {
    name: "subnet-zone-with-balancer",
    run: refused("subnet-zone-with-balancer", /cannot-let-go.*loadBalancer\/l cannot do without it: it would be left in one zone/, [
      "10.10.1.0/24, availabilityZone: a",
      "10.10.1.0/24, availabilityZone: d",
    ]),
  },
  {
    name: "group-fixed-name-description",
    run: refused("group-fixed-name-description", /cannot-let-go.*instance\/m cannot do without it/, [
      "description: One",
      "description: Two",
    ]),
  },
  {
    name: "drift-hidden-machine",
    async run(testbed) {
      const name = "drift-hidden-machine";
      await testbed.workshop.apply(name);
      const { ec2 } = testbed.clients;
      const found = ours(await testbed.inventory(), name, "bugs");
      const [vpc, machine] = ["vpc/main", "instance/m"].map((address) => found.find(({ tags }) => tags["infra:resource"] === address)!.id);
      const { GroupId: theirs } = await ec2.send(
        new CreateSecurityGroupCommand({ VpcId: vpc, GroupName: "theirs", Description: "theirs" }),
      );
      await ec2.send(
        new AuthorizeSecurityGroupIngressCommand({
          GroupId: theirs,
          IpPermissions: [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
        }),
      );
      await ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: machine, Groups: [theirs!] }));
      await ec2.send(new ModifyInstanceMetadataOptionsCommand({ InstanceId: machine, HttpTokens: "optional", HttpEndpoint: "enabled" }));
      const drift = await testbed.workshop.infra(`drift ${name}`);
      expect(drift.code, drift.stdout).toBe(2);
      expect(words(drift.stdout)).toMatch(/instance\/m.*httpTokens/);
      expect(words(drift.stdout)).toContain("Open to more than the YAML allows (1)");
      expect((await testbed.workshop.infra(`plan ${name} --detailed-exitcode`)).code).toBe(2);
    },
  },
  {
    name: "group-destroy-schedule",
    async run(testbed) {
      await testbed.workshop.apply("group-destroy-schedule");
      await testbed.workshop.destroy("group-destroy-schedule", testbed.account, "ap-northeast-2");
      const left = [...(await testbed.inventory()).values()].filter(({ tags }) => tags["infra:environment"] === "group-destroy-schedule");
      expect(left.filter(({ kind }) => kind !== "instance")).toEqual([]); // moto lists terminated instances as long as it runs
    },
  },
  {
    name: "health-check-timeout-unwritten",
    async run(testbed) {
      const name = "health-check-timeout-unwritten";
      const refusal = await testbed.workshop.infra(`validate ${name}`);
      expect([refusal.code, words(refusal.stdout + refusal.stderr)]).toEqual([
        1,
        expect.stringContaining("is not less than the interval of 5 s"),
      ]);
      testbed.workshop.edit(name, ["path: /healthz, interval: 5 }", "path: /healthz, interval: 10 }"]);
      await testbed.workshop.apply(name);
      testbed.workshop.edit(name, ["healthCheck: { protocol: TCP, interval: 30 }", "healthCheck: { protocol: HTTP, interval: 10 }"]);
      await testbed.workshop.apply(name);
      await nothingToDo(testbed, name);
    },
  },
  {
    name: "mysql-major-replica",
    async run(testbed, aws) {
      const name = "mysql-major-replica";
      await testbed.clients.ssm.send(new PutParameterCommand({ Name: "/x/y", Value: "a-password-of-16-signs", Type: "SecureString" }));
      await testbed.workshop.apply(name);
      testbed.workshop.edit(name, ['engineVersion: "8.0"', 'engineVersion: "8.4"']);
      const { result, calls } = await aws.record(testbed.account, () => testbed.workshop.infra(`apply ${name} --yes`));
      expect(result.code, result.stdout).toBe(1);
      expect(words(result.stderr + result.stdout)).toMatch(/engineVersion.*dbInstance\/rep|dbInstance\/rep.*engineVersion/);
      expect(writes(calls).filter((operation) => operation.includes("DB"))).toEqual([]);
    },
  },
  {
    name: "removed-policies-stay",
    async run(testbed, _aws, on) {
      const name = "removed-policies-stay";
      const mixed = "    mixedInstances: { overrides: [ { instanceType: t3.micro }, { instanceType: t3.small } ] }\n";
      if (on === "moto") testbed.workshop.edit(name, [mixed, ""]); // moto returns no policy of several types
      await testbed.workshop.apply(name);
      testbed.workshop.edit(
        name,
        ["      q: { targetTracking: { metric: ASGAverageNetworkIn, target: 50000 } }\n", ""],
        ['      t: { recurrence: "0 10 * * *", minSize: 1 }\n', ""],
        [', { protocol: sms, endpoint: "+821012345678" }', ""],
      );
      const some = words((await testbed.workshop.infra(`plan ${name}`)).stdout);
      for (const gone of ["scalingPolicies.q", "scheduledActions.t", "+821012345678"]) expect(some).toContain(gone);
      await testbed.workshop.apply(name);
      await nothingToDo(testbed, name);
      const text = testbed.workshop.text(name);
      testbed.workshop.write(`environments/${name}.yaml`, `${text.slice(0, text.indexOf("    scalingPolicies:"))}`);
      const all = words((await testbed.workshop.infra(`plan ${name}`)).stdout);
      for (const gone of ["scalingPolicies.p", "scheduledActions.s", "lifecycleHooks.h", ...(on === "moto" ? [] : ["mixedInstances"])])
        expect(all).toContain(gone);
      await testbed.workshop.apply(name);
      await nothingToDo(testbed, name);
    },
  },
  {
    name: "sandbox-parameters",
    async run(testbed, _aws, on) {
      const { code, stdout } = await testbed.workshop.infra("apply sandbox-parameters --yes");
      if (on === "moto") return expect(code, stdout).toBe(0);
      expect(code).not.toBe(0);
      expect(words(stdout)).toContain("NotImplemented: The sandbox does not model the parameter client_encoding of postgres17.");
    },
  },
  {
    name: "alarm-dimensions",
    async run(testbed) {
      await testbed.workshop.apply("alarm-dimensions");
      await nothingToDo(testbed, "alarm-dimensions");
    },
  },
  {
    name: "user-data-gzip",
    async run(testbed) {
      writeFileSync(join(testbed.workshop.folder, "environments/ud.gz"), gzipSync("#!/bin/sh\ntrue\n"));
      await testbed.workshop.apply("user-data-gzip");
      await nothingToDo(testbed, "user-data-gzip");
    },
  },
];

describeOnEach("a case that was once reported", (start) => {
  let aws: Endpoint;
  beforeAll(async () => {
    aws = await start();
  });
  afterAll(() => aws.stop());

  const chosen = sampleOf(cases, ["gateway-renamed"], ({ name }) => name);
  test.each(chosen)("$name", async ({ name, file = name, run }) => {
    const testbed = await openMotoTestbed(aws);
    testbed.workshop.write(`environments/${file}.yaml`, readFileSync(join(import.meta.dirname, `cases/${file}.yaml`), "utf8"));
    await run(testbed, aws, start === startMoto ? "moto" : "sandbox");
  });
});
