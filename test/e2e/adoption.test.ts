/** Adopts a VPC, a security group and a route table that another client made, with settings that the file omits. */
import {
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  ModifyVpcAttributeCommand,
  RevokeSecurityGroupEgressCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ours, plain } from "./support/inventory.ts";
import { openMotoTestbed, words, type Testbed } from "./support/testbed.ts";
import { describeOnEach, type Endpoint } from "./support/moto.ts";

interface ByHand {
  readonly vpc: string;
  readonly table: string;
  readonly group: string;
}

describeOnEach("adoption", (start) => {
  let aws: Endpoint;
  beforeAll(async () => {
    aws = await start();
  });
  afterAll(() => aws.stop());

  test.concurrent("writes tags, and leaves rules, routes, settings and the Name as they are", async () => {
    const testbed = await openMotoTestbed(aws);
    const { workshop, account } = testbed;
    const hand = await byHand(testbed);
    workshop.write("environments/legacy.yaml", yaml(hand));
    const before = await testbed.inventory();
    const { result, calls } = await aws.record(account, () => workshop.infra("apply legacy --yes"));
    expect(result.code, result.stderr).toBe(0);
    const written = calls
      .map(({ operation }) => operation)
      .filter((operation) => /^(Create|Modify|Authorize|Revoke|Delete|Replace)/.test(operation));
    expect(new Set(written)).toEqual(new Set(["CreateTags"]));

    const after = await testbed.inventory();
    expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
    const adopted = ours(after, "legacy");
    expect(adopted.map(({ tags }) => tags["infra:resource"]!).sort()).toEqual(["routeTable/public", "securityGroup/web", "vpc/main"]);
    for (const { tags } of adopted) expect(tags["infra:adopted"]).toBe("true");
    expect(adopted.find(({ id }) => id === hand.vpc)!.tags["Name"]).toBe("legacy-prod");
    const untagged = ({ id }: { id: string }) => !Object.values(hand).includes(id);
    expect(plain(after, untagged)).toEqual(plain(before, untagged));

    for (const text of [yaml(hand), yaml(hand).replace(/, adopt: \{[^}]*\}/g, "")]) {
      workshop.write("environments/legacy.yaml", text);
      const again = await workshop.infra("plan legacy --detailed-exitcode");
      expect(again.code, again.stdout).toBe(0);
    }
  });

  test.concurrent("never creates: an id that is not there is an error", async () => {
    const testbed = await openMotoTestbed(aws);
    const { workshop, account } = testbed;
    const hand = { ...(await byHand(testbed)), vpc: "vpc-0123456789abcdef0" };
    workshop.write("environments/legacy.yaml", yaml(hand));
    const { result, calls } = await aws.record(account, () => workshop.infra("apply legacy --yes"));
    expect(result.code).toBe(1);
    expect(words(result.stderr)).toContain(
      "error adopt-missing vpc-0123456789abcdef0 is to be adopted as vpc/main, but there is no such vpc",
    );
    expect(
      calls.map(({ operation }) => operation).filter((operation) => /^(CreateVpc|CreateTags|CreateS|CreateR)/.test(operation)),
    ).toEqual([]);
  });
});

const yaml = ({ vpc, table, group }: ByHand) => `format: 1
project: plumbline
region: ap-northeast-2
vpcs:
  main: { cidrBlock: 10.7.0.0/16, adopt: { id: ${vpc} } }
routeTables:
  public: { vpc: main, adopt: { id: ${table} } }
securityGroups:
  web: { vpc: main, description: Locked, adopt: { id: ${group} } }
`;

/**
 * Makes a network with settings other than the defaults of the kinds: DNS host names on, an internet gateway, and a security group without
 * egress and with port 22 open.
 */
async function byHand({ clients: { ec2 } }: Testbed): Promise<ByHand> {
  const TagSpecifications = [{ ResourceType: "vpc" as const, Tags: [{ Key: "Name", Value: "legacy-prod" }] }];
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.7.0.0/16", TagSpecifications }));
  const VpcId = Vpc!.VpcId!;
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  const GatewayId = InternetGateway!.InternetGatewayId!;
  await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId: GatewayId }));
  const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId }));
  const RouteTableId = RouteTable!.RouteTableId!;
  await ec2.send(new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0", GatewayId }));
  const { GroupId } = await ec2.send(new CreateSecurityGroupCommand({ VpcId, GroupName: "locked", Description: "Locked" }));
  const everything = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
  await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId: GroupId!, IpPermissions: everything }));
  const ssh = [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "10.0.0.0/8" }] }];
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: GroupId!, IpPermissions: ssh }));
  return { vpc: VpcId, table: RouteTableId, group: GroupId! };
}
