import { expect, it } from "vitest";
import type { NetworkPart } from "../../src/kinds/kind.ts";
import { networkOfType } from "../../src/kinds/types/network.ts";
import { check } from "../../src/reach/assert.ts";
import { flowsOfPorts } from "../../src/reach/flows.ts";
import { networkOf } from "../../src/reach/network.ts";
import { markOf } from "../../src/resource/late.ts";

const id = (address: string) => markOf({ address, output: "id" });
const subjectOf = (kind: string, spec: object) => ({ address: `${kind}/x`, kind, name: "x", spec, tags: {} });
const partsOf = (kind: string, spec: object, others: readonly ReturnType<typeof subjectOf>[] = []) =>
  networkOfType(kind)(subjectOf(kind, spec), { get: (address) => others.find((one) => one.address === address) });
const placesOf = (...given: Parameters<typeof partsOf>) =>
  partsOf(...given).map((part) => (part.is === "endpoint" ? [part.subnets, part.firewalls] : part));

it("a function is in the subnets that it names, with its groups, and nothing can connect to it there", () =>
  expect(
    partsOf("AWS::Lambda::Function", {
      Handler: "index.handler",
      VpcConfig: { SubnetIds: [id("subnet/a"), "subnet-0123"], SecurityGroupIds: [id("securityGroup/fn")] },
    }),
  ).toEqual([
    {
      is: "endpoint",
      id: "AWS::Lambda::Function/x",
      subnets: ["subnet/a", "subnet-0123"],
      firewalls: ["securityGroup/fn"],
      public: "no",
      ipv6: "unread",
      isMany: true,
      isOfType: true,
      listens: [],
    },
  ]));

it("an object that names subnets and groups in one place is in them, and whether it is public is unknown", () =>
  expect(
    partsOf("AWS::ECS::Service", {
      NetworkConfiguration: { AwsvpcConfiguration: { Subnets: [id("subnet/a")], SecurityGroups: [id("securityGroup/web")] } },
    }),
  ).toMatchObject([{ subnets: ["subnet/a"], firewalls: ["securityGroup/web"], public: "unread" }]));

it("an object that names subnets and no groups is in them with unknown groups", () => {
  expect(
    partsOf("AWS::EKS::Nodegroup", { Subnets: [id("subnet/a")], RemoteAccess: { SourceSecurityGroups: [id("securityGroup/admin")] } }),
  ).toEqual([
    {
      is: "endpoint",
      id: "AWS::EKS::Nodegroup/x",
      subnets: ["subnet/a"],
      firewalls: "unread",
      public: "unread",
      ipv6: "unread",
      isMany: true,
      isOfType: true,
    },
  ]);
  const mapped = { SubnetMappings: [{ SubnetId: id("subnet/a") }, { SubnetId: id("subnet/b") }, { SubnetId: id("subnet/a") }] };
  expect(placesOf("AWS::NetworkFirewall::Firewall", mapped)).toEqual([[["subnet/a", "subnet/b"], "unread"]]);
});

it("an object that names groups and no subnets has them, and its place is unknown", () => {
  expect(placesOf("AWS::SageMaker::UserProfile", { UserSettings: { SecurityGroups: [id("securityGroup/ml")] } })).toEqual([
    [[], ["securityGroup/ml"]],
  ]);
  const arns = { SecurityGroupArns: ["arn:aws:ec2:eu-central-1:1:security-group/sg-0a1b2c3d", `arn:x/${id("securityGroup/a")}`] };
  expect(placesOf("AWS::DataSync::LocationFSxLustre", arns)).toEqual([[[], ["sg-0a1b2c3d", "securityGroup/a"]]]);
});

it("an object that refers to a list of subnets is in them, and the list itself is nowhere", () => {
  const list = subjectOf("AWS::Redshift::ClusterSubnetGroup", { SubnetIds: [id("subnet/a"), "subnet-0123abcd"] });
  const cluster = {
    ClusterSubnetGroupName: markOf({ address: list.address, output: "ClusterSubnetGroupName" }),
    VpcSecurityGroupIds: [id("securityGroup/db")],
  };
  expect(placesOf("AWS::Redshift::Cluster", cluster, [list])).toEqual([[["subnet/a", "subnet-0123abcd"], ["securityGroup/db"]]]);
  const ours = { ...subjectOf("dbSubnetGroup", { subnets: ["subnet/a"] }), address: "dbSubnetGroup/x" };
  const named = { DBSubnetGroupName: markOf({ address: "dbSubnetGroup/x", output: "name" }), VPCSecurityGroups: [id("securityGroup/db")] };
  expect(placesOf("AWS::RDS::DBInstance", named, [ours])).toEqual([[["subnet/a"], ["securityGroup/db"]]]);
  expect(partsOf("AWS::Redshift::ClusterSubnetGroup", list.spec)).toEqual([]);
});

it("subnets and groups in different places go together, each list of groups by itself", () => {
  const resolver = {
    SecurityGroupIds: [id("securityGroup/dns")],
    IpAddresses: [{ SubnetId: id("subnet/a") }, { SubnetId: id("subnet/b") }],
  };
  expect(placesOf("AWS::Route53Resolver::ResolverEndpoint", resolver)).toEqual([[["subnet/a", "subnet/b"], ["securityGroup/dns"]]]);
  const emr = {
    Instances: {
      Ec2SubnetIds: [id("subnet/a")],
      EmrManagedMasterSecurityGroup: id("securityGroup/master"),
      EmrManagedSlaveSecurityGroup: id("securityGroup/slave"),
    },
  };
  expect(placesOf("AWS::EMR::Cluster", emr)).toEqual([
    [["subnet/a"], ["securityGroup/master"]],
    [["subnet/a"], ["securityGroup/slave"]],
  ]);
  const both = `${id("securityGroup/a")},${id("securityGroup/b")}`;
  const rotation = { HostedRotationLambda: { VpcSecurityGroupIds: both, VpcSubnetIds: `${id("subnet/a")},subnet-0123abcd` } };
  expect(placesOf("AWS::SecretsManager::RotationSchedule", rotation)).toEqual([
    [
      ["subnet/a", "subnet-0123abcd"],
      ["securityGroup/a", "securityGroup/b"],
    ],
  ]);
});

it("a subnet in a variable, a tag or a filter is no place", () => {
  const variables = { Environment: { Variables: { SUBNET_ID: id("subnet/a") } }, Tags: [{ Key: "subnet", Value: id("subnet/a") }] };
  expect(partsOf("AWS::Lambda::Function", variables)).toEqual([]);
  expect(partsOf("AWS::SecurityHub::Insight", { Filters: { ResourceAwsEc2InstanceSubnetId: ["subnet-0123abcd"] } })).toEqual([]);
});

it("a policy about a subnet stands nowhere", () =>
  expect(partsOf("AWS::EC2::VPCBlockPublicAccessExclusion", { SubnetId: id("subnet/a") })).toEqual([]));

it("an object that is only partly known does not let an assertion hold that it may break", () => {
  const end = { is: "endpoint", subnets: ["subnet/a"], public: "no" } as const;
  const ours: readonly NetworkPart[] = [
    { is: "vpc", id: "vpc/a", ranges: ["10.0.0.0/16"] },
    { is: "subnet", id: "subnet/a", vpc: "vpc/a", range: "10.0.1.0/24", zone: "a", givesPublic: false },
    {
      is: "firewall",
      id: "securityGroup/web",
      ingress: [],
      egress: [{ protocol: "all", from: -1, to: -1, peer: { range: "0.0.0.0/0" }, path: "" }],
    },
    {
      is: "firewall",
      id: "securityGroup/db",
      ingress: [{ protocol: "tcp", from: 5432, to: 5432, peer: { firewall: "securityGroup/web" }, path: "ingress[0]" }],
      egress: [],
    },
    { ...end, id: "instance/web", firewalls: ["securityGroup/web"] },
    { ...end, id: "dbInstance/main", firewalls: ["securityGroup/db"] },
  ];
  const held = (more: readonly NetworkPart[]) =>
    check(networkOf([...ours, ...more]), {
      name: "db",
      is: "only",
      from: ["instance/web"],
      to: ["dbInstance/main"],
      flows: flowsOfPorts("tcp", [[5432, 5432]]),
      isAnyPort: false,
    });
  expect(held([])).toEqual({ is: "holds" });
  const cases = (of: string) => ({ is: "unknown", cases: [{ from: of, to: "dbInstance/main", isKnown: false }] });
  expect(held(partsOf("AWS::EKS::Nodegroup", { Subnets: [id("subnet/a")] }))).toMatchObject(cases("AWS::EKS::Nodegroup/x"));
  const profile = { UserSettings: { SecurityGroups: [id("securityGroup/web")] } };
  expect(held(partsOf("AWS::SageMaker::UserProfile", profile))).toMatchObject(cases("AWS::SageMaker::UserProfile/x"));
});
