/** Network interfaces with a life of their own, the machines that have them, and the Elastic IPs that lead there. */
import { DescribeAddressesCommand, DescribeNetworkInterfacesCommand } from "@aws-sdk/client-ec2";
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

/** "web: 10.0.1.10 at 0 with 13.124.0.1 on 10.0.1.10", one an interface of ours. */
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
    ["a machine without a place", web, `{ one: ${machine("")} }`, "{}", "needs a subnet, or a network interface to start with"],
    [
      "groups in two places",
      web,
      `{ one: ${machine("networkInterfaces: [web], securityGroups: [web]")} }`,
      "{}",
      "securityGroups is a field of that",
    ],
    [
      "two machines with one interface",
      web,
      `{ one: ${machine("networkInterfaces: [web]")}, two: ${machine("networkInterfaces: [web]")} }`,
      "{}",
      "an interface is on one machine at a time",
    ],
    [
      "interfaces of two zones",
      web,
      `{ one: ${machine("networkInterfaces: [web, far]")} }`,
      "{}",
      "networkInterface/far is in eu-west-1b, and the machine in eu-west-1a",
    ],
    [
      "a public address beside several",
      web,
      `{ one: ${machine("subnet: a, associatePublicIpAddress: true, networkInterfaces: [web]")} }`,
      "{}",
      "EC2 gives no public address by itself",
    ],
    ["an address that AWS keeps", "{ web: { subnet: a, privateIpAddresses: [10.0.1.2] } }", "{}", "{}", "AWS keeps 10.0.1.2 for itself"],
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
      "has 10.0.1.10, 10.0.1.11, and not 10.0.1.12",
    ],
    [
      "two Elastic IPs on one address",
      web,
      "{}",
      "{ x: { networkInterface: web }, y: { networkInterface: web, privateIpAddress: 10.0.1.10 } }",
      "already leads to networkInterface/web",
    ],
    [
      "an Elastic IP on two things",
      web,
      `{ one: ${machine("subnet: a")} }`,
      "{ x: { networkInterface: web, instance: one } }",
      "keep one of `instance` and `networkInterface`",
    ],
  ])("is told of %s", (_what, cards, machines, addresses, says) => expect(problem(file(cards, machines, addresses))).toContain(says));

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

  it("moves from one machine to another, and is let go of by one that goes", async () => {
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
