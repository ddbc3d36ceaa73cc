import {
  AssociateVpcCidrBlockCommand,
  CreateVpcCommand,
  DeleteTagsCommand,
  DeleteVpcCommand,
  DescribeCarrierGatewaysCommand,
  DescribeEgressOnlyInternetGatewaysCommand,
  DescribeInternetGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  DescribeVpnGatewaysCommand,
  DisassociateVpcCidrBlockCommand,
  ModifyVpcAttributeCommand,
  ModifyVpcTenancyCommand,
  type Vpc as AwsVpc,
} from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, it } from "vitest";
import { vpc } from "../../src/kinds/vpc/vpc.ts";
import type { Vpc } from "../../src/kinds/vpc/schema.ts";
import { identity, mockedEc2, refusal, runOf, scope, sent, resourceIndexOf, type MockedEc2 } from "./mocked-ec2.ts";

const driver = await vpc.load();
let aws: MockedEc2["aws"];
let ec2: MockedEc2["ec2"];
let clock: MockedEc2["clock"];
beforeEach(async () => ({ aws, ec2, clock } = await mockedEc2()));

const ours = [
  { Key: "infra:project", Value: "lab" },
  { Key: "infra:environment", Value: "dev" },
];

function found(more: Partial<AwsVpc> = {}): AwsVpc {
  return {
    VpcId: "vpc-1",
    CidrBlock: "10.0.0.0/16",
    State: "available",
    InstanceTenancy: "default",
    OwnerId: "123456789012",
    Tags: ours,
    ...more,
  };
}

function range(CidrBlock: string, State: string, AssociationId = `a-${CidrBlock}`, StatusMessage?: string) {
  return { CidrBlock, AssociationId, CidrBlockState: { State, StatusMessage } } as never;
}

/** Makes DescribeVpcs return these answers one after the other, and then always the last. The flags are AWS's defaults. */
function shows(...answers: AwsVpc[]) {
  const described = ec2.on(DescribeVpcsCommand);
  for (const answer of answers.slice(0, -1)) described.resolvesOnce({ Vpcs: [answer] });
  described.resolves({ Vpcs: [answers.at(-1)!] });
  ec2.on(DescribeVpcAttributeCommand, { Attribute: "enableDnsSupport" }).resolves({ EnableDnsSupport: { Value: true } });
  ec2.on(DescribeVpcAttributeCommand, { Attribute: "enableDnsHostnames" }).resolves({ EnableDnsHostnames: { Value: false } });
}

async function get() {
  return (await driver.get(aws, ["vpc-1"], scope)).get("vpc-1")!;
}

async function listed() {
  const lives = [];
  for await (const live of driver.list(aws, scope)) lives.push(live);
  return lives;
}

describe("reading", () => {
  it("tells DNS flags and complete further ranges, at two calls besides the list", async () => {
    shows(
      found({
        CidrBlockAssociationSet: [
          range("10.0.0.0/16", "associated"),
          range("10.1.0.0/16", "associated"),
          range("10.2.0.0/16", "associating"),
          range("10.3.0.0/16", "disassociated"),
        ],
      }),
    );
    const [live] = await listed();
    expect(live!.spec).toEqual({
      cidrBlock: "10.0.0.0/16",
      secondaryCidrBlocks: ["10.1.0.0/16"],
      ipv6: "none",
      instanceTenancy: "default",
      enableDnsSupport: true,
      enableDnsHostnames: false,
    });
    expect(Object.keys(live!.handle.secondary)).toEqual(["10.1.0.0/16", "10.2.0.0/16"]);
    expect(sent(ec2).map(({ name }) => name)).toEqual(["DescribeVpcs", "DescribeVpcAttribute", "DescribeVpcAttribute"]);
    expect(vpc.readCost({ ours: 1, account: 1 })).toBe(3);
  });

  it("spends no call on the flags of another project's VPC", async () => {
    shows(found({ Tags: [{ Key: "infra:project", Value: "other" }] }));
    expect((await listed())[0]!.spec).not.toHaveProperty("enableDnsSupport");
    expect(sent(ec2)).toHaveLength(1);
  });

  it("takes a VPC for pending until its flags can be read", async () => {
    shows(found());
    ec2.on(DescribeVpcAttributeCommand).rejects(refusal("InvalidVpcID.NotFound"));
    expect((await get()).state).toBe("pending");
    shows(found({ State: "pending" }));
    expect((await get()).state).toBe("pending");
  });

  it("fails when the flags may not be read", async () => {
    shows(found());
    ec2.on(DescribeVpcAttributeCommand).rejects(refusal("UnauthorizedOperation"));
    await expect(listed()).rejects.toMatchObject({ class: "auth", operation: "DescribeVpcAttribute" });
  });

  it("asks for at most 200 ids a filter", async () => {
    ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [] });
    await driver.get(
      aws,
      Array.from({ length: 401 }, (_, i) => `vpc-${i}`),
      scope,
    );
    expect(sent(ec2).map(({ input }) => (input as { Filters: { Values: string[] }[] }).Filters[0]!.Values.length)).toEqual([200, 200, 1]);
  });

  it("finds by all tags, of one owner", async () => {
    ec2.on(DescribeVpcsCommand).resolves({
      Vpcs: [
        found({ VpcId: "vpc-1", Tags: [{ Key: "Name", Value: "a*b" }] }),
        found({ VpcId: "vpc-2", Tags: [{ Key: "Name", Value: "axb" }] }),
        found({ VpcId: "vpc-3", Tags: [{ Key: "Name", Value: "a*b" }], OwnerId: "999999999999" }),
      ],
    });
    expect(await driver.find!(aws, { Name: "a*b" }, undefined)).toEqual(["vpc-1"]);
    expect(await driver.find!(aws, { Name: "a*b" }, "999999999999")).toEqual(["vpc-3"]);
    expect(sent(ec2)[0]!.input).toMatchObject({ Filters: [{ Name: "tag:Name", Values: ["a\\*b"] }] });
  });
});

describe("creating", () => {
  it("tags in the call, and sends it once: a lost answer is for the engine to resolve", async () => {
    ec2.on(CreateVpcCommand).rejects(refusal("InternalError"));
    await expect(driver.create(aws, { cidrBlock: "10.0.0.0/16" }, identity())).rejects.toMatchObject({ class: "ambiguous" });
    expect(sent(ec2)).toEqual([
      {
        name: "CreateVpc",
        input: { CidrBlock: "10.0.0.0/16", InstanceTenancy: "default", TagSpecifications: [{ ResourceType: "vpc", Tags: ours }] },
      },
    ]);
  });
});

describe("attributes", () => {
  const write = async (changes: object) => {
    shows(found());
    const live = await get();
    ec2.resetHistory();
    ec2.on(ModifyVpcAttributeCommand).resolves({});
    ec2.on(ModifyVpcTenancyCommand).resolves({});
    await driver.update!(aws, "attributes", live, { cidrBlock: "10.0.0.0/16" }, changes, runOf(clock, get));
    return sent(ec2).map(({ input }) => input);
  };

  it("one for each call, support first where DNS stays on", async () => {
    expect(await write({ enableDnsSupport: { before: false, after: true }, enableDnsHostnames: { before: false, after: true } })).toEqual([
      { VpcId: "vpc-1", EnableDnsSupport: { Value: true } },
      { VpcId: "vpc-1", EnableDnsHostnames: { Value: true } },
    ]);
  });

  it("support last where it goes off", async () => {
    expect(await write({ enableDnsSupport: { before: true, after: false }, enableDnsHostnames: { before: true, after: false } })).toEqual([
      { VpcId: "vpc-1", EnableDnsHostnames: { Value: false } },
      { VpcId: "vpc-1", EnableDnsSupport: { Value: false } },
    ]);
  });

  it("leaves dedicated tenancy in place, and enters it by a new VPC only", async () => {
    expect(await write({ instanceTenancy: { before: "dedicated", after: "default" } })).toEqual([
      { VpcId: "vpc-1", InstanceTenancy: "default" },
    ]);
    const change = vpc.fields.instanceTenancy.change as (was: string, now: string) => unknown;
    expect([change("dedicated", "default"), change("default", "dedicated")]).toEqual(["update", "replace"]);
  });
});

describe("further ranges", () => {
  const request: Vpc = { cidrBlock: "10.0.0.0/16", secondaryCidrBlocks: ["10.1.0.0/16"] };
  const set = async (found = get()) => {
    const live = await found;
    await driver.update!(aws, "ranges", live, request, {}, runOf(clock, get));
    await driver.shrink!(aws, "ranges", live, request, runOf(clock, get));
  };

  it("waits for additions before it removes the rest", async () => {
    const old = range("10.9.0.0/16", "associated");
    const first = found({ CidrBlockAssociationSet: [old] });
    shows(
      first,
      found({ CidrBlockAssociationSet: [old, range("10.1.0.0/16", "associating")] }),
      found({ CidrBlockAssociationSet: [old, range("10.1.0.0/16", "associated")] }),
      found({ CidrBlockAssociationSet: [range("10.1.0.0/16", "associated")] }),
    );
    ec2.on(AssociateVpcCidrBlockCommand).resolves({});
    ec2.on(DisassociateVpcCidrBlockCommand).resolves({});
    await set();
    const calls = sent(ec2)
      .filter(({ name }) => name !== "DescribeVpcAttribute")
      .map(({ name }) => name);
    expect(calls).toEqual([
      "DescribeVpcs",
      "AssociateVpcCidrBlock",
      "DescribeVpcs",
      "DescribeVpcs",
      "DisassociateVpcCidrBlock",
      "DescribeVpcs",
    ]);
  });

  it("takes a refusal for success when the range is there: the answer before was lost", async () => {
    shows(found(), found({ CidrBlockAssociationSet: [range("10.1.0.0/16", "associated")] }));
    ec2.on(AssociateVpcCidrBlockCommand).rejects(refusal("InvalidVpc.Range"));
    await set();
    shows(found());
    await expect(set()).rejects.toMatchObject({ code: "InvalidVpc.Range" });
  });

  it("does not wait for subnets that are in a range which is to go, and names them", async () => {
    shows(found({ CidrBlockAssociationSet: [range("10.1.0.0/16", "associated"), range("10.9.0.0/16", "associated")] }));
    ec2.on(DisassociateVpcCidrBlockCommand).rejects(refusal("DependencyViolation"));
    ec2.on(DescribeSubnetsCommand).resolves({
      Subnets: [
        { SubnetId: "subnet-1", CidrBlock: "10.9.3.0/24" },
        { SubnetId: "subnet-2", CidrBlock: "10.0.3.0/24" },
      ],
    });
    await expect(set()).rejects.toThrow("10.9.0.0/16 cannot be removed from vpc-1 while subnet-1 (10.9.3.0/24) is in it");
    ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [] });
    await expect(set()).rejects.toMatchObject({ code: "DependencyViolation" });
  });

  it("says why AWS gave up on a range", async () => {
    shows(found(), found({ CidrBlockAssociationSet: [range("10.1.0.0/16", "failing", "a", "no room")] }));
    ec2.on(AssociateVpcCidrBlockCommand).resolves({});
    await expect(set()).rejects.toThrow("AWS could not add 10.1.0.0/16 to vpc-1: no room");
  });
});

describe("deleting", () => {
  it("a missing one is done, one in use is reported", async () => {
    shows(found());
    const live = await get();
    ec2.on(DeleteVpcCommand).rejectsOnce(refusal("InvalidVpcID.NotFound")).rejects(refusal("DependencyViolation"));
    await driver.delete(aws, live, runOf(clock, get));
    await expect(driver.delete(aws, live, runOf(clock, get))).rejects.toMatchObject({ class: "dependency" });
  });

  it("never deletes the account's default VPC; it only loses our tags", async () => {
    shows(found({ IsDefault: true }));
    ec2.on(DeleteTagsCommand).resolves({});
    const run = runOf(clock, get);
    await driver.delete(aws, await get(), run);
    expect(sent(ec2).map(({ name }) => name)).not.toContain("DeleteVpc");
    expect(ec2.commandCalls(DeleteTagsCommand)[0]!.args[0].input.Tags).toContainEqual({ Key: "infra:environment" });
    expect(run.said).toEqual(["the account's default VPC is kept; only infra's tags were removed from it"]);
  });

  it("names the blockers, but not the objects that are deleted with the VPC", async () => {
    shows(found());
    ec2.on(DescribeNetworkInterfacesCommand).resolves({
      NetworkInterfaces: [
        {
          VpcId: "vpc-1",
          NetworkInterfaceId: "eni-1",
          Description: "ELB app/web/50dc6c495c0c9188",
          RequesterManaged: true,
          RequesterId: "amazon-elb",
        },
        { VpcId: "vpc-1", NetworkInterfaceId: "eni-2", Description: "AWS Lambda VPC ENI-report", InterfaceType: "lambda" },
        { VpcId: "vpc-1", NetworkInterfaceId: "eni-3", Attachment: { InstanceId: "i-1" }, Description: "anything" },
        { VpcId: "vpc-1", NetworkInterfaceId: "eni-4", InterfaceType: "interface", Status: "available" },
      ],
    });
    ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [{ SubnetId: "subnet-1", CidrBlock: "10.0.1.0/24" }] });
    ec2.on(DescribeSecurityGroupsCommand).resolves({
      SecurityGroups: [
        { GroupId: "sg-1", GroupName: "default" },
        { GroupId: "sg-2", GroupName: "web" },
      ],
    });
    ec2
      .on(DescribeRouteTablesCommand)
      .resolves({ RouteTables: [{ RouteTableId: "rtb-1", Associations: [{ Main: true }] }, { RouteTableId: "rtb-2" }] });
    ec2.on(DescribeInternetGatewaysCommand).resolves({ InternetGateways: [] });
    ec2.on(DescribeNetworkAclsCommand).resolves({ NetworkAcls: [{ NetworkAclId: "acl-1", IsDefault: true }, { NetworkAclId: "acl-2" }] });
    ec2.on(DescribeVpcEndpointsCommand).resolves({
      VpcEndpoints: [
        { VpcEndpointId: "vpce-1", ServiceName: "com.amazonaws.eu-west-1.s3", State: "Available" },
        { VpcEndpointId: "vpce-2", ServiceName: "com.amazonaws.eu-west-1.ssm", State: "Deleting" },
      ],
    });
    ec2.on(DescribeEgressOnlyInternetGatewaysCommand).resolves({
      EgressOnlyInternetGateways: [
        { EgressOnlyInternetGatewayId: "eigw-1", Attachments: [{ VpcId: "vpc-1", State: "attached" }] },
        { EgressOnlyInternetGatewayId: "eigw-2", Attachments: [{ VpcId: "vpc-2", State: "attached" }] },
      ],
    });
    ec2.on(DescribeCarrierGatewaysCommand).resolves({
      CarrierGateways: [
        { CarrierGatewayId: "cagw-1", State: "available" },
        { CarrierGatewayId: "cagw-2", State: "deleting" },
      ],
    });
    ec2.on(DescribeVpcPeeringConnectionsCommand).resolves({ VpcPeeringConnections: [] });
    ec2.on(DescribeVpnGatewaysCommand).resolves({ VpnGateways: [] });
    expect((await driver.blockers!(aws, [await get()])).get("vpc-1")).toEqual([
      {
        id: "eni-1",
        owner: "loadbalancer/app/web/50dc6c495c0c9188",
        what: "network interface of ELB app/web/50dc6c495c0c9188 (amazon-elb)",
      },
      {
        id: "eni-2",
        what: "network interface of Lambda function report, which AWS removes up to 45 minutes after the function is deleted",
        holder: "eni-2",
      },
      { id: "eni-3", what: "network interface of instance i-1", holder: "i-1" },
      { id: "eni-4", what: "network interface of type interface, available", holder: "eni-4" },
      { id: "subnet-1", what: "subnet 10.0.1.0/24", holder: "subnet-1" },
      { id: "sg-2", what: 'security group "web"', holder: "sg-2" },
      { id: "rtb-2", what: "route table", holder: "rtb-2" },
      { id: "acl-2", what: "network ACL", holder: "acl-2" },
      { id: "vpce-1", what: "VPC endpoint of com.amazonaws.eu-west-1.s3", holder: "vpce-1" },
      { id: "eigw-1", what: "egress-only internet gateway, attached", holder: "eigw-1" },
      { id: "cagw-1", what: "carrier gateway", holder: "cagw-1" },
    ]);
  });
});

describe("checking", () => {
  const check = (spec: object) => {
    const index = resourceIndexOf({ address: "vpc/a", spec: spec as never });
    return vpc.check!(index.subject("vpc/a"), index).map(({ code, path, severity }) => [code, path, severity].filter(Boolean).join(" "));
  };

  it.each([
    [{ cidrBlock: "10.0.0.0/16" }, []],
    [{ cidrBlock: "10.0.0.0/8" }, ["cidr-size cidrBlock"]],
    [{ cidrBlock: "10.0.0.0/29" }, ["cidr-size cidrBlock"]],
    [{ cidrBlock: "10.0.0.0/16", secondaryCidrBlocks: ["10.0.128.0/17"] }, ["cidr-overlap secondaryCidrBlocks[0]"]],
    [{ cidrBlock: "10.0.0.0/16", secondaryCidrBlocks: ["10.1.0.0/16", "10.1.0.0/20"] }, ["cidr-overlap secondaryCidrBlocks[1]"]],
    [{ cidrBlock: "10.0.0.0/16", enableDnsHostnames: true, enableDnsSupport: false }, ["conflict enableDnsHostnames"]],
    [
      { cidrBlock: "10.0.0.0/16", secondaryCidrBlocks: [1, 2, 3, 4, 5].map((i) => `10.${i}.0.0/16`) },
      ["quota secondaryCidrBlocks warning"],
    ],
    [{ cidrBlock: "10.0.0.0/16", secondaryCidrBlocks: ["100.64.0.0/16", "52.10.0.0/16"] }, []],
    [{ cidrBlock: "10.0.0.0/16", secondaryCidrBlocks: ["172.16.0.0/16"] }, ["cidr-mixed secondaryCidrBlocks[0] warning"]],
    [{ cidrBlock: "172.16.0.0/16", secondaryCidrBlocks: ["172.31.0.0/16"] }, []],
    [
      { cidrBlock: "192.168.0.0/17", secondaryCidrBlocks: ["192.168.128.0/17", "198.19.0.0/16"] },
      ["cidr-mixed secondaryCidrBlocks[1] warning"],
    ],
    [{ cidrBlock: "nonsense" }, []],
    [{ cidrBlock: "10.0.0.0/16", ipv6: { pool: "ipam-pool-0123456789abcdef0", netmaskLength: 56 } }, []],
    [
      { cidrBlock: "10.0.0.0/16", ipv6: { pool: "ipam-pool-0123456789abcdef0", netmaskLength: 56, cidrBlock: "2001:db8::/56" } },
      ["conflict ipv6.netmaskLength"],
    ],
    [{ cidrBlock: "10.0.0.0/16", ipv6: { pool: "ipv6pool-ec2-0123456789abcdef0" } }, ["missing-field ipv6"]],
    [
      { cidrBlock: "10.0.0.0/16", ipv6: { pool: "ipv6pool-ec2-0123456789abcdef0", cidrBlock: "2001:db8::/56", netmaskLength: 56 } },
      ["conflict ipv6.netmaskLength"],
    ],
  ])("%j: %j", (spec, problems) => expect(check(spec)).toEqual(problems));

  it("warns once of more VPCs than AWS allows", () => {
    const index = resourceIndexOf(...[1, 2, 3, 4, 5, 6, 7].map((i) => ({ address: `vpc/${i}`, spec: { cidrBlock: `10.${i}.0.0/16` } })));
    const problems = index
      .of("vpc")
      .flatMap((one) => vpc.check!(one, index).map((problem) => `${one.address} ${problem.code} ${problem.severity}`));
    expect(problems).toEqual(["vpc/6 quota warning"]);
  });
});
