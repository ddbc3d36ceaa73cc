/** Objects that were counted, and are told apart by keys from now on. */
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
