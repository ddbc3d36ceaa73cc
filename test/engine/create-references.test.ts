/** A create waits for the objects that its call names, also where the field could be set afterwards. */
import { expect, it } from "vitest";
import { header, openTestbed, stepsOf } from "../support/testbed.ts";

const yaml = `${header.replace("environment: test", 'environment: test\naccount: "123456789012"')}
kmsKeys: { main: { policy: { Version: "2012-10-17", Statement: [
  { Effect: Allow, Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "kms:*", Resource: "*" },
  { Effect: Allow, Principal: { Service: logs.eu-west-1.amazonaws.com }, Action: ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:Describe*"], Resource: "*" } ] } } }
secrets: { api: { kmsKey: main, generate: { length: 32 } } }
logGroups: { web: { kmsKey: main, retention: 7 } }
vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
internetGateways: { main: { vpc: main } }
subnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a } }
routeTables: { public: { vpc: main, routes: [{ destination: 0.0.0.0/0, target: internetGateway/main }], subnets: [a] } }
elasticIps: { first: {}, second: {} }
natGateways: { main: { subnet: a, elasticIp: first, secondaryElasticIps: [second] } }
`;

it("a secret and a log group are made with their new key, a NAT gateway with its new addresses", async () => {
  const sent: string[] = [];
  const testbed = openTestbed({ watch: ({ operation, input }) => void sent.push(`${operation} ${JSON.stringify(input)}`) });
  await testbed.apply(yaml);
  const create = (operation: string) => sent.filter((one) => one.startsWith(`${operation} `));
  expect(create("CreateSecret")).toEqual([expect.stringMatching(/"KmsKeyId":"arn:aws:kms:/)]);
  expect(create("CreateLogGroup")).toEqual([expect.stringMatching(/"kmsKeyId":"arn:aws:kms:/)]);
  expect(create("CreateNatGateway")).toEqual([expect.stringMatching(/"SecondaryAllocationIds":\["eipalloc-/)]);
  expect(stepsOf(await testbed.plan(yaml))).toEqual([]);
});
