import {
  AllocateAddressCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DescribeNetworkInterfacesCommand,
  DetachInternetGatewayCommand,
  ReleaseAddressCommand,
} from "@aws-sdk/client-ec2";
import {
  AddTagsCommand,
  CreateLoadBalancerCommand,
  DeleteLoadBalancerCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  ModifyLoadBalancerAttributesCommand,
  RemoveTagsCommand,
  SetIpAddressTypeCommand,
  SetSecurityGroupsCommand,
  SetSubnetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { beforeEach, describe, expect, it } from "vitest";
import { codeOf, elbTestbed, type ElbTestbed } from "./elb.ts";

let b: ElbTestbed;
beforeEach(async () => void (b = await elbTestbed()));

const look = async (arn: string) => (await b.elb.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }))).LoadBalancers![0]!;
const interfaces = async () =>
  (await b.ec2.send(new DescribeNetworkInterfacesCommand({ Filters: [{ Name: "description", Values: ["ELB *"] }] }))).NetworkInterfaces!;
const setAttribute = (LoadBalancerArn: string, Key: string, Value: string) =>
  b.elb.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes: [{ Key, Value }] }));

describe("a load balancer", () => {
  it("takes minutes to be active, and stands with an interface in each subnet", async () => {
    const arn = await b.balancer();
    expect(await look(arn)).toMatchObject({
      State: { Code: "provisioning" },
      Type: "application",
      Scheme: "internet-facing",
      VpcId: b.vpc,
      IpAddressType: "ipv4",
      SecurityGroups: [b.group],
    });
    expect((await look(arn)).DNSName).toMatch(/^web-\d+\.ap-northeast-2\.elb\.amazonaws\.com$/);
    b.pass(300);
    expect((await look(arn)).State).toEqual({ Code: "active" });
    const path = arn.split(":loadbalancer/")[1];
    expect(await interfaces()).toMatchObject([
      { Description: `ELB ${path}`, RequesterId: "amazon-elb", RequesterManaged: true },
      { Description: `ELB ${path}` },
    ]);
  });

  it("is the same when it is asked for again, and another when the settings differ", async () => {
    const arn = await b.balancer();
    expect(await b.balancer({ Tags: [{ Key: "other", Value: "x" }] })).toBe(arn);
    const { TagDescriptions } = await b.elb.send(new DescribeTagsCommand({ ResourceArns: [arn] }));
    expect(TagDescriptions![0]!.Tags).toEqual([]);
    expect(await codeOf(b.balancer({ Scheme: "internal" }))).toBe("DuplicateLoadBalancerName");
  });

  it.each([
    ["one subnet", { Subnets: ["a"] }, "ValidationError"],
    ["an unknown subnet", { Subnets: ["a", "subnet-00000000000000000"] }, "SubnetNotFound"],
    ["an unknown group", { SecurityGroups: ["sg-00000000000000000"] }, "InvalidSecurityGroup"],
    ["a name that begins with internal-", { Name: "internal-web" }, "ValidationError"],
    ["a name that ends with a hyphen", { Name: "web-" }, "ValidationError"],
    ["a name that is too long", { Name: "w".repeat(33) }, "ValidationError"],
    [
      "fixed addresses on an application balancer",
      { Subnets: undefined, SubnetMappings: [{ SubnetId: "a", AllocationId: "eipalloc-1" }, { SubnetId: "c" }] },
      "InvalidConfigurationRequest",
    ],
    ["a gateway balancer, which is not modelled", { Type: "gateway" }, "NotImplemented"],
    ["a parameter that is not modelled", { CustomerOwnedIpv4Pool: "pool" }, "NotImplemented"],
  ])("is refused for %s", async (_what, more, code) => {
    const named = (id: string) => (id === "a" ? b.subnets[0] : id === "c" ? b.subnets[1] : id);
    const input = structuredClone(more) as { Subnets?: string[]; SubnetMappings?: { SubnetId: string }[] };
    if (input.Subnets) input.Subnets = input.Subnets.map(named);
    for (const mapping of input.SubnetMappings ?? []) mapping.SubnetId = named(mapping.SubnetId);
    expect(await codeOf(b.balancer(input))).toBe(code);
    expect(await interfaces()).toEqual([]);
  });

  it("is refused for two subnets of one zone, and for a VPC without a gateway", async () => {
    const twin = (
      await b.ec2.send(new CreateSubnetCommand({ VpcId: b.vpc, CidrBlock: "10.0.20.0/24", AvailabilityZone: "ap-northeast-2a" }))
    ).Subnet!.SubnetId!;
    expect(await codeOf(b.balancer({ Subnets: [b.subnets[0], twin, b.subnets[1]] }))).toBe("InvalidConfigurationRequest");
    const VpcId = (await b.ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }))).Vpc!.VpcId!;
    b.pass(5);
    const Subnets = await Promise.all(
      ["a", "c"].map(
        async (zone, i) =>
          (await b.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: `10.9.${i}.0/24`, AvailabilityZone: `ap-northeast-2${zone}` })))
            .Subnet!.SubnetId!,
      ),
    );
    expect(await codeOf(b.balancer({ Subnets, SecurityGroups: undefined }))).toBe("InvalidSubnet");
    expect(await codeOf(b.balancer({ Subnets, SecurityGroups: undefined, Scheme: "internal" }))).toBe("succeeded");
  });

  it("is refused where a subnet is short of addresses", async () => {
    const subnet = async (CidrBlock: string) =>
      (await b.ec2.send(new CreateSubnetCommand({ VpcId: b.vpc, CidrBlock, AvailabilityZone: "ap-northeast-2b" }))).Subnet!.SubnetId!;
    const tiny = await subnet("10.0.30.0/28");
    expect(await codeOf(b.balancer({ Subnets: [b.subnets[0], tiny] })), "a /28 has 11 free addresses, but is too small").toBe(
      "InvalidSubnet",
    );
    expect(await codeOf(b.balancer({ Name: "net", Type: "network", Subnets: [tiny] }))).toBe("succeeded");
    const small = await subnet("10.0.31.0/27"); // 27 free addresses
    for (let i = 0; i < 20; i++) await b.machine(small);
    expect(await codeOf(b.balancer({ Subnets: [b.subnets[0], small] })), "7 are free").toBe("InvalidSubnet");
  });

  it.each([
    ["access_logs", "logs-one", "succeeded"],
    ["access_logs", "nobody-has-this", "InvalidConfigurationRequest"],
    ["connection_logs", "nobody-has-this", "InvalidConfigurationRequest"],
  ])("writes its %s to the bucket %s: %s", async (log, bucket, code) => {
    const LoadBalancerArn = await b.balancer();
    const Attributes = [
      { Key: `${log}.s3.enabled`, Value: "true" },
      { Key: `${log}.s3.bucket`, Value: bucket },
    ];
    expect(await codeOf(b.elb.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes })))).toBe(code);
  });

  it.each([{ Scheme: "public" }, { Type: "classic" }, { IpAddressType: "ipv5" }])("is refused with %j", async (more) =>
    expect(await codeOf(b.balancer(more))).toBe("ValidationError"),
  );

  it("holds its group, subnets and gateway until minutes after it was deleted", async () => {
    const arn = await b.balancer();
    b.pass(300);
    const inTheWay = async () => [
      await codeOf(b.ec2.send(new DeleteSecurityGroupCommand({ GroupId: b.group }))),
      await codeOf(b.ec2.send(new DeleteSubnetCommand({ SubnetId: b.subnets[1] }))),
      await codeOf(b.ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId: b.gateway, VpcId: b.vpc }))),
    ];
    expect(await inTheWay()).toEqual(["DependencyViolation", "DependencyViolation", "DependencyViolation"]);
    await b.elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: arn }));
    expect(await codeOf(look(arn))).toBe("LoadBalancerNotFound");
    b.pass(60);
    expect(await inTheWay()).toEqual(["DependencyViolation", "DependencyViolation", "DependencyViolation"]);
    b.pass(300);
    expect(await inTheWay()).toEqual(["succeeded", "succeeded", "succeeded"]);
    expect(await codeOf(b.elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: arn })))).toBe("succeeded");
  });

  it("is not deleted while it is protected", async () => {
    const arn = await b.balancer();
    await setAttribute(arn, "deletion_protection.enabled", "true");
    expect(await codeOf(b.elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: arn })))).toBe("OperationNotPermitted");
    await setAttribute(arn, "deletion_protection.enabled", "false");
    expect(await codeOf(b.elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: arn })))).toBe("succeeded");
  });

  it("moves to other subnets and groups of its VPC", async () => {
    const arn = await b.balancer();
    const third = (
      await b.ec2.send(new CreateSubnetCommand({ VpcId: b.vpc, CidrBlock: "10.0.40.0/24", AvailabilityZone: "ap-northeast-2b" }))
    ).Subnet!.SubnetId!;
    await b.elb.send(new SetSubnetsCommand({ LoadBalancerArn: arn, Subnets: [b.subnets[0], third] }));
    expect((await look(arn)).AvailabilityZones!.map((zone) => zone.SubnetId).sort()).toEqual([b.subnets[0], third].sort());
    expect(await codeOf(b.elb.send(new SetSubnetsCommand({ LoadBalancerArn: arn, Subnets: [third] })))).toBe("ValidationError");
    await b.elb.send(new SetSecurityGroupsCommand({ LoadBalancerArn: arn, SecurityGroups: [b.defaultGroup] }));
    expect((await look(arn)).SecurityGroups).toEqual([b.defaultGroup]);
    b.pass(300);
    expect(await codeOf(b.ec2.send(new DeleteSecurityGroupCommand({ GroupId: b.group })))).toBe("succeeded");
  });

  it("is dual-stack only where its subnets have IPv6", async () => {
    const arn = await b.balancer();
    expect(await codeOf(b.elb.send(new SetIpAddressTypeCommand({ LoadBalancerArn: arn, IpAddressType: "dualstack" })))).toBe(
      "ValidationError",
    );
    expect(await codeOf(b.balancer({ Name: "six", IpAddressType: "dualstack" }))).toBe("ValidationError");
    const { IpAddressType } = await b.elb.send(new SetIpAddressTypeCommand({ LoadBalancerArn: arn, IpAddressType: "ipv4" }));
    expect(IpAddressType).toBe("ipv4");
  });

  it("lists its attributes with all the defaults, as texts, and takes only those of its type", async () => {
    const arn = await b.balancer();
    const { Attributes = [] } = await b.elb.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: arn }));
    const texts = Object.fromEntries(Attributes.map(({ Key, Value }) => [Key, Value]));
    expect(texts).toMatchObject({
      "idle_timeout.timeout_seconds": "60",
      "routing.http2.enabled": "true",
      "load_balancing.cross_zone.enabled": "true",
      "ipv6.deny_all_igw_traffic": "false",
    });
    expect(Attributes.length).toBeGreaterThan(20);
    expect(await codeOf(setAttribute(arn, "dns_record.client_routing_policy", "any_availability_zone"))).toBe("ValidationError");
    expect(await codeOf(setAttribute(arn, "idle_timeout.timeout_seconds", "4001"))).toBe("ValidationError");
    expect(await codeOf(setAttribute(arn, "load_balancing.cross_zone.enabled", "false"))).toBe("InvalidConfigurationRequest");
    expect(await codeOf(setAttribute(arn, "access_logs.s3.enabled", "true"))).toBe("InvalidConfigurationRequest");
  });

  it("fails when that is asked for", async () => {
    b = await elbTestbed({ faults: { events: ["elbv2:loadBalancerFails"] } });
    const arn = await b.balancer();
    b.pass(300);
    expect((await look(arn)).State).toMatchObject({ Code: "failed", Reason: expect.stringContaining("InternalError") });
  });
});

describe("a network load balancer", () => {
  const net = (more: object = {}) => b.balancer({ Type: "network", SecurityGroups: undefined, ...more });

  it("without security groups can never get any, and one with cannot lose them all", async () => {
    const bare = await net();
    expect(bare).toContain(":loadbalancer/net/web/");
    expect(await codeOf(b.elb.send(new SetSecurityGroupsCommand({ LoadBalancerArn: bare, SecurityGroups: [b.group] })))).toBe(
      "InvalidConfigurationRequest",
    );
    const grouped = await net({ Name: "grouped", SecurityGroups: [b.group] });
    expect(await codeOf(b.elb.send(new SetSecurityGroupsCommand({ LoadBalancerArn: grouped, SecurityGroups: [b.defaultGroup] })))).toBe(
      "succeeded",
    );
  });

  it("stands in one zone if need be, and provisions again after a change", async () => {
    const arn = await net({ Subnets: [b.subnets[0]] });
    b.pass(600);
    expect((await look(arn)).State).toEqual({ Code: "active" });
    await b.elb.send(new SetSubnetsCommand({ LoadBalancerArn: arn, Subnets: [...b.subnets] }));
    expect((await look(arn)).State).toEqual({ Code: "provisioning" });
    b.pass(60);
    expect((await look(arn)).State).toEqual({ Code: "active" });
  });

  it("holds its Elastic IPs, and gives them back minutes after it was deleted", async () => {
    const AllocationId = (await b.ec2.send(new AllocateAddressCommand({ Domain: "vpc" }))).AllocationId!;
    const arn = await net({ Subnets: undefined, SubnetMappings: [{ SubnetId: b.subnets[0], AllocationId }] });
    expect((await look(arn)).AvailabilityZones![0]!.LoadBalancerAddresses).toMatchObject([{ AllocationId, IpAddress: expect.any(String) }]);
    expect(await codeOf(net({ Name: "thief", Subnets: undefined, SubnetMappings: [{ SubnetId: b.subnets[0], AllocationId }] }))).toBe(
      "ResourceInUse",
    );
    expect(await codeOf(b.ec2.send(new ReleaseAddressCommand({ AllocationId })))).not.toBe("succeeded");
    await b.elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: arn }));
    b.pass(400);
    expect(await codeOf(b.ec2.send(new ReleaseAddressCommand({ AllocationId })))).toBe("succeeded");
  });
});

describe("listing", () => {
  it("pages, and finds by twenty ARNs or names at most, all or none", async () => {
    for (let i = 0; i < 5; i++) await b.balancer({ Name: `web-${i}` });
    const first = await b.elb.send(new DescribeLoadBalancersCommand({ PageSize: 3 }));
    expect(first.LoadBalancers).toHaveLength(3);
    const second = await b.elb.send(new DescribeLoadBalancersCommand({ PageSize: 3, Marker: first.NextMarker }));
    expect(second.LoadBalancers).toHaveLength(2);
    expect(second.NextMarker).toBeUndefined();
    expect(await codeOf(b.elb.send(new DescribeLoadBalancersCommand({ Names: ["web-0", "nobody"] })))).toBe("LoadBalancerNotFound");
    expect(await codeOf(b.elb.send(new DescribeLoadBalancersCommand({ Names: Array.from({ length: 21 }, (_, i) => `web-${i}`) })))).toBe(
      "ValidationError",
    );
  });
});

describe("tags", () => {
  it("are read twenty ARNs a call, and one that is missing fails the call", async () => {
    const arn = await b.balancer({ Tags: [{ Key: "a", Value: "1" }] });
    const gone = `${arn.slice(0, -1)}${arn.endsWith("0") ? "1" : "0"}`;
    expect((await b.elb.send(new DescribeTagsCommand({ ResourceArns: [arn] }))).TagDescriptions).toEqual([
      { ResourceArn: arn, Tags: [{ Key: "a", Value: "1" }] },
    ]);
    expect(await codeOf(b.elb.send(new DescribeTagsCommand({ ResourceArns: [arn, gone] })))).toBe("LoadBalancerNotFound");
    expect(await codeOf(b.elb.send(new DescribeTagsCommand({ ResourceArns: Array.from({ length: 21 }, () => arn) })))).toBe(
      "ValidationError",
    );
    expect(await codeOf(b.elb.send(new DescribeTagsCommand({ ResourceArns: [] })))).toBe("ValidationError");
  });

  it("come, go, and obey AWS's rules", async () => {
    const arn = await b.balancer({ Tags: [{ Key: "a", Value: "1" }] });
    await b.elb.send(
      new AddTagsCommand({
        ResourceArns: [arn],
        Tags: [
          { Key: "a", Value: "2" },
          { Key: "b", Value: "" },
        ],
      }),
    );
    await b.elb.send(new RemoveTagsCommand({ ResourceArns: [arn], TagKeys: ["a", "unknown"] }));
    expect((await b.elb.send(new DescribeTagsCommand({ ResourceArns: [arn] }))).TagDescriptions![0]!.Tags).toEqual([
      { Key: "b", Value: "" },
    ]);
    const add = (...Tags: { Key: string; Value: string }[]) => codeOf(b.elb.send(new AddTagsCommand({ ResourceArns: [arn], Tags })));
    expect(await add({ Key: "aws:x", Value: "" })).toBe("ValidationError");
    expect(await add({ Key: "x", Value: "1" }, { Key: "x", Value: "2" })).toBe("DuplicateTagKeys");
    expect(await add(...Array.from({ length: 50 }, (_, i) => ({ Key: `k${i}`, Value: "" })))).toBe("TooManyTags");
    expect(
      await codeOf(b.elb.send(new CreateLoadBalancerCommand({ Name: "x", Subnets: [...b.subnets], Tags: [{ Key: "a{", Value: "" }] }))),
    ).toBe("ValidationError");
  });
});
