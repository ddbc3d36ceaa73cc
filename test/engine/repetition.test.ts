/** Objects that `count` repeated and that now have keys. */
import { expect, it } from "vitest";
import { header, openTestbed, stepsOf } from "../support/testbed.ts";

it("a count becomes a forEach by `moved`, and nothing is replaced: tags are written, and no more", async () => {
  const testbed = openTestbed();
  const subnets = (how: string, number: string, more = "") => `${header}vpcs: { m: { cidrBlock: 10.0.0.0/16 } }
subnets: { s: { ${how}, vpc: m, availabilityZone: a, cidrBlock: "\${cidr.subnet(vpc.m.cidrBlock, 8, ${number})}" } }
${more}`;
  await testbed.apply(subnets("count: 2", "count.index"));
  const keyed = subnets(
    "forEach: { a: 0, b: 1 }",
    "each.value",
    'moved: [{ from: "subnet/s[0]", to: "subnet/s[a]" }, { from: "subnet/s[1]", to: "subnet/s[b]" }]\n',
  );
  const before = await testbed.plan(subnets("count: 2", "count.index"));
  expect(stepsOf(await testbed.plan(keyed))).toEqual(["retag subnet/s[a]", "retag subnet/s[b]"]);
  await testbed.apply(keyed);
  const after = await testbed.plan(keyed);
  expect(stepsOf(after)).toEqual([]);
  const idOf = (run: typeof after, address: string) => run.observed.objects.get(address)!.live.id;
  expect([idOf(after, "subnet/s[a]"), idOf(after, "subnet/s[b]")]).toEqual([idOf(before, "subnet/s[0]"), idOf(before, "subnet/s[1]")]);
});

it("a machine that a variable switches on has its address with it, and both go when it is switched off", async () => {
  const testbed = openTestbed();
  const bastion = (number: number, when = 'when: "${var.bastion > 0}", ') => `${header}variables: { bastion: ${number} }
vpcs: { m: { cidrBlock: 10.0.0.0/16 } }
internetGateways: { m: { vpc: m } }
subnets: { a: { vpc: m, cidrBlock: 10.0.1.0/24, availabilityZone: a } }
routeTables: { m: { vpc: m, subnets: [a], routes: [{ destination: 0.0.0.0/0, target: internetGateway/m }] } }
instances: { b: { count: "\${var.bastion}", subnet: a, image: { ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }, instanceType: t3.micro, disposable: true } }
elasticIps: { b: { ${when}instance: "b[0]", disposable: true } }
`;
  expect(() => testbed.load(bastion(0, ""))).toThrow(/give elasticIp\/b a `when` that is false/);
  await testbed.apply(bastion(0));
  expect(stepsOf(await testbed.plan(bastion(1))).sort()).toEqual(["create elasticIp/b", "create instance/b[0]"]);
  await testbed.apply(bastion(1));
  expect(stepsOf(await testbed.plan(bastion(1)))).toEqual([]);
  await testbed.apply(bastion(0));
  const { observed } = await testbed.plan(bastion(0));
  expect([...observed.objects.keys()].filter((address) => /\/b/.test(address))).toEqual([]);
});

it("an address that is kept keeps neither the deleted instance nor the objects that it needed", async () => {
  const testbed = openTestbed();
  const bastion = (number: number) => `${header}variables: { bastion: ${number} }
vpcs: { m: { cidrBlock: 10.0.0.0/16 } }
internetGateways: { m: { vpc: m } }
subnets: { a: { vpc: m, cidrBlock: 10.0.1.0/24, availabilityZone: a } }
routeTables: { m: { vpc: m, subnets: [a], routes: [{ destination: 0.0.0.0/0, target: internetGateway/m }] } }
networkInterfaces: { n: { when: "\${var.bastion > 0}", subnet: a } }
instances: { b: { count: "\${var.bastion}", subnet: a, image: ami-0a1b2c3d4e5f60001, instanceType: t3.micro, disposable: true } }
elasticIps:
  b: { when: "\${var.bastion > 0}", instance: "b[0]" }
  n: { when: "\${var.bastion > 0}", networkInterface: n }
`;
  await testbed.apply(bastion(1));
  const goes = ["delete instance/b[0]", "delete networkInterface/n", "keep elasticIp/b", "keep elasticIp/n"];
  expect(stepsOf(await testbed.plan(bastion(0))).sort()).toEqual(goes);
  await testbed.apply(bastion(0));
  const { observed, plan } = await testbed.plan(bastion(0));
  expect(plan.steps.map(({ action, address }) => `${action} ${address}`)).toEqual(["keep elasticIp/b", "keep elasticIp/n"]);
  for (const address of ["elasticIp/b", "elasticIp/n"]) {
    const { instance, networkInterface } = observed.objects.get(address)!.live.spec;
    expect({ instance, networkInterface }).toEqual({ instance: undefined, networkInterface: undefined });
  }
  await testbed.apply(bastion(1));
  const none = `${header}\n`;
  const left = await testbed.apply(none);
  expect(stepsOf(left.run).filter((step) => !step.startsWith("delete"))).toEqual(["keep elasticIp/b", "keep elasticIp/n"]);
  expect(stepsOf(await testbed.plan(none))).toEqual(["keep elasticIp/b", "keep elasticIp/n"]);
});

it("an address and its machine that are both kept keep the gateway before them", async () => {
  const testbed = openTestbed();
  const yaml = `${header}
vpcs: { m: { cidrBlock: 10.0.0.0/16 } }
internetGateways: { m: { vpc: m } }
subnets: { a: { vpc: m, cidrBlock: 10.0.1.0/24, availabilityZone: a } }
routeTables: { m: { vpc: m, subnets: [a], routes: [{ destination: 0.0.0.0/0, target: internetGateway/m }] } }
instances: { b: { subnet: a, image: ami-0a1b2c3d4e5f60001, instanceType: t3.micro } }
elasticIps: { b: { instance: b } }
`;
  await testbed.apply(yaml);
  const kept = stepsOf(await testbed.plan(`${header}\n`)).sort();
  expect(kept).toEqual([
    "keep elasticIp/b",
    "keep instance/b",
    "keep internetGateway/m",
    "keep routeTable/m",
    "keep subnet/a",
    "keep vpc/m",
  ]);
});
