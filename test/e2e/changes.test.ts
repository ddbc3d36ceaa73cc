/** Changes of the YAML that delete, rename and replace. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { writes } from "./support/calls.ts";
import { ours } from "./support/inventory.ts";
import { openMotoTestbed, words, type Testbed } from "./support/testbed.ts";
import { describeOnEach, type Endpoint } from "./support/moto.ts";

describeOnEach("a change of the YAML", (start) => {
  let aws: Endpoint;
  beforeAll(async () => {
    aws = await start();
  });
  afterAll(() => aws.stop());

  const applied = async (environment: string) => {
    const testbed = await openMotoTestbed(aws);
    await testbed.workshop.apply(environment);
    return testbed;
  };
  const addressesOf = async (testbed: Testbed, environment: string) =>
    ours(await testbed.inventory(), environment).map(({ tags }) => tags["infra:resource"]!);

  test.concurrent("a subnet and its instance that leave are deleted in order, after the new resources were made", async () => {
    const testbed = await applied("basic-vpc");
    const { workshop, account } = testbed;
    workshop.edit(
      "basic-vpc",
      [
        "public-c:  { vpc: main, cidrBlock: 10.10.2.0/24,  availabilityZone: c,",
        "public-d:  { vpc: main, cidrBlock: 10.10.3.0/24,  availabilityZone: d,",
      ],
      ["subnets: [public-a, public-c]", "subnets: [public-a, public-d]"],
      ["  web-c:\n    <<: *web\n    subnet: public-c\n", "  web-d:\n    <<: *web\n    subnet: public-d\n"],
    );
    const { calls } = await aws.record(account, () => workshop.apply("basic-vpc", " --allow-deletes 2"));
    const order = writes(calls);
    const first = (operation: string) => order.indexOf(operation);
    expect(order).toContain("TerminateInstances");
    expect(first("CreateSubnet")).toBeLessThan(first("RunInstances"));
    expect(first("RunInstances"), order.join(" ")).toBeLessThan(first("TerminateInstances"));
    expect(order.lastIndexOf("CreateTags")).toBeLessThan(first("TerminateInstances"));
    expect(first("TerminateInstances")).toBeLessThan(first("DeleteSubnet"));
    const left = await addressesOf(testbed, "basic-vpc");
    expect(left).toEqual(expect.arrayContaining(["subnet/public-d", "instance/web-d"]));
    expect(left).not.toContain("subnet/public-c");
    expect(left).not.toContain("instance/web-c");
    expect((await workshop.infra("plan basic-vpc --detailed-exitcode")).code).toBe(0);
  });

  test.concurrent("a subnet that is renamed without `moved:`, or split, is deleted before the subnets that take its range are made", async () => {
    const testbed = await applied("basic-vpc");
    const { workshop, account } = testbed;
    workshop.edit(
      "basic-vpc",
      ["  private-a: { vpc: main, cidrBlock: 10.10.11.0/24,", "  inner-a: { vpc: main, cidrBlock: 10.10.11.0/24,"],
      [
        "  private-c: { vpc: main, cidrBlock: 10.10.12.0/24, availabilityZone: c }",
        "  private-c: { vpc: main, cidrBlock: 10.10.12.0/25, availabilityZone: c }\n  private-d: { vpc: main, cidrBlock: 10.10.12.128/25, availabilityZone: c }",
      ],
      ["subnets: [private-a, private-c]", "subnets: [inner-a, private-c, private-d]"],
    );
    const { calls } = await aws.record(account, () => workshop.apply("basic-vpc", " --allow-deletes 2"));
    const order = writes(calls).filter((operation) => /^(Create|Delete)Subnet$/.test(operation));
    expect(order.filter((operation) => operation === "DeleteSubnet")).toHaveLength(2);
    expect(order.filter((operation) => operation === "CreateSubnet")).toHaveLength(3);
    expect(order[0]).toBe("DeleteSubnet");
    expect((await workshop.infra("plan basic-vpc --detailed-exitcode")).code).toBe(0);
  });

  test.concurrent("a renamed subnet is a likely rename; with `moved:` nothing is replaced", async () => {
    const testbed = await applied("basic-vpc");
    const { workshop, account } = testbed;
    const before = await testbed.id("basic-vpc", "subnet/private-a");
    workshop.edit(
      "basic-vpc",
      ["  private-a: { vpc", "  inner-a: { vpc"],
      ["subnets: [private-a, private-c]", "subnets: [inner-a, private-c]"],
    );
    const plan = await workshop.infra("plan basic-vpc");
    expect(words(plan.stdout)).toContain("likely rename");
    expect(words(plan.stdout)).toContain("moved: [{ from: subnet/private-a, to: subnet/inner-a }]");
    expect(plan.stdout).toContain("1 to create, 1 to update, 0 to replace, 1 to destroy.");

    workshop.edit("basic-vpc", [
      "region: ap-northeast-2\n",
      "region: ap-northeast-2\nmoved: [{ from: subnet/private-a, to: subnet/inner-a }]\n",
    ]);
    const { calls } = await aws.record(account, () => workshop.apply("basic-vpc"));
    expect(new Set(writes(calls))).toEqual(new Set(["CreateTags"]));
    expect(await testbed.id("basic-vpc", "subnet/inner-a")).toBe(before);
    expect((await workshop.infra("plan basic-vpc --detailed-exitcode")).code).toBe(0);
  });

  test.concurrent("another zone replaces a subnet and its content, and says why, what is lost, and where it is written", async () => {
    const testbed = await applied("basic-vpc");
    const { workshop } = testbed;
    const before = await testbed.id("basic-vpc", "subnet/public-c");
    workshop.edit("basic-vpc", ["cidrBlock: 10.10.2.0/24,  availabilityZone: c,", "cidrBlock: 10.10.2.0/24,  availabilityZone: d,"]);
    const plan = words((await workshop.infra("plan basic-vpc")).stdout);
    const [file, line] = workshop.place("basic-vpc", "  public-c:").split(":");
    expect(plan).toContain(`in ${file}`);
    expect(plan).toContain(`subnet/public-c ${before} line ${line}`);
    expect(plan).toContain("replace (delete old, then create new): availabilityZone of a subnet cannot be changed");
    expect(plan).toContain("availabilityZone: ap-northeast-2c → ap-northeast-2d");
    expect(plan).toMatch(/instance\/web-c .*lost for good: its disk/);
    const replaced = await workshop.infra("apply basic-vpc --yes");
    expect(replaced.code, replaced.stderr).toBe(0);
    const after = await testbed.id("basic-vpc", "subnet/public-c");
    expect(after).not.toBe(before);
    expect((await workshop.infra("plan basic-vpc --detailed-exitcode")).code).toBe(0);
  });

  test.concurrent("an instance whose disk is deleted with it is not replaced without permission", async () => {
    const testbed = await applied("analysis-server");
    const { workshop, account } = testbed;
    const machine = await testbed.id("analysis-server", "instance/analysis");
    workshop.edit("analysis-server", ["availabilityZone: a,", "availabilityZone: c,"]);
    for (const command of ["plan analysis-server", "apply analysis-server --yes"]) {
      const { result, calls } = await aws.record(account, () => workshop.infra(command));
      expect(words(result.stderr), command).toMatch(
        new RegExp(
          `error destroys-data instance/analysis \\(${machine}\\) would have to be replaced, because .* that would lose its disk\\.`,
        ),
      );
      expect(words(result.stderr)).toContain(
        `add \`allowDestroy: { instance/analysis: ${machine} }\`, or \`disposable: true\` if nothing on its disk matters`,
      );
      expect(result.code, command).toBe(1);
      expect(writes(calls)).toEqual([]);
    }
    expect(await testbed.id("analysis-server", "instance/analysis")).toBe(machine);

    workshop.edit("analysis-server", [
      "region: ap-northeast-2\n",
      `region: ap-northeast-2\nallowDestroy: { instance/analysis: ${machine} }\n`,
    ]);
    await workshop.apply("analysis-server", " --allow-deletes 2");
    expect(await testbed.id("analysis-server", "instance/analysis")).not.toBe(machine);
  });
});
