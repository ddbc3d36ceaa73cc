/** Network interfaces as resources, the instances that have them, and the Elastic IPs associated with them. */
import {
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  DescribeAddressesCommand,
  DescribeNetworkInterfacesCommand,
  ModifyNetworkInterfaceAttributeCommand,
} from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { resourceIndexOf } from "../../src/config/kind-checks.ts";
import { kinds } from "../../src/kinds/index.ts";
import { partsOf } from "../../src/reach/network.ts";
import { header, loadText, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";

const image = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
const network = `
vpcs: { net: { cidrBlock: 10.0.0.0/16 }, other: { cidrBlock: 10.1.0.0/16 } }
internetGateways: { net: { vpc: net } }
subnets:
  a: { vpc: net, cidrBlock: 10.0.1.0/24, availabilityZone: a }
  b: { vpc: net, cidrBlock: 10.0.2.0/24, availabilityZone: b }
securityGroups: { web: { vpc: net }, far: { vpc: other } }
`;
const machine = (fields: string) => `{ image: { ssm: ${image} }, instanceType: t3.micro, disposable: true, ${fields} }`;
const file = (interfaces: string, instances: string, addresses = "{}") =>
  `${header}${network}networkInterfaces: ${interfaces}\ninstances: ${instances}\nelasticIps: ${addresses}\n`;

/** Returns a line for each of our interfaces: "web: 10.0.1.10 at 0 with 13.124.0.1 on 10.0.1.10". */
async function interfaces(testbed: Testbed): Promise<readonly string[]> {
  const { aws } = await testbed.connection();
  const { NetworkInterfaces = [] } = await aws.ec2(
    new DescribeNetworkInterfacesCommand({ Filters: [{ Name: "tag-key", Values: ["infra:resource"] }] }),
  );
  return NetworkInterfaces.map(({ TagSet, PrivateIpAddresses, Attachment }) => {
    const name = TagSet!.find(({ Key }) => Key === "infra:resource")!.Value!.split("/")[1]!;
    return `${name}: ${PrivateIpAddresses!.map((one) => one.PrivateIpAddress).join(" ")} at ${Attachment?.DeviceIndex ?? "nothing"}`;
  }).sort();
}

describe("a file", () => {
  const problem = (yaml: string): string => {
    try {
      loadText(yaml);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  const web = "{ web: { subnet: a, privateIpAddresses: [10.0.1.10, 10.0.1.11] }, far: { subnet: b } }";

  it.each<[string, string, string, string, string]>([
    ["a machine without a place", web, `{ one: ${machine("")} }`, "{}", "needs `subnet` or `networkInterfaces`"],
    [
      "groups in two places",
      web,
      `{ one: ${machine("networkInterfaces: [web], securityGroups: [web]")} }`,
      "{}",
      "so securityGroups must be written there",
    ],
    [
      "two machines with one interface",
      web,
      `{ one: ${machine("networkInterfaces: [web]")}, two: ${machine("networkInterfaces: [web]")} }`,
      "{}",
      "a network interface can be attached to only one instance at a time",
    ],
    [
      "interfaces of two zones",
      web,
      `{ one: ${machine("networkInterfaces: [web, far]")} }`,
      "{}",
      "networkInterface/far is in eu-west-1b, but the instance is in eu-west-1a",
    ],
    [
      "a public address beside several",
      web,
      `{ one: ${machine("subnet: a, associatePublicIpAddress: true, networkInterfaces: [web]")} }`,
      "{}",
      "EC2 does not assign a public IPv4 address",
    ],
    [
      "one interface twice",
      web,
      `{ one: ${machine("subnet: a, networkInterfaces: [web, web]")} }`,
      "{}",
      "networkInterface/web is listed twice",
    ],
    [
      "an interface of its own that comes first",
      web,
      `{ one: ${machine("networkInterfaces: [{ subnet: a }]")} }`,
      "{}",
      "Without `subnet`, the first network interface of an instance must be one that this file declares",
    ],
    [
      "an interface made with it in another zone",
      web,
      `{ one: ${machine("subnet: a, networkInterfaces: [{ subnet: b }]")} }`,
      "{}",
      "is in eu-west-1b, but the instance is in eu-west-1a",
    ],
    [
      "groups of another VPC on one made with it",
      web,
      `{ one: ${machine("subnet: a, networkInterfaces: [{ subnet: a, securityGroups: [far] }]")} }`,
      "{}",
      "securityGroup/far is in vpc/other",
    ],
    [
      "an address that one made with it cannot have",
      web,
      `{ one: ${machine("subnet: a, networkInterfaces: [{ subnet: a, privateIpAddress: 10.0.1.3 }]")} }`,
      "{}",
      "AWS reserves 10.0.1.3",
    ],
    [
      "IPv6 addresses on one made with it, where there are none",
      web,
      `{ one: ${machine("subnet: a, networkInterfaces: [{ subnet: a, ipv6AddressCount: 1 }]")} }`,
      "{}",
      "subnet/a has no IPv6 range",
    ],
    ["an address that AWS keeps", "{ web: { subnet: a, privateIpAddresses: [10.0.1.2] } }", "{}", "{}", "AWS reserves 10.0.1.2"],
    [
      "an address of another subnet",
      "{ web: { subnet: a, privateIpAddresses: [10.0.2.10] } }",
      "{}",
      "{}",
      "10.0.2.10 is not inside subnet/a",
    ],
    ["a group of another VPC", "{ web: { subnet: a, securityGroups: [far] } }", "{}", "{}", "securityGroup/far is in vpc/other"],
    [
      "an Elastic IP on an address that is not there",
      web,
      "{}",
      "{ x: { networkInterface: web, privateIpAddress: 10.0.1.12 } }",
      "has the private addresses 10.0.1.10, 10.0.1.11, not 10.0.1.12",
    ],
    [
      "two Elastic IPs on one address",
      web,
      "{}",
      "{ x: { networkInterface: web }, y: { networkInterface: web, privateIpAddress: 10.0.1.10 } }",
      "is already associated with this private address of networkInterface/web",
    ],
    [
      "an Elastic IP on two things",
      web,
      `{ one: ${machine("subnet: a")} }`,
      "{ x: { networkInterface: web, instance: one } }",
      "keep one of `instance` and `networkInterface`",
    ],
  ])("has a diagnostic for %s", (_what, cards, machines, addresses, says) =>
    expect(problem(file(cards, machines, addresses))).toContain(says),
  );

  it("may have an Elastic IP for each private address", () =>
    expect(problem(file(web, "{}", "{ x: { networkInterface: web }, y: { networkInterface: web, privateIpAddress: 10.0.1.11 } }"))).toBe(
      "",
    ));

  it("says of a machine that starts with an interface what that says", () => {
    const { nodes, region } = loadText(
      file(
        "{ web: { subnet: a, securityGroups: [web], privateIpAddresses: [10.0.1.10] }, more: { subnet: a } }",
        `{ one: ${machine("networkInterfaces: [web, more]")} }`,
        "{ x: { networkInterface: web } }",
      ),
    );
    const parts = partsOf(kinds, resourceIndexOf(region, nodes), new Map());
    expect(parts).toContainEqual({
      is: "endpoint",
      ipv6: "as-subnet",
      id: "instance/one",
      subnets: ["subnet/a"],
      firewalls: ["securityGroup/web"],
      address: "10.0.1.10",
      public: "no",
    });
    expect(parts).toContainEqual({ is: "public-address", id: "elasticIp/x", of: "instance/one" });
    expect(parts.flatMap((part) => (part.is === "endpoint" ? [part.id] : [])).sort()).toEqual(["instance/one", "networkInterface/more"]);
  });
});

describe("an interface", () => {
  const cards = "{ web: { subnet: a, privateIpAddresses: [10.0.1.10] }, more: { subnet: a, privateIpAddresses: [10.0.1.20] } }";

  it("goes, with its address, to the machine that takes the other's place", async () => {
    const testbed = openTestbed();
    const yaml = (data: string) =>
      file(
        cards,
        `{ one: ${machine(`networkInterfaces: [web, more], userData: ${data}, userDataChange: replace`)} }`,
        "{ x: { networkInterface: web } }",
      );
    await testbed.apply(yaml("one"));
    expect(await interfaces(testbed)).toEqual(["more: 10.0.1.20 at 1", "web: 10.0.1.10 at 0"]);
    const { run } = await testbed.apply(yaml("two"));
    expect(stepsOf(run)).toEqual(["replace instance/one"]);
    expect(await interfaces(testbed)).toEqual(["more: 10.0.1.20 at 1", "web: 10.0.1.10 at 0"]);
    expect(stepsOf(await testbed.plan(yaml("two")))).toEqual([]);
  });

  it("moves from one instance to another, and is detached from a deleted one", async () => {
    const testbed = openTestbed();
    const yaml = (one: string, two: string) => file(cards, `{ one: ${machine(`subnet: a${one}`)}, two: ${machine(`subnet: a${two}`)} }`);
    await testbed.apply(yaml(", networkInterfaces: [more]", ""));
    const { run } = await testbed.apply(yaml("", ", networkInterfaces: [more]"));
    expect(run.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(await interfaces(testbed)).toContainEqual("more: 10.0.1.20 at 1");
    await testbed.apply(file(cards, `{ one: ${machine("subnet: a")} }`));
    expect(await interfaces(testbed)).toEqual(["more: 10.0.1.20 at nothing", "web: 10.0.1.10 at nothing"]);
    await testbed.destroy(file(cards, `{ one: ${machine("subnet: a")} }`));
    expect(await interfaces(testbed)).toEqual([]);
  });

  it("is found beside a machine that has several: its Elastic IP leads to the first interface", async () => {
    const testbed = openTestbed();
    const yaml = file(cards, `{ one: ${machine("subnet: a, networkInterfaces: [more]")} }`, "{ x: { instance: one } }");
    await testbed.apply(yaml);
    const { aws } = await testbed.connection();
    const { Addresses = [] } = await aws.ec2(new DescribeAddressesCommand({}));
    expect(Addresses.map(({ PrivateIpAddress, InstanceId }) => [PrivateIpAddress === "10.0.1.20", InstanceId])).toEqual([
      [false, expect.stringMatching(/^i-/)],
    ]);
    expect(stepsOf(await testbed.plan(yaml))).toEqual([]);
  });
});

describe("an interface that is made with its machine", () => {
  const yaml = (listed: string, more = "") =>
    file("{}", `{ one: ${machine(`subnet: a, networkInterfaces: [${listed}]${more}`)} }`).replace("far: {", "more: { vpc: net }, far: {");

  /** Returns the interfaces after the first: "1: 10.0.1.20 the side". */
  async function further(testbed: Testbed): Promise<readonly string[]> {
    const { aws } = await testbed.connection();
    const { NetworkInterfaces = [] } = await aws.ec2(new DescribeNetworkInterfacesCommand({}));
    return NetworkInterfaces.filter(({ Attachment }) => (Attachment?.DeviceIndex ?? 0) > 0)
      .map(({ Attachment, PrivateIpAddresses, Description }) =>
        `${Attachment!.DeviceIndex}: ${PrivateIpAddresses!.map((one) => one.PrivateIpAddress).join(" ")} ${Description}`.trim(),
      )
      .sort();
  }

  it("goes with it, and is changed where EC2 changes it", async () => {
    const testbed = openTestbed();
    const first = "{ subnet: a, description: side, privateIpAddress: 10.0.1.20, securityGroups: [web] }";
    const { run: made } = await testbed.apply(yaml(first));
    expect(stepsOf(made).filter((step) => step.includes("instance/"))).toEqual(["create instance/one"]);
    expect(await further(testbed)).toEqual(["1: 10.0.1.20 side"]);
    expect(stepsOf(await testbed.plan(yaml(first)))).toEqual([]);
    const second =
      "{ subnet: a, description: other, privateIpAddress: 10.0.1.20, securityGroups: [more], secondaryPrivateIpAddressCount: 1 }";
    expect(stepsOf((await testbed.apply(yaml(second))).run)).toEqual(["update instance/one"]);
    expect(await further(testbed)).toEqual([expect.stringMatching(/^1: 10\.0\.1\.20 10\.0\.1\.\d+ other$/)]);
    expect(stepsOf(await testbed.plan(yaml(second)))).toEqual([]);
    const third = second.replace("10.0.1.20", "10.0.1.21");
    expect(stepsOf((await testbed.apply(yaml(third))).run)).toEqual(["replace instance/one"]);
    expect(await further(testbed)).toHaveLength(1);
    await testbed.destroy(yaml(third));
    expect(await further(testbed)).toEqual([]);
  });

  it("stays when its line is removed, and later attachments of others are no part of the list", async () => {
    const testbed = openTestbed();
    await testbed.apply(yaml("{ subnet: a }"));
    const { aws } = await testbed.connection();
    const { NetworkInterfaces: [card] = [] } = await aws.ec2(new DescribeNetworkInterfacesCommand({}));
    await aws.clock.sleep(60_000);
    const { NetworkInterface: strange } = await aws.ec2(new CreateNetworkInterfaceCommand({ SubnetId: card!.SubnetId }));
    const { AttachmentId } = await aws.ec2(
      new AttachNetworkInterfaceCommand({
        InstanceId: card!.Attachment!.InstanceId,
        NetworkInterfaceId: strange!.NetworkInterfaceId,
        DeviceIndex: 2,
      }),
    );
    await aws.ec2(
      new ModifyNetworkInterfaceAttributeCommand({
        NetworkInterfaceId: strange!.NetworkInterfaceId,
        Attachment: { AttachmentId, DeleteOnTermination: true },
      }),
    );
    expect(stepsOf(await testbed.plan(yaml("{ subnet: a }")))).toEqual([]);
    expect(stepsOf(await testbed.plan(yaml("")))).toEqual([]);
    expect(stepsOf(await testbed.plan(yaml("{ subnet: a }, { subnet: a }")))).toEqual(["replace instance/one"]);
  });

  it("comes from a launch template, for a machine and for a group, in the subnet of the first", async () => {
    const testbed = openTestbed();
    const text = `${header}${network}
launchTemplates:
  two:
    image: { ssm: ${image} }
    instanceType: t3.micro
    securityGroups: [web]
    networkInterfaces: [{ description: side, secondaryPrivateIpAddressCount: 1 }]
instances: { one: { subnet: a, launchTemplate: two, disposable: true } }
autoScalingGroups: { many: { launchTemplate: two, subnets: [b], minSize: 1, maxSize: 1 } }
`;
    await testbed.apply(text);
    await (await testbed.connection()).aws.clock.sleep(600_000);
    expect(await further(testbed)).toEqual([
      expect.stringMatching(/^1: 10\.0\.1\.\d+ 10\.0\.1\.\d+ side$/),
      expect.stringMatching(/^1: 10\.0\.2\.\d+ 10\.0\.2\.\d+ side$/),
    ]);
    expect(stepsOf(await testbed.plan(text))).toEqual([]);
    expect(() => loadText(text.replace("[{ description", "[{ subnet: b, description"))).toThrow(
      "an Auto Scaling group chooses the subnets of its instances",
    );
    expect(() => loadText(text.replace("securityGroups: [web]", "associatePublicIpAddress: true"))).toThrow(
      "does not assign a public IPv4 address",
    );
  });

  it("is somebody that others reach by its own groups", () => {
    const { nodes, region } = loadText(yaml("{ subnet: a, securityGroups: [more], privateIpAddress: 10.0.1.30 }"));
    const parts = partsOf(kinds, resourceIndexOf(region, nodes), new Map());
    expect(parts).toContainEqual({
      is: "endpoint",
      id: "instance/one.networkInterfaces[0]",
      subnets: ["subnet/a"],
      firewalls: ["securityGroup/more"],
      address: "10.0.1.30",
      public: "no",
      ipv6: "as-subnet",
    });
  });
});
