import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  DeleteNetworkInterfaceCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  UpdateSecurityGroupRuleDescriptionsIngressCommand,
  type IpPermission,
} from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, it } from "vitest";
import { openTestbed, codeOf, type Testbed } from "./ec2.ts";
import { network, type Network } from "./network.ts";

let b: Testbed;
let net: Network;
beforeEach(async () => {
  b = openTestbed();
  net = await network(b);
});

const create = async (GroupName: string, VpcId = net.vpc) =>
  (await b.ec2.send(new CreateSecurityGroupCommand({ VpcId, GroupName, Description: "a group" }))).GroupId!;
const allow = (GroupId: string, ...IpPermissions: IpPermission[]) =>
  b.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
const tcp = (port: number, CidrIp = "10.0.0.0/8"): IpPermission => ({
  IpProtocol: "tcp",
  FromPort: port,
  ToPort: port,
  IpRanges: [{ CidrIp }],
});
const fromGroup = (port: number, GroupId: string): IpPermission => ({
  IpProtocol: "tcp",
  FromPort: port,
  ToPort: port,
  UserIdGroupPairs: [{ GroupId }],
});
const rules = async (id: string) =>
  (await b.ec2.send(new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: "group-id", Values: [id] }] }))).SecurityGroupRules!.map(
    (rule) =>
      `${rule.IsEgress ? "out" : "in"} ${rule.IpProtocol} ${rule.FromPort}-${rule.ToPort} ${rule.CidrIpv4 ?? rule.CidrIpv6 ?? rule.PrefixListId ?? rule.ReferencedGroupInfo?.GroupId}${rule.Description ? ` ${rule.Description}` : ""}`,
  );

describe("a security group", () => {
  it("trap 6: is created with an egress rule that the request does not name", async () => {
    expect(await rules(await create("web"))).toEqual(["out -1 -1--1 0.0.0.0/0"]);
  });

  it("trap 9: has a name that is unique in its VPC whatever its case", async () => {
    await create("Web");
    expect(await codeOf(create("wEB"))).toBe("InvalidGroup.Duplicate");
    const other = await network(b, "10.1.0.0/16");
    expect(await codeOf(create("web", other.vpc))).toBe("succeeded");
  });

  it.each([
    ["default", "InvalidGroup.Reserved"],
    ["sg-web", "InvalidParameterValue"],
    ["wéb", "InvalidParameterValue"],
    ["w".repeat(256), "InvalidParameterValue"],
  ])("refuses the name %s", async (name, code) => expect(await codeOf(create(name))).toBe(code));

  it("goes to the default VPC when none is named", async () => {
    const { GroupId } = await b.ec2.send(new CreateSecurityGroupCommand({ GroupName: "x", Description: "x" }));
    const { SecurityGroups } = await b.ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId!] }));
    const { Vpcs } = await b.ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: "is-default", Values: ["true"] }] }));
    expect(SecurityGroups![0]!.VpcId).toBe(Vpcs![0]!.VpcId);
  });

  it("trap 8: is kept by another group's rule, the default group's included, but not by its own", async () => {
    const [a, c] = [await create("a"), await create("c")];
    await allow(a, fromGroup(80, a), fromGroup(81, c));
    await allow(net.defaultGroup, fromGroup(82, a));
    const remove = (GroupId: string) => codeOf(b.ec2.send(new DeleteSecurityGroupCommand({ GroupId })));
    expect(await remove(c)).toBe("DependencyViolation");
    expect(await remove(a)).toBe("DependencyViolation");
    await b.ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: net.defaultGroup, IpPermissions: [fromGroup(82, a)] }));
    expect(await remove(a)).toBe("succeeded");
    expect(await remove(c)).toBe("succeeded");
    expect(await remove(c)).toBe("InvalidGroup.NotFound");
    expect(await remove(net.defaultGroup)).toBe("CannotDelete");
  });

  it("is kept by an interface that it is on", async () => {
    const id = await create("web");
    const { NetworkInterface } = await b.ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: net.subnet, Groups: [id] }));
    expect(await codeOf(b.ec2.send(new DeleteSecurityGroupCommand({ GroupId: id })))).toBe("DependencyViolation");
    await b.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: NetworkInterface!.NetworkInterfaceId! }));
    expect(await codeOf(b.ec2.send(new DeleteSecurityGroupCommand({ GroupId: id })))).toBe("succeeded");
  });

  it("meets its quotas", async () => {
    b.quota("groups", 3);
    await create("last");
    expect(await codeOf(create("one more"))).toBe("SecurityGroupLimitExceeded");
    const id = net.defaultGroup;
    await allow(id, {
      IpProtocol: "tcp",
      FromPort: 1,
      ToPort: 1,
      IpRanges: Array.from({ length: 59 }, (_, i) => ({ CidrIp: `10.${i}.0.0/16` })),
    });
    expect(await codeOf(allow(id, tcp(2)))).toBe("RulesPerSecurityGroupLimitExceeded");
    expect(await codeOf(allow(id, { IpProtocol: "tcp", FromPort: 2, ToPort: 2, Ipv6Ranges: [{ CidrIpv6: "::/0" }] }))).toBe("succeeded");
  });
});

describe("rules", () => {
  it("traps 12 and 13: come back in normal form", async () => {
    const id = await create("web");
    const { SecurityGroupRules } = await allow(
      id,
      {
        IpProtocol: "6",
        FromPort: 80,
        ToPort: 81,
        IpRanges: [{ CidrIp: "10.1.2.3/16", Description: "http" }],
        Ipv6Ranges: [{ CidrIpv6: "2001:DB8:0::1/64" }],
      },
      { IpProtocol: "50", FromPort: 1, ToPort: 2, IpRanges: [{ CidrIp: "10.0.0.0/8" }] },
      { IpProtocol: "icmp", FromPort: -1, ToPort: -1, IpRanges: [{ CidrIp: "0.0.0.0/0" }] },
      { IpProtocol: "-1", FromPort: 5, ToPort: 6, UserIdGroupPairs: [{ GroupId: id }] },
      { IpProtocol: "tcp", FromPort: 443, ToPort: 443, PrefixListIds: [{ PrefixListId: "pl-78a54011" }] },
    );
    expect(SecurityGroupRules).toHaveLength(6);
    expect((await rules(id)).slice(1)).toEqual([
      "in tcp 80-81 10.1.0.0/16 http",
      "in tcp 80-81 2001:db8::/64",
      "in 50 -1--1 10.0.0.0/8",
      "in icmp -1--1 0.0.0.0/0",
      `in -1 -1--1 ${id}`,
      "in tcp 443-443 pl-78a54011",
    ]);
    const { SecurityGroups } = await b.ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }));
    const all = SecurityGroups![0]!.IpPermissions!.find((one) => one.IpProtocol === "-1")!;
    expect([all.FromPort, all.ToPort]).toEqual([undefined, undefined]);
  });

  it("are added all or none; a description does not make a rule another", async () => {
    const id = await create("web");
    await allow(id, tcp(80));
    expect(await codeOf(allow(id, tcp(81), { ...tcp(80), IpRanges: [{ CidrIp: "10.0.0.1/8", Description: "again" }] }))).toBe(
      "InvalidPermission.Duplicate",
    );
    expect(await rules(id)).toHaveLength(2);
    expect(await codeOf(allow(id, tcp(82), tcp(82)))).toBe("InvalidParameterValue");
  });

  it.each<[string, IpPermission, string]>([
    [
      "ports the wrong way round",
      { IpProtocol: "tcp", FromPort: 81, ToPort: 80, IpRanges: [{ CidrIp: "10.0.0.0/8" }] },
      "InvalidParameterValue",
    ],
    ["no ports", { IpProtocol: "tcp", IpRanges: [{ CidrIp: "10.0.0.0/8" }] }, "InvalidParameterValue"],
    ["no source", { IpProtocol: "tcp", FromPort: 80, ToPort: 80 }, "MissingParameter"],
    ["an unknown protocol", { IpProtocol: "tpc", IpRanges: [{ CidrIp: "10.0.0.0/8" }] }, "InvalidParameterValue"],
    ["a missing group", { IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: "sg-0123456789abcdef0" }] }, "InvalidGroup.NotFound"],
    ["a bad description", { IpProtocol: "-1", IpRanges: [{ CidrIp: "10.0.0.0/8", Description: "é" }] }, "InvalidParameterValue"],
  ])("are refused with %s", async (_, permission, code) => expect(await codeOf(allow(await create("web"), permission))).toBe(code));

  it("name groups of the same VPC only", async () => {
    const other = await network(b, "10.1.0.0/16");
    expect(await codeOf(allow(net.defaultGroup, fromGroup(80, other.defaultGroup)))).toBe("InvalidGroup.NotFound");
  });

  it("are taken back by id, of this group and direction", async () => {
    const id = await create("web");
    const { SecurityGroupRules } = await allow(id, tcp(80), tcp(81));
    const [first] = SecurityGroupRules!;
    const ids = [first!.SecurityGroupRuleId!];
    expect(await codeOf(b.ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId: id, SecurityGroupRuleIds: ids })))).toBe(
      "InvalidSecurityGroupRuleId.NotFound",
    );
    const { RevokedSecurityGroupRules } = await b.ec2.send(
      new RevokeSecurityGroupIngressCommand({ GroupId: id, SecurityGroupRuleIds: ids }),
    );
    expect(RevokedSecurityGroupRules).toHaveLength(1);
    expect(await codeOf(b.ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: id, SecurityGroupRuleIds: ids })))).toBe(
      "InvalidSecurityGroupRuleId.NotFound",
    );
    expect(await rules(id)).toHaveLength(2);
  });

  it("trap 10: a revoke by value that matches nothing is an error, but success in the default VPC", async () => {
    const id = await create("web");
    const revoke = (GroupId: string) => b.ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: [tcp(80)] }));
    expect(await codeOf(revoke(id))).toBe("InvalidPermission.NotFound");
    const { GroupId } = await b.ec2.send(new CreateSecurityGroupCommand({ GroupName: "x", Description: "x" }));
    const { Return, UnknownIpPermissions } = await revoke(GroupId!);
    expect([Return, UnknownIpPermissions!.length]).toEqual([true, 1]);
  });

  it("trap 11: are replaced as a whole by a modification, which keeps the id", async () => {
    const id = await create("web");
    const { SecurityGroupRules } = await allow(id, { ...tcp(80), IpRanges: [{ CidrIp: "10.0.0.0/8", Description: "http" }] }, tcp(81));
    const SecurityGroupRuleId = SecurityGroupRules![0]!.SecurityGroupRuleId!;
    const modify = (SecurityGroupRule: object) =>
      b.ec2.send(new ModifySecurityGroupRulesCommand({ GroupId: id, SecurityGroupRules: [{ SecurityGroupRuleId, SecurityGroupRule }] }));
    await modify({ IpProtocol: "tcp", FromPort: 8080, ToPort: 8080, CidrIpv4: "10.9.0.0/16" });
    expect((await rules(id))[1]).toBe("in tcp 8080-8080 10.9.0.0/16");
    expect(await codeOf(modify({ IpProtocol: "tcp", FromPort: 81, ToPort: 81, CidrIpv4: "10.0.0.0/8" }))).toBe(
      "InvalidPermission.Duplicate",
    );
    expect(await codeOf(modify({ IpProtocol: "tcp", FromPort: 81, ToPort: 81, CidrIpv6: "::/0" }))).toBe("InvalidParameterValue");
  });

  it("have descriptions that change by value or by id", async () => {
    const id = await create("web");
    const { SecurityGroupRules } = await allow(id, tcp(80), tcp(81));
    const SecurityGroupRuleId = SecurityGroupRules![1]!.SecurityGroupRuleId!;
    await b.ec2.send(
      new UpdateSecurityGroupRuleDescriptionsIngressCommand({
        GroupId: id,
        IpPermissions: [{ ...tcp(80), IpRanges: [{ CidrIp: "10.0.0.0/8", Description: "one" }] }],
      }),
    );
    await b.ec2.send(
      new UpdateSecurityGroupRuleDescriptionsIngressCommand({
        GroupId: id,
        SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId, Description: "two" }],
      }),
    );
    expect((await rules(id)).slice(1)).toEqual(["in tcp 80-80 10.0.0.0/8 one", "in tcp 81-81 10.0.0.0/8 two"]);
  });

  it("of egress once edited are left alone by IPv6", async () => {
    const id = await create("web");
    await b.ec2.send(
      new RevokeSecurityGroupEgressCommand({ GroupId: id, IpPermissions: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }] }),
    );
    await b.ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId: id, IpPermissions: [tcp(443, "0.0.0.0/0")] }));
    expect(await rules(id)).toEqual(["out tcp 443-443 0.0.0.0/0"]);
  });
});
