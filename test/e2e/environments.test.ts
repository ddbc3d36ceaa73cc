/** The main workflow on the environments of the documentation: plan, apply, a change in the console, drift, repair, destroy. */
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateTagsCommand,
  DeleteRouteCommand,
  DescribeSecurityGroupRulesCommand,
  ModifySecurityGroupRulesCommand,
  ModifySubnetAttributeCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sampleOf } from "../support/night.ts";
import { withoutDescriptionsOfGroupRules } from "./bends.ts";
import { expectAgreement, readYaml } from "./support/agreement.ts";
import { allWrites, writes } from "./support/calls.ts";
import { ours, plain } from "./support/inventory.ts";
import { openMotoTestbed, words, type Testbed } from "./support/testbed.ts";
import { describeOnEach, region, type Endpoint } from "./support/moto.ts";

/** The changes by hand in each environment. `opened`: the rule whose source becomes 0.0.0.0/0; without it a rule is added. */
const all = [
  { name: "basic-vpc", objects: 11, subnet: "public-a", group: "web" },
  { name: "nat-bastion", objects: 15, subnet: "public", group: "bastion", opened: { port: 22, source: "203.0.113.10/32" } },
  { name: "single-public-subnet", objects: 8, subnet: "public", group: "site", opened: { port: 22, source: "203.0.113.10/32" } },
  { name: "analysis-server", objects: 6, subnet: "public", group: "analysis", opened: { port: 8787, source: "203.0.113.20/32" } },
  { name: "web-service", objects: 13, subnet: "public-a", group: "web" },
] as const;
const environments = sampleOf<(typeof all)[number]>(all, ["web-service"], ({ name }) => name);

describeOnEach("the environments that teach", (start) => {
  let aws: Endpoint;
  beforeAll(async () => {
    aws = await start();
  });
  afterAll(() => aws.stop());

  test.concurrent.each(environments)("$name is made, agrees, is broken by hand, seen, repaired and destroyed", async (broken) => {
    const { name, objects, subnet, group } = broken;
    const testbed = await openMotoTestbed(aws);
    const { workshop, clients, account } = testbed;
    withoutDescriptionsOfGroupRules(workshop, name);
    const empty = await testbed.inventory();

    const planned = await aws.record(account, () => workshop.infra(`plan ${name}`));
    expect(planned.result.stdout, planned.result.stderr).toContain(`Plan: ${objects} to create, 0 to update, 0 to replace, 0 to destroy.`);
    expect(planned.result.code).toBe(0);
    expect(allWrites(planned.calls)).toEqual([]);

    await workshop.apply(name);
    const expectAsWritten = async () =>
      expectAgreement(clients, await testbed.inventory(), readYaml(workshop.text(name)), `${workshop.folder}/environments`);
    await expectAsWritten();
    const made = await testbed.inventory();

    const again = await aws.record(account, () => workshop.infra(`plan ${name} --detailed-exitcode`));
    expect(again.result.stdout, again.result.stderr).toContain("No changes.");
    expect(again.result.code).toBe(0);
    const second = await aws.record(account, () => workshop.apply(name));
    expect(allWrites([...again.calls, ...second.calls])).toEqual([]);

    const flag = await breakByHand(testbed, broken);
    const drift = await aws.record(account, () => workshop.infra(`drift ${name}`));
    expect(drift.result.code, drift.result.stderr).toBe(2);
    expect(allWrites(drift.calls)).toEqual([]);
    const said = words(drift.result.stdout);
    const port = "opened" in broken ? broken.opened.port : 22;
    const subnetLine = workshop.place(name, `  ${subnet}:`);
    expect(said).toMatch(
      quote(
        `+ securityGroup/${group} sg-… ${workshop.place(name, "    ingress:", `  ${group}:`)} ingress: in AWS but not in the YAML: { protocol: tcp, port: ${port}, source: 0.0.0.0/0`,
      ),
    );
    const route = "{ destination: 0.0.0.0/0, target: internetGateway/main }";
    expect(said).toMatch(quote(`- routeTable/public rtb-… ${workshop.place(name, route)} routes: in the YAML but not in AWS: ${route}`));
    expect(said).toMatch(quote(`~ subnet/${subnet} subnet-… ${subnetLine} tags.Name: YAML ${name}-${subnet}, AWS not-ours`));
    expect(said).toMatch(quote(`~ subnet/${subnet} subnet-… ${subnetLine} mapPublicIpOnLaunch: YAML ${!flag}, AWS ${flag}`));
    expect(said.indexOf(`port: ${port}, source: 0.0.0.0/0`), "an opened port comes before a changed tag").toBeLessThan(
      said.indexOf("tags.Name"),
    );
    if ("opened" in broken) expect(said).toMatch(quote(`- securityGroup/${group} sg-… environments/${name}.yaml:`));
    expect(said).toContain(`Drift: ${"opened" in broken ? 5 : 4} differences`);

    const repair = await aws.record(account, () => workshop.apply(name));
    const rules = "opened" in broken ? ["AuthorizeSecurityGroupIngress", "CreateRoute"] : ["CreateRoute"];
    expect(writes(repair.calls).sort()).toEqual([...rules, "CreateTags", "ModifySubnetAttribute", "RevokeSecurityGroupIngress"]);
    await expectAsWritten();
    const lasting = (keys: Iterable<string>) => [...keys].filter((key) => !key.startsWith("securityGroupRule"));
    expect(lasting((await testbed.inventory()).keys())).toEqual(lasting(made.keys()));
    expect((await workshop.infra(`drift ${name}`)).code).toBe(0);

    await workshop.destroy(name, account, region);
    const after = await testbed.inventory();
    expect(ours(after, name)).toEqual([]);
    expect(plain(after)).toEqual(plain(empty));
  });
});

/** Opens a rule to the internet, deletes the default route, renames a subnet and turns its flag. Returns the new value of the flag. */
async function breakByHand(testbed: Testbed, { name, subnet, group, ...more }: (typeof environments)[number]): Promise<boolean> {
  const { ec2 } = testbed.clients;
  const GroupId = await testbed.id(name, `securityGroup/${group}`);
  const opened = "opened" in more ? more.opened : undefined;
  if (opened) {
    const { SecurityGroupRules } = await ec2.send(
      new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: "group-id", Values: [GroupId] }] }),
    );
    const rule = SecurityGroupRules!.find(({ CidrIpv4 }) => CidrIpv4 === opened.source)!;
    const SecurityGroupRule = {
      IpProtocol: "tcp",
      FromPort: opened.port,
      ToPort: opened.port,
      CidrIpv4: "0.0.0.0/0",
      Description: rule.Description,
    };
    await ec2.send(
      new ModifySecurityGroupRulesCommand({
        GroupId,
        SecurityGroupRules: [{ SecurityGroupRuleId: rule.SecurityGroupRuleId!, SecurityGroupRule }],
      }),
    );
  } else
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId,
        IpPermissions: [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
      }),
    );
  await ec2.send(new DeleteRouteCommand({ RouteTableId: await testbed.id(name, "routeTable/public"), DestinationCidrBlock: "0.0.0.0/0" }));
  const SubnetId = await testbed.id(name, `subnet/${subnet}`);
  const flag = !(readYaml(testbed.workshop.text(name)).subnets![subnet]!.mapPublicIpOnLaunch ?? false);
  await ec2.send(new CreateTagsCommand({ Resources: [SubnetId], Tags: [{ Key: "Name", Value: "not-ours" }] }));
  await ec2.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: flag } }));
  return flag;
}

/** Returns a pattern for these words, in which "…" stands for an id of AWS. */
function quote(text: string): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("…", "[0-9a-f]+"));
}
