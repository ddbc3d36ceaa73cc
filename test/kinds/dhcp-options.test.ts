/** DHCP options: the values that a file may hold, how VPCs get them, and how VPCs release them. */
import { CreateDhcpOptionsCommand, CreateVpcCommand, AssociateDhcpOptionsCommand, DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { dhcpOptions } from "../../src/kinds/dhcp-options/dhcp-options.ts";
import { vpc } from "../../src/kinds/vpc/vpc.ts";
import { header, loadText, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";

const yaml = (options: string, of = "corp") =>
  `${header}vpcs: { main: { cidrBlock: 10.0.0.0/16${of === "" ? "" : `, dhcpOptions: ${of}`} } }\n${options === "" ? "" : `dhcpOptions: { corp: { ${options} } }\n`}`;
const corp = "domainName: corp.example.com, domainNameServers: [10.0.0.5, AmazonProvidedDNS]";

describe("a file", () => {
  const problem = (text: string): string => {
    try {
      loadText(text);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };

  it.each<[string, string, string]>([
    ["an empty set", "ntpServers: []", "sets no option"],
    ["five time servers of one family", "ntpServers: [10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4, 10.0.0.5]", "AWS allows four"],
    ["five DNS servers", "domainNameServers: [10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4, 10.0.0.5]", "domainNameServers"],
    ["Amazon's resolver, misspelt", "domainNameServers: [amazonprovideddns]", "The spelling must be AmazonProvidedDNS"],
    ["a node type that there is not", "netbiosNodeType: 3", "netbiosNodeType"],
  ])("has a diagnostic for %s", (_what, options, says) => expect(problem(yaml(options))).toContain(says));

  it("takes four IPv4 and four IPv6 time servers", () =>
    expect(problem(yaml('ntpServers: [10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4, "fd00::1", "fd00::2", "fd00::3", "fd00::4"]'))).toBe(""));
});

const optionsOf = async (testbed: Testbed) => {
  const { aws } = await testbed.connection();
  const { Vpcs = [] } = await aws.ec2(new DescribeVpcsCommand({}));
  return new Map(Vpcs.map(({ CidrBlock, DhcpOptionsId, VpcId }) => [CidrBlock, { set: DhcpOptionsId!, vpc: VpcId! }]));
};

describe("a VPC", () => {
  it("costs no call more where it does not name them, and takes new ones without a moment in between", async () => {
    const testbed = openTestbed();
    await testbed.apply(yaml(corp));
    const first = (await optionsOf(testbed)).get("10.0.0.0/16")!.set;
    const changed = yaml(corp.replace("10.0.0.5", "10.0.0.6"));
    const { run } = await testbed.apply(changed);
    expect(stepsOf(run)).toEqual(["replace dhcpOptions/corp", "update vpc/main"]);
    expect((await optionsOf(testbed)).get("10.0.0.0/16")!.set).not.toBe(first);
    expect(stepsOf(await testbed.plan(changed))).toEqual([]);
  });

  it("that names them no more, when they go, gets AWS's own back", async () => {
    const testbed = openTestbed();
    await testbed.apply(yaml("", "{ default: true }"));
    const own = (await optionsOf(testbed)).get("10.0.0.0/16")!.set;
    await testbed.apply(yaml(corp));
    expect((await optionsOf(testbed)).get("10.0.0.0/16")!.set).not.toBe(own);
    await testbed.apply(yaml("", ""));
    expect((await optionsOf(testbed)).get("10.0.0.0/16")!.set).toBe(own);
    expect(stepsOf(await testbed.plan(yaml("", "{ default: true }")))).toEqual([]);
  });

  it("of somebody else keeps the set from being deleted, and is named", async () => {
    const testbed = openTestbed();
    await testbed.apply(yaml(corp));
    const { aws } = await testbed.connection();
    const { set } = (await optionsOf(testbed)).get("10.0.0.0/16")!;
    const { Vpc } = await aws.ec2(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }));
    await aws.ec2(new AssociateDhcpOptionsCommand({ VpcId: Vpc!.VpcId!, DhcpOptionsId: set }));
    const { run, outcome } = await testbed.tryApply(yaml("", ""));
    expect(JSON.stringify([run.diagnostics, outcome.failed])).toContain(Vpc!.VpcId);
    expect((await optionsOf(testbed)).get("10.9.0.0/16")!.set).toBe(set);
  });
});

describe("for an import", () => {
  it("the sets of a VPC are found, and AWS's own is told from others", async () => {
    const testbed = openTestbed();
    await testbed.apply(yaml(corp));
    const { aws } = await testbed.connection();
    await aws.ec2(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }));
    await aws.ec2(new CreateDhcpOptionsCommand({ DhcpConfigurations: [{ Key: "domain-name-servers", Values: ["AmazonProvidedDNS"] }] }));
    const all = [...(await optionsOf(testbed)).values()];
    const driver = await dhcpOptions.load();
    const members = await driver.within!(aws, new Map([["vpc", new Set(all.map((one) => one.vpc))]]));
    expect(members.map(({ isMadeByService }) => isMadeByService).sort()).toEqual([false, true]);
    const own = members.find(({ isMadeByService }) => isMadeByService)!;
    const live = (await driver.get(aws, [own.id], { project: "lab", environment: "test", asks: () => false })).get(own.id)!;
    expect(dhcpOptions.authored!(live.spec, live, () => undefined)).toHaveProperty("madeByAws");
    const specOf = () => live.spec;
    expect(vpc.authored!({ cidrBlock: "10.9.0.0/16", dhcpOptions: own.id }, live as never, specOf)).toEqual({
      spec: { cidrBlock: "10.9.0.0/16" },
    });
  });
});
