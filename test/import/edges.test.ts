/** Unusual estates that nobody would design. */
import { UpdateAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import { DeleteNatGatewayCommand } from "@aws-sdk/client-ec2";
import { expect, it } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { header, openTestbed } from "../support/testbed.ts";
import { adopted, importOf, loadUnsaved, stripped } from "./support.ts";

const tags = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, "v"]));

/** Makes a VPC with this many tags of its owner, releases it, and imports it. */
async function vpcWith(n: number) {
  const testbed = openTestbed();
  const yaml = `${header}vpcs: { main: { cidrBlock: 10.0.0.0/16, tags: ${JSON.stringify(tags(40))} } }\nsubnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a } }\n`;
  await testbed.apply(yaml);
  const run = await testbed.plan(yaml);
  await stripped(run, run.connection);
  const { live } = run.observed.objects.get("vpc/main")!;
  const vpc = kinds.find(({ name }) => name === "vpc")!;
  await (await run.drivers.of(vpc)).tag(run.connection.aws, live, tags(n), ["Name"]);
  return { testbed, id: live.id, imported: await importOf(await testbed.connection(), run.environment, [{ kind: vpc, id: live.id }]) };
}

it("is adopted where our tags fit beside those that it has", async () => {
  const { testbed, imported } = await vpcWith(44);
  expect(imported.open).toEqual([]);
  await adopted(await testbed.connection(), loadUnsaved(imported.text).environment!);
});

it("is open where they do not fit, and no plan adopts it", async () => {
  const { testbed, id, imported } = await vpcWith(48);
  const why = `(${id}) has 48 tags, AWS allows 50, and this plan would add infra:project, infra:environment, infra:resource, infra:adopted.`;
  expect(imported.open.map((one) => one.why)).toContain(`vpc/main ${why}`);
  expect(imported.text).toContain(`# open: vpc/main ${why}`);
  const { diagnostics, plan } = await testbed.plan(imported.text);
  expect(diagnostics.map(({ code, hint }) => [code, hint])).toEqual([
    ["too-many-tags", "remove 2 of its tags in AWS; until then nothing is done for this resource or those that depend on it"],
  ]);
  expect(plan.steps).toEqual([]);
});

const odd = `${header}
vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
subnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a } }
natGateways: { old: { subnet: a, connectivityType: private } }
routeTables: { main: { vpc: main, subnets: [a], routes: [{ destination: 10.99.0.0/16, target: natGateway/old }] } }
launchTemplates: { web: { image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.micro } }
autoScalingGroups: { web: { launchTemplate: web, subnets: [a], minSize: 0, maxSize: 2 } }
`;

it("reports oddities: a route without a target, a group that uses the latest version, whichever it is", async () => {
  const testbed = openTestbed();
  await testbed.apply(odd);
  const run = await testbed.plan(odd);
  await stripped(run, run.connection);
  const { aws } = run.connection;
  const idOf = (address: string) => run.observed.objects.get(address)!.live;
  const nat = idOf("natGateway/old").id;
  const LaunchTemplate = { LaunchTemplateId: idOf("launchTemplate/web").id, Version: "$Latest" };
  await aws.ec2(new DeleteNatGatewayCommand({ NatGatewayId: nat }));
  await aws.autoscaling(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: idOf("autoScalingGroup/web").name!, LaunchTemplate }));
  await testbed.clock.sleep(3_600_000);
  const roots = [{ kind: kinds.find(({ name }) => name === "vpc")!, id: idOf("vpc/main").id }];
  const imported = await importOf(await testbed.connection(), run.environment, roots);
  expect(imported.text).toContain(
    `    # odd: the route to 10.99.0.0/16 has the target ${nat}, which no longer exists; AWS drops its traffic\n    routes:\n      - { destination: 10.99.0.0/16, target: { id: ${nat} } }\n`,
  );
  expect(imported.open, imported.text).toEqual([]);
  expect(imported.text).toContain("# it uses the latest or the default version of the template;");
  await adopted(await testbed.connection(), loadUnsaved(imported.text).environment!);
  expect((await testbed.plan(imported.text)).plan.steps).toEqual([]);
});
