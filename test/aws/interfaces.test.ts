/** Network interfaces that block a delete: whose they are, in words for people, and who keeps them. */
import type { NetworkInterface } from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { interfacesIn, interfacesWith, machinesIn, publicInterfacesIn } from "../../src/aws/interfaces.ts";
import type { Blocker } from "../../src/kinds/kind.ts";
import { fakeAws } from "../support/fake-aws.ts";

const aws = (...found: NetworkInterface[]) => fakeAws({ DescribeNetworkInterfaces: { NetworkInterfaces: found } });

/** A network interface in a subnet and in use, as AWS returns it. */
const eni = (more: NetworkInterface): NetworkInterface => ({
  NetworkInterfaceId: "eni-1",
  SubnetId: "subnet-1",
  VpcId: "vpc-1",
  InterfaceType: "interface",
  Status: "in-use",
  Description: "",
  ...more,
});

const elb = { RequesterManaged: true, RequesterId: "amazon-elb" };
const byAws = { RequesterManaged: true };

/** The description, the holder (`-`: nobody, or unknown), and the maker where it may be deleted before the interface. */
const said = ({ what, holder = "-", owner }: Blocker) => `${what} | ${holder}${owner === undefined ? "" : ` | ${owner}`}`;

test.each<[string, NetworkInterface, string]>([
  ["a machine", { Attachment: { InstanceId: "i-1" }, Description: "web" }, "of instance i-1 | i-1"],
  ["one that somebody made for a machine to come", { Status: "available", Description: "spare" }, "of spare | eni-1"],
  ["the same, undescribed", { Status: "available" }, "of type interface, available | eni-1"],
  ["one that is used by something that says nothing", { Description: "spare" }, "of spare | -"],
  ["one that a service has made and not attached", { ...byAws, Status: "available" }, "of type interface, available | -"],
  ["one of which AWS tells little", { InterfaceType: undefined, Status: undefined }, "of type interface, state unknown | -"],
  ["one without a description", { Description: undefined }, "of type interface, in-use | -"],
  ["another type", { InterfaceType: "branch" }, "of type branch, in-use | -"],
  ["one whose maker AWS names", { ...byAws, RequesterId: "amazon-aws" }, "of type interface, in-use (amazon-aws) | -"],
  ["one that is made by a person", { RequesterId: "AIDAEXAMPLE" }, "of type interface, in-use | -"],
  [
    "an application balancer",
    { ...elb, Description: "ELB app/web/50dc6c495c0c9188" },
    "of ELB app/web/50dc6c495c0c9188 (amazon-elb) | - | loadbalancer/app/web/50dc6c495c0c9188",
  ],
  [
    "a network balancer",
    { ...elb, Description: "ELB net/web/50dc6c495c0c9188" },
    "of ELB net/web/50dc6c495c0c9188 (amazon-elb) | - | loadbalancer/net/web/50dc6c495c0c9188",
  ],
  [
    "a gateway balancer",
    { ...elb, Description: "ELB gwy/web/50dc6c495c0c9188" },
    "of ELB gwy/web/50dc6c495c0c9188 (amazon-elb) | - | loadbalancer/gwy/web/50dc6c495c0c9188",
  ],
  ["a classic balancer", { ...elb, Description: "ELB web" }, "of ELB web (amazon-elb) | -"],
  ["a balancer's that is left", { Status: "available", Description: "ELB web" }, "of ELB web | -"],
  ["somebody's who writes of a balancer", { Status: "available", Description: "my ELB app/web/1" }, "of my ELB app/web/1 | eni-1"],
  ["a balancer's with more words", { ...elb, Description: "ELB app/web/1 (old)" }, "of ELB app/web/1 (old) (amazon-elb) | -"],
  [
    "somebody's who writes of a gateway",
    { Description: "no Interface for NAT Gateway nat-1" },
    "of no Interface for NAT Gateway nat-1 | -",
  ],
  ["somebody's who writes of an endpoint", { Description: "no VPC Endpoint Interface vpce-1" }, "of no VPC Endpoint Interface vpce-1 | -"],
  ["somebody's who writes of a mount target", { Description: "no EFS mount target for fs-1" }, "of no EFS mount target for fs-1 | -"],
  ["a NAT gateway", { ...byAws, Description: "Interface for NAT Gateway nat-0a1" }, "of NAT gateway nat-0a1 | - | nat-0a1"],
  [
    "a NAT gateway's that is left",
    { Status: "available", Description: "Interface for NAT Gateway nat-0a1" },
    "of NAT gateway nat-0a1 | - | nat-0a1",
  ],
  ["a database", { ...byAws, RequesterId: "amazon-rds", Description: "RDSNetworkInterface" }, "of a database (RDS) (amazon-rds) | -"],
  ["a database's that is left", { Status: "available", Description: "RDSNetworkInterface" }, "of a database (RDS) | -"],
  ["an endpoint", { ...byAws, Description: "VPC Endpoint Interface vpce-0a1" }, "of VPC endpoint vpce-0a1 | vpce-0a1"],
  ["a mount target", { ...byAws, Description: "EFS mount target for fs-0a1 (fsmt-1)" }, "of an EFS mount target of fs-0a1 | fs-0a1"],
  ["the control plane of a cluster", { Description: "Amazon EKS prod" }, "of EKS cluster prod | -"],
  ["a cluster's pods", { Description: "aws-K8S-i-0a1", Status: "available" }, "of the Kubernetes network plug-in of i-0a1 | eni-1"],
  [
    "a function",
    { ...byAws, InterfaceType: "lambda", Description: "AWS Lambda VPC ENI-orders-6d1f" },
    "of Lambda function orders-6d1f, which AWS removes up to 45 minutes after the function is deleted | eni-1",
  ],
  [
    "a function by its type alone",
    { ...byAws, InterfaceType: "lambda" },
    "of type lambda, in-use, which AWS removes up to 45 minutes after the function is deleted | eni-1",
  ],
  [
    "a function by its description alone",
    { ...byAws, RequesterId: "AROAX:orders", Description: "AWS Lambda VPC ENI-orders-6d1f" },
    "of Lambda function orders-6d1f (AROAX:orders), which AWS removes up to 45 minutes after the function is deleted | eni-1",
  ],
  [
    "a function without its name",
    { ...byAws, RequesterId: "AROAX:orders", Description: "AWS Lambda VPC ENI" },
    "of Lambda function (unnamed) (AROAX:orders), which AWS removes up to 45 minutes after the function is deleted | eni-1",
  ],
])("%s", async (_, found, expected) => {
  const [[one]] = [...(await interfacesIn(aws(eni(found)), "vpc-id", ["vpc-1"])).values()] as [[Blocker]];
  expect(said(one)).toBe(`network interface ${expected}`);
  expect(one.id).toBe("eni-1");
  expect(Object.values(one)).not.toContain(undefined);
});

test("interfaces are found by the place that was asked for, and a place without any has an empty list", async () => {
  const groups = [{ GroupId: "sg-1" }, { GroupId: "sg-2" }, { GroupId: "sg-not-asked" }];
  const way = aws(
    eni({ Groups: groups }),
    eni({ NetworkInterfaceId: "eni-2", SubnetId: "subnet-2", VpcId: "vpc-2", Groups: [groups[0]!] }),
  );
  const found = async (...by: Parameters<typeof interfacesIn> extends [unknown, ...infer R] ? R : never) =>
    [...(await interfacesIn(way, ...by))].map(([id, blockers]) => `${id}: ${blockers.map((one) => one.id).join()}`);
  expect(await found("group-id", ["sg-1", "sg-2", "sg-3"])).toEqual(["sg-1: eni-1,eni-2", "sg-2: eni-1", "sg-3: "]);
  expect(await found("subnet-id", ["subnet-1", "subnet-2"])).toEqual(["subnet-1: eni-1", "subnet-2: eni-2"]);
  expect(await found("vpc-id", ["vpc-2"])).toEqual(["vpc-2: eni-2"]);
});

test("one call asks for up to 200 places, the most that EC2 takes in a filter, and gets up to 1,000 a page", async () => {
  const ids = Array.from({ length: 401 }, (_, i) => `subnet-${i}`);
  for (const ask of [
    (way: ReturnType<typeof aws>) => interfacesIn(way, "subnet-id", ids),
    (way: ReturnType<typeof aws>) => machinesIn(way, ids),
  ]) {
    const way = aws();
    await ask(way);
    expect(way.asked).toEqual(
      [ids.slice(0, 200), ids.slice(200, 400), ids.slice(400)].map((Values) => ({
        operation: "DescribeNetworkInterfaces",
        input: { Filters: [{ Name: "subnet-id", Values }], MaxResults: 1000 },
      })),
    );
  }
  const none = aws();
  expect([...(await interfacesIn(none, "subnet-id", [])), ...(await machinesIn(none, [])), ...none.asked]).toEqual([]);
});

test("all pages are read, also one that says nothing", async () => {
  const page = (id: string) => ({ NetworkInterfaces: [eni({ NetworkInterfaceId: id })] });
  const way = fakeAws({ DescribeNetworkInterfaces: [page("eni-1"), {}, page("eni-2")] });
  expect((await interfacesIn(way, "vpc-id", ["vpc-1"])).get("vpc-1")!.map(({ id }) => id)).toEqual(["eni-1", "eni-2"]);
});

test("interfaces by any filter, with where they lie and their private addresses", async () => {
  const way = aws(
    eni({ PrivateIpAddresses: [{ PrivateIpAddress: "10.0.0.5" }, {}, { PrivateIpAddress: "10.0.0.6" }] }),
    eni({ NetworkInterfaceId: "eni-2", SubnetId: undefined }),
  );
  const filters = [{ Name: "addresses.private-ip-address", Values: ["10.0.0.5"] }];
  const found = await interfacesWith(way, filters);
  expect(found.map(({ blocker, ...rest }) => ({ id: blocker.id, ...rest }))).toEqual([
    { id: "eni-1", subnet: "subnet-1", addresses: ["10.0.0.5", "10.0.0.6"] },
    { id: "eni-2", subnet: undefined, addresses: [] },
  ]);
  expect(way.asked.map(({ input }) => input)).toEqual([{ Filters: filters, MaxResults: 1000 }]);
});

test("an interface with a public address is named by it, since it keeps the internet gateway attached", async () => {
  const way = aws(
    eni({ Attachment: { InstanceId: "i-1" }, Association: { PublicIp: "203.0.113.7" } }),
    eni({ NetworkInterfaceId: "eni-2" }),
  );
  expect(await publicInterfacesIn(way, "vpc-1")).toEqual([
    { id: "eni-1", what: "public address 203.0.113.7 on the network interface of instance i-1", holder: "i-1" },
  ]);
  expect(way.asked.map(({ input }) => input)).toEqual([{ Filters: [{ Name: "vpc-id", Values: ["vpc-1"] }], MaxResults: 1000 }]);
});

test("instances in subnets, with the facts that decide their reachability", async () => {
  const way = aws(
    eni({
      Attachment: { InstanceId: "i-1" },
      Groups: [{ GroupId: "sg-1" }, { GroupId: "sg-2" }],
      PrivateIpAddress: "10.0.0.5",
      PrivateIpAddresses: [{ PrivateIpAddress: "10.0.0.5" }],
      Association: { PublicIp: "203.0.113.7" },
      Ipv6Addresses: [{ Ipv6Address: "2001:db8::5" }, {}],
    }),
    eni({ NetworkInterfaceId: "eni-2", Status: "available", PrivateIpAddress: "10.0.0.6" }),
  );
  expect(await machinesIn(way, ["subnet-1"])).toEqual([
    {
      id: "eni-1",
      machine: "i-1",
      subnet: "subnet-1",
      groups: ["sg-1", "sg-2"],
      address: "10.0.0.5",
      isPublic: true,
      ipv6: ["2001:db8::5"],
    },
    { id: "eni-2", machine: undefined, subnet: "subnet-1", groups: [], address: "10.0.0.6", isPublic: false, ipv6: [] },
  ]);
});

test("the address at which an instance with several answers is unknown", async () => {
  const PrivateIpAddresses = [{ PrivateIpAddress: "10.0.0.5" }, { PrivateIpAddress: "10.0.0.6" }];
  const way = aws(eni({ Attachment: { InstanceId: "i-1" }, PrivateIpAddress: "10.0.0.5", PrivateIpAddresses }));
  expect((await machinesIn(way, ["subnet-1"]))[0]!.address).toBeUndefined();
});

test.each<[string, NetworkInterface]>([
  ["a balancer's", { ...elb, Description: "ELB app/web/50dc6c495c0c9188" }],
  ["one that a balancer has left", { Status: "available", Description: "ELB web" }],
  ["a service's on a machine", { ...byAws, Attachment: { InstanceId: "i-1" } }],
  ["a function's", { InterfaceType: "lambda" }],
  ["an endpoint's", { Description: "VPC Endpoint Interface vpce-0a1" }],
  ["one that is used by something that says nothing", {}],
])("no machine: %s", async (_, found) => {
  expect(await machinesIn(aws(eni(found)), ["subnet-1"])).toEqual([]);
});
