/** IPv6 ranges of VPCs and subnets, and the egress-only internet gateway. */
import { DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { blockOf, isSameBlock, numberOf } from "../../src/kinds/subnet/ipv6.ts";
import { kinds } from "../../src/kinds/index.ts";
import type { Problem, ResourceIndex, Subject } from "../../src/kinds/kind.ts";
import { header, loadText, openTestbed, stepsOf } from "../support/testbed.ts";

describe("the number of a /64", () => {
  it.each<[block: number | string, number: number | undefined]>([
    [7, 7],
    ["2600:1f10:0:1::/64", 1],
    ["2600:1f10:0:4aff::/64", 255],
    ["2600:1f10:0:100::/60", undefined],
    ["none", undefined],
  ])("of %j is %j", (block, number) => expect(numberOf(block)).toBe(number));

  it.each<[vpc: string, number: number, block: string | undefined]>([
    ["2600:1f10:0:4a00::/56", 0, "2600:1f10:0:4a00::/64"],
    ["2600:1f10:0:4a00::/56", 255, "2600:1f10:0:4aff::/64"],
    ["2600:1f10::/56", 16, "2600:1f10:0:10::/64"],
    ["2600:1f10::/60", 1, undefined],
  ])("in %s, %i, is %j", (vpc, number, block) => {
    expect(blockOf(vpc, number)).toBe(block);
    if (block) expect(numberOf(block)).toBe(number);
  });

  it.each<[written: number | string, have: string, same: boolean]>([
    [1, "2600:1f10:0:4a01::/64", true],
    [1, "2600:1f10:0:4a02::/64", false],
    [1, "none", false],
    ["none", "none", true],
    ["2600:1f10:0:4a01::/64", "2600:1f10:0:4a01::/64", true],
  ])("%j and %s: %j", (written, have, same) => expect(isSameBlock(written, have)).toBe(same));
});

describe("values that a file may not have", () => {
  const declared: readonly (readonly [string, object])[] = [
    ["vpc/six", { cidrBlock: "10.0.0.0/16", ipv6: "amazon" }],
    ["vpc/four", { cidrBlock: "10.1.0.0/16" }],
    ["vpc/none", { cidrBlock: "10.2.0.0/16", ipv6: "none" }],
    ["subnet/first", { vpc: "vpc/six", cidrBlock: "10.0.0.0/24", ipv6CidrBlock: 1 }],
    ["egressOnlyInternetGateway/six", { vpc: "vpc/six" }],
    ["egressOnlyInternetGateway/four", { vpc: "vpc/four" }],
    ["vpcEndpoint/s3", { vpc: "vpc/six", service: "s3" }],
    ["subnet/only", { vpc: "vpc/six", ipv6Native: true, ipv6CidrBlock: 9, availabilityZone: "eu-west-1a" }],
    ["subnet/second", { vpc: "vpc/six", cidrBlock: "10.0.9.0/24", availabilityZone: "eu-west-1b" }],
    ["subnet/none", { vpc: "vpc/six", cidrBlock: "10.0.10.0/24", ipv6CidrBlock: "none", availabilityZone: "eu-west-1c" }],
    ["securityGroup/four", { vpc: "vpc/four" }],
    ["securityGroup/six", { vpc: "vpc/six" }],
    ["instance/six", { subnet: "subnet/only" }],
    ["internetGateway/six", { vpc: "vpc/six" }],
    ["vpcEndpoint/firewall", { vpc: "vpc/six", service: "com.amazonaws.vpce.eu-west-1.vpce-svc-0a", type: "GatewayLoadBalancer" }],
  ];
  const problems = (kind: string, spec: object, name = "self"): string[] => {
    const address = `${kind}/${name}`;
    const all = [...declared.filter(([other]) => other !== address), [address, spec] as const].map(([one, of]): Subject => ({
      address: one,
      kind: one.split("/")[0]!,
      name: one.split("/")[1]!,
      spec: of,
      tags: {},
    }));
    const get = (one: string) => all.find((subject) => subject.address === one);
    const index: ResourceIndex = { region: "eu-west-1", of: (one) => all.filter((subject) => subject.kind === one), get };
    const found: readonly Problem[] = kinds.find((one) => one.name === kind)!.check!(get(address)!, index);
    return found.map(({ code, path }) => `${code} ${path}`);
  };
  const subnet = { vpc: "vpc/six", cidrBlock: "10.0.1.0/24", availabilityZone: "eu-west-1a" };

  it.each<[what: string, spec: object, found: string[]]>([
    ["a range of its own", { ...subnet, ipv6CidrBlock: 2, assignIpv6AddressOnCreation: true }, []],
    ["the range of another", { ...subnet, ipv6CidrBlock: 1 }, ["cidr-overlap ipv6CidrBlock"]],
    ["a range in a VPC without one", { ...subnet, vpc: "vpc/four", cidrBlock: "10.1.1.0/24", ipv6CidrBlock: 1 }, ["no-ipv6 ipv6CidrBlock"]],
    ["a range in somebody's VPC", { ...subnet, vpc: "vpc-0a", ipv6CidrBlock: 1 }, []],
    ["a range of an odd size", { ...subnet, ipv6CidrBlock: "2001:db8::/62" }, ["cidr-size ipv6CidrBlock"]],
    [
      "addresses without a range",
      { ...subnet, ipv6CidrBlock: "none", assignIpv6AddressOnCreation: true },
      ["conflict assignIpv6AddressOnCreation"],
    ],
  ])("a subnet with %s", (_what, spec, found) => expect(problems("subnet", spec)).toEqual(found));

  const only = { vpc: "vpc/six", ipv6Native: true, ipv6CidrBlock: 3, availabilityZone: "eu-west-1a" };

  it.each<[what: string, spec: object, found: string[]]>([
    ["nothing of IPv4", only, []],
    ["all that goes with it", { ...only, assignIpv6AddressOnCreation: true, privateDnsHostnameTypeOnLaunch: "resource-name" }, []],
    ["an IPv4 range", { ...only, cidrBlock: "10.0.1.0/24" }, ["conflict cidrBlock"]],
    ["no range", { vpc: "vpc/six", ipv6Native: true }, ["missing-field undefined"]],
    ["no range any more", { ...only, ipv6CidrBlock: "none" }, ["missing-field ipv6CidrBlock"]],
    ["public IPv4 addresses", { ...only, mapPublicIpOnLaunch: true }, ["conflict mapPublicIpOnLaunch"]],
    ["interfaces without an address", { ...only, assignIpv6AddressOnCreation: false }, ["conflict assignIpv6AddressOnCreation"]],
    ["names made of IPv4 addresses", { ...only, privateDnsHostnameTypeOnLaunch: "ip-name" }, ["conflict privateDnsHostnameTypeOnLaunch"]],
    ["neither family", { vpc: "vpc/six", availabilityZone: "eu-west-1a" }, ["missing-field undefined"]],
  ])("a subnet of IPv6 only with %s", (_what, spec, found) => expect(problems("subnet", spec)).toEqual(found));

  it.each<[kind: string, spec: object, found: string]>([
    ["natGateway", { subnet: "subnet/only", connectivityType: "private" }, "conflict subnet"],
    ["loadBalancer", { type: "network", scheme: "internal", subnets: ["subnet/only"] }, "conflict subnets[0]"],
    [
      "loadBalancer",
      { type: "network", scheme: "internal", subnetMappings: [{ subnet: "subnet/only" }] },
      "conflict subnetMappings[0].subnet",
    ],
    ["dbSubnetGroup", { subnets: ["subnet/second", "subnet/only"] }, "conflict subnets[1]"],
    ["dbProxy", { engineFamily: "MYSQL", auth: [], subnets: ["subnet/second", "subnet/only"] }, "conflict subnets[1]"],
    ["fileSystem", { mountTargets: { "subnet/only": {} } }, "conflict mountTargets.subnet/only"],
    ["networkInterface", { subnet: "subnet/only", privateIpAddresses: ["10.0.1.4"] }, "conflict privateIpAddresses"],
    [
      "instance",
      { subnet: "subnet/only", image: "ami-1", instanceType: "t3.micro", associatePublicIpAddress: true },
      "conflict associatePublicIpAddress",
    ],
    [
      "instance",
      { subnet: "subnet/only", image: "ami-1", instanceType: "t3.micro", privateIpAddress: "10.0.1.9" },
      "conflict privateIpAddress",
    ],
    ["elasticIp", { instance: "instance/six" }, "conflict instance"],
  ])("%s %j in a subnet of IPv6 only", (kind, spec, found) => expect(problems(kind, spec)).toEqual([found]));

  const machine = { image: "ami-1", instanceType: "t3.micro" };
  const balancer = { type: "network", scheme: "internal", securityGroups: [] };
  const endpoint = { vpc: "vpc/six", service: "vpcEndpointService/x", type: "Interface", securityGroups: ["securityGroup/six"] };

  it.each<[kind: string, specOf: (subnet: string) => object, path: string]>([
    ["networkInterface", (subnet) => ({ subnet, ipv6AddressCount: 1 }), "ipv6AddressCount"],
    ["instance", (subnet) => ({ ...machine, subnet, ipv6AddressCount: 1 }), "ipv6AddressCount"],
    [
      "instance",
      (subnet) => ({ ...machine, subnet: "subnet/first", networkInterfaces: [{ subnet, ipv6AddressCount: 1 }] }),
      "networkInterfaces[0].ipv6AddressCount",
    ],
    ["launchTemplate", (subnet) => ({ networkInterfaces: [{ subnet, ipv6AddressCount: 1 }] }), "networkInterfaces[0].ipv6AddressCount"],
    ["instanceConnectEndpoint", (subnet) => ({ subnet, ipAddressType: "dualstack" }), "ipAddressType"],
    ["loadBalancer", (subnet) => ({ ...balancer, subnets: [subnet], ipAddressType: "dualstack" }), "ipAddressType"],
    ["vpcEndpoint", (subnet) => ({ ...endpoint, subnets: [subnet], ipAddressType: "ipv6" }), "ipAddressType"],
  ])("%s needs a subnet with an IPv6 range", (kind, specOf, path) => {
    for (const subnet of ["subnet/second", "subnet/none"])
      expect(problems(kind, specOf(subnet)).filter((one) => !one.startsWith("conflict"))).toEqual([`no-ipv6 ${path}`]);
    for (const subnet of ["subnet/first", "subnet-0a"])
      expect(problems(kind, specOf(subnet)).filter((one) => !one.startsWith("conflict"))).toEqual([]);
  });

  it.each<[kind: string, spec: object, path: string]>([
    ["networkInterface", { subnet: "subnet/first" }, "securityGroups[1]"],
    ["instance", { ...machine, subnet: "subnet/first" }, "securityGroups[1]"],
    ["instanceConnectEndpoint", { subnet: "subnet/first" }, "securityGroups[1]"],
    ["loadBalancer", { ...balancer, subnets: ["subnet-0a", "subnet/first"] }, "securityGroups[1]"],
  ])("%s takes groups of the VPC of its subnet only", (kind, spec, path) => {
    expect(problems(kind, { ...spec, securityGroups: ["securityGroup/six", "securityGroup/four"] })).toEqual([`other-vpc ${path}`]);
    expect(problems(kind, { ...spec, securityGroups: ["securityGroup/six", "sg-0a"] })).toEqual([]);
  });

  it("a second egress-only gateway, and one for a VPC without IPv6", () => {
    expect(problems("egressOnlyInternetGateway", { vpc: "vpc/six" })).toEqual(["one-gateway vpc"]);
    expect(problems("egressOnlyInternetGateway", { vpc: "vpc/four" }, "four")).toEqual(["no-ipv6 vpc"]);
    expect(problems("egressOnlyInternetGateway", { vpc: "vpc/none" }, "none")).toEqual(["no-ipv6 vpc"]);
  });

  it.each<[destination: string, target: string, found: string[]]>([
    ["::/0", "egressOnlyInternetGateway/six", []],
    ["0.0.0.0/0", "egressOnlyInternetGateway/six", ["bad-target routes[0].target"]],
    ["::/0", "egressOnlyInternetGateway/four", ["other-vpc routes[0].target"]],
    ["192.0.2.0/24", "vpcEndpoint/firewall", []],
    ["192.0.2.0/24", "vpcEndpoint/s3", ["bad-target routes[0].target"]],
  ])("a route for %s to %s", (destination, target, found) =>
    expect(problems("routeTable", { vpc: "vpc/six", routes: [{ destination, target }] })).toEqual(found),
  );
});

describe("in the sandbox", () => {
  const written = (subnet: string, vpc = "amazon") => `${header}
vpcs: { main: { cidrBlock: 10.0.0.0/16, ipv6: ${vpc} } }
subnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a, ${subnet} } }
`;

  it("a subnet releases its range before the VPC releases its own, and omitted fields are no drift", async () => {
    const testbed = openTestbed();
    await testbed.apply(written("ipv6CidrBlock: 3, assignIpv6AddressOnCreation: true"));
    const { nodes } = loadText(written("ipv6CidrBlock: 3"));
    expect(nodes).toHaveLength(2);
    // Without the field, the range stays.
    expect(stepsOf(await testbed.plan(written("assignIpv6AddressOnCreation: true").replace(", ipv6: amazon", "")))).toEqual([]);
    await testbed.apply(written("ipv6CidrBlock: none", "none"));
    expect(stepsOf(await testbed.plan(written("ipv6CidrBlock: none", "none")))).toEqual([]);
  });

  it("a subnet of IPv6 only has a range that another subnet replaces, and machines with IPv6 addresses alone", async () => {
    const testbed = openTestbed();
    const only = (number: number) => `${header}
vpcs: { main: { cidrBlock: 10.0.0.0/16, ipv6: amazon } }
subnets: { six: { vpc: main, ipv6Native: true, ipv6CidrBlock: ${number}, availabilityZone: a } }
securityGroups: { web: { vpc: main, description: Web } }
instances: { web: { subnet: six, image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.micro, securityGroups: [web], disposable: true } }
`;
    await testbed.apply(only(3));
    const again = await testbed.plan(only(3));
    expect(stepsOf(again)).toEqual([]);
    const { observed } = again;
    expect(observed.objects.get("instance/web")!.live.outputs).toMatchObject({ ipv6: expect.stringContaining(":3:") as string });
    expect(observed.objects.get("instance/web")!.live.outputs).not.toHaveProperty("privateIp");
    const { aws } = await testbed.connection();
    const { Subnets = [] } = await aws.ec2(new DescribeSubnetsCommand({ Filters: [{ Name: "ipv6-native", Values: ["true"] }] }));
    expect(Subnets).toMatchObject([{ Ipv6Native: true, AssignIpv6AddressOnCreation: true, AvailableIpAddressCount: 0 }]);
    expect(Subnets[0]).not.toHaveProperty("CidrBlock");
    expect(stepsOf(await testbed.plan(only(4)))).toEqual(["replace subnet/six", "replace instance/web"]);
    await testbed.apply(only(4));
    expect(stepsOf(await testbed.plan(only(4)))).toEqual([]);
  });

  it("a VPC takes its network from a pool, and subnets their parts of it by number", async () => {
    const testbed = openTestbed();
    const pool = "{ pool: ipam-pool-0123456789abcdef0, netmaskLength: 56 }";
    await testbed.apply(written("ipv6CidrBlock: 3", pool));
    expect(stepsOf(await testbed.plan(written("ipv6CidrBlock: 3", pool)))).toEqual([]);
    const { aws } = await testbed.connection();
    const { Subnets = [] } = await aws.ec2(new DescribeSubnetsCommand({}));
    const blocks = Subnets.flatMap(({ Ipv6CidrBlockAssociationSet = [] }) => Ipv6CidrBlockAssociationSet.map((one) => one.Ipv6CidrBlock));
    expect(blocks).toEqual([expect.stringMatching(/^2001:db8:[0-9a-f:]*:3::\/64$/)]);
    const { diagnostics } = await testbed.plan(written("ipv6CidrBlock: 3"));
    expect(JSON.stringify(diagnostics)).toContain("write `ipv6: none`, apply");
  });

  it("a VPC keeps the range that a subnet of others needs, and says so", async () => {
    const testbed = openTestbed();
    await testbed.apply(written("ipv6CidrBlock: 3"));
    const { outcome } = await testbed.tryApply(written("mapPublicIpOnLaunch: false", "none"));
    expect(outcome.failed.map(({ failure }) => failure.message).join()).toMatch(
      /cannot be removed from vpc-\w+ while subnet-\w+ uses a part of it/,
    );
  });

  it("a number needs a range of Amazon's in somebody's VPC", async () => {
    const testbed = openTestbed();
    await testbed.apply(`${header}vpcs: { main: { cidrBlock: 10.0.0.0/16 } }`);
    const { observed } = await testbed.plan(`${header}vpcs: { main: { cidrBlock: 10.0.0.0/16 } }`);
    const vpc = observed.objects.get("vpc/main")!.live.id;
    const yaml = `${header.replace("environment: test", "environment: other")}subnets: { a: { vpc: { id: ${vpc} }, cidrBlock: 10.0.1.0/24, availabilityZone: a, ipv6CidrBlock: 1 } }`;
    const { outcome } = await testbed.tryApply(yaml);
    expect(outcome.failed.map(({ failure }) => failure.message).join()).toContain("has no IPv6 range from Amazon");
  });
});
