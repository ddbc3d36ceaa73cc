/** Resources around instances and load balancers: placement groups, capacity reservations, endpoints, endpoint services for others. */
import { CreateVpcEndpointCommand, DescribeVpcEndpointServiceConfigurationsCommand, DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { header, loadText, openTestbed, stepsOf } from "../support/testbed.ts";

const problem = (text: string): string => {
  try {
    loadText(`${header}${text}`);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};

describe("a file has diagnostics for", () => {
  it.each<[string, string, string]>([
    ["parts of a group that has none", "placementGroups: { near: { partitionCount: 2 } }", "partition"],
    ["a level of a group that is not spread", "placementGroups: { near: { spreadLevel: rack } }", "spread"],
    [
      "a burstable type in a cluster",
      "placementGroups: { near: {} }\ncapacityReservations: { web: { instanceType: t3.micro, availabilityZone: a, instanceCount: 1, placementGroup: near } }",
      "burstable",
    ],
    [
      "a day that there is not",
      'capacityReservations: { web: { instanceType: m5.large, availabilityZone: a, instanceCount: 1, endDate: "2037-13-01T00:00Z" } }',
      "endDate",
    ],
  ])("%s", (_what, text, says) => expect(problem(text)).toContain(says));
});

const shop = `${header}vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
subnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a } }
securityGroups: { web: { vpc: main, description: Web } }
loadBalancers: { api: { type: network, scheme: internal, subnets: [a], securityGroups: [web] } }
`;
const service = 'vpcEndpointServices: { api: { loadBalancers: [api], allowedPrincipals: ["arn:aws:iam::111122223333:root"] } }\n';

describe("a service for endpoints of others", () => {
  it("is not deleted while one uses it, and says which; its balancer stays as long", async () => {
    const testbed = openTestbed();
    await testbed.apply(shop + service);
    expect(stepsOf(await testbed.plan(shop + service))).toEqual([]);
    const { aws } = await testbed.connection();
    const { ServiceConfigurations: [made] = [] } = await aws.ec2(new DescribeVpcEndpointServiceConfigurationsCommand({}));
    const { Vpcs = [] } = await aws.ec2(new DescribeVpcsCommand({}));
    const { VpcEndpoint } = await aws.ec2(
      new CreateVpcEndpointCommand({
        VpcId: Vpcs.find(({ CidrBlock }) => CidrBlock === "10.0.0.0/16")!.VpcId!,
        ServiceName: made!.ServiceName!,
        VpcEndpointType: "Interface",
        PrivateDnsEnabled: false,
      }),
    );
    const { run, outcome } = await testbed.tryApply(shop);
    expect(JSON.stringify([run.diagnostics, outcome.failed])).toContain(VpcEndpoint!.VpcEndpointId);
  });
});
