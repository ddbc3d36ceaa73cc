import { expect, it } from "vitest";
import { networkOfType } from "../../src/kinds/types/network.ts";
import { markOf } from "../../src/resource/late.ts";

const id = (address: string) => markOf({ address, output: "id" });
const partsOf = (kind: string, spec: object) => networkOfType(kind)({ address: `${kind}/x`, kind, name: "x", spec, tags: {} });

it("a function stands in the subnets that it names, with its groups, and nobody calls it there", () =>
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

it("whatever names subnets and groups in one place stands there, and whether it is public nobody can say", () =>
  expect(
    partsOf("AWS::ECS::Service", {
      NetworkConfiguration: { AwsvpcConfiguration: { Subnets: [id("subnet/a")], SecurityGroups: [id("securityGroup/web")] } },
    }),
  ).toMatchObject([{ subnets: ["subnet/a"], firewalls: ["securityGroup/web"], public: "unread" }]));

it("what names no groups, or no subnets, stands nowhere", () => {
  expect(partsOf("AWS::RDS::DBSubnetGroup", { SubnetIds: [id("subnet/a")] })).toEqual([]);
  expect(partsOf("AWS::EC2::LaunchTemplate", { LaunchTemplateData: { SecurityGroupIds: ["sg-1"] } })).toEqual([]);
});
