/** One environment in two regions of an account: an object without a region belongs to one of them, and the other does not touch it. */
import { expect, it } from "vitest";
import { planEnvironment } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { environmentTestbed, header, loadText, stepsOf } from "../support/testbed.ts";

const account = "123456789012";

const fileOf = (region: string) =>
  loadText(`${header.replace("eu-west-1", region)}account: "${account}"
iamRoles: { app: { trust: ec2.amazonaws.com, managedPolicies: [app] } }
iamPolicies: { app: { document: { Statement: [{ Effect: Allow, Action: "logs:PutLogEvents", Resource: "*" }] } } }
instanceProfiles: { app: { role: app } }
hostedZones: { own: { name: shop.example.com } }
records: { www: { zone: { name: example.com }, name: ${region}.example.com, type: A, values: [192.0.2.1] } }
certificates: { main: { domainName: example.com, validation: { zone: { name: example.com } } } }
buckets: { files: {} }
logGroups: { app: {} }
kmsKeys: { app: {} }
secrets: { app: { generate: {} } }
AWS::CloudFront::OriginAccessControl:
  files: { OriginAccessControlConfig: { Name: "files-${region}", OriginAccessControlOriginType: s3, SigningBehavior: always, SigningProtocol: sigv4 } }
AWS::CloudFront::Distribution:
  files:
    DistributionConfig:
      Enabled: true
      Origins: [{ Id: s3, DomainName: files.s3.${region}.amazonaws.com, S3OriginConfig: { OriginAccessIdentity: "" } }]
      DefaultCacheBehavior: { TargetOriginId: s3, ViewerProtocolPolicy: redirect-to-https }
AWS::CloudWatch::Dashboard: { shop: { DashboardName: "shop-${region}", DashboardBody: '{"widgets":[]}' } }
`);

const withProvider = (region: string) =>
  loadText(`${header.replace("eu-west-1", region)}account: "${account}"
oidcProviders: { github: { url: "https://token.actions.githubusercontent.com", clientIds: [sts.amazonaws.com] } }
`);

it("makes each its own, keeps to it, and goes without the other's", async () => {
  const testbed = environmentTestbed();
  await testbed.sandbox.call({
    account,
    region: "us-east-1",
    service: "route53",
    operation: "CreateHostedZone",
    input: { Name: "example.com", CallerReference: "theirs" },
  });
  const [here, there] = [fileOf("eu-west-1"), fileOf("us-east-1")];
  const first = await testbed.apply(here);
  const made = first.run.plan.steps.length;
  expect(made).toBe(here.nodes.length);

  const second = await testbed.apply(there);
  expect(second.run.plan.steps.map(({ action }) => action)).toEqual(Array(made).fill("create"));
  for (const one of [here, there]) {
    const { plan, diagnostics } = await testbed.plan(one);
    expect([plan.steps, plan.notes, diagnostics]).toEqual([[], [], []]);
  }

  const data = ["bucket/files", "hostedZone/own", "kmsKey/app", "logGroup/app", "secret/app"];
  await testbed.apply(there, "destroy");
  expect((await testbed.plan(there, "destroy")).plan.objects.map(({ address }) => address).filter((one) => !data.includes(one))).toEqual(
    [],
  );
  expect(stepsOf(await testbed.plan(here))).toEqual([]);
});

it("has a provider of an issuer in one of the two, and the other one gets a hint", async () => {
  const testbed = environmentTestbed();
  const [here, there] = [withProvider("eu-west-1"), withProvider("us-east-1")];
  await testbed.apply(here);
  const { connection } = await testbed.plan(there);
  const { diagnostics } = await planEnvironment(kinds, connection, there, { goal: "agree", preflight: true });
  const arn = `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`;
  expect(diagnostics.map(({ severity, summary, hint }) => [severity, summary, hint])).toEqual([
    [
      "error",
      expect.stringContaining(`it belongs to lab/test in eu-west-1: ${arn}.`),
      "AWS will reject this: remove it here, and write that ARN instead of ${oidcProvider.github.arn}",
    ],
  ]);
  expect(stepsOf(await testbed.plan(here))).toEqual([]);
});
