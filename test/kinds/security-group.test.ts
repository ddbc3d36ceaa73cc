import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
} from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, it } from "vitest";
import type { Changes, Live } from "../../src/kinds/kind.ts";
import { securityGroup } from "../../src/kinds/security-group/security-group.ts";
import type { SecurityGroup } from "../../src/kinds/security-group/schema.ts";
import { readRules } from "../../src/kinds/security-group/apply.ts";
import { normalRule, permissionsOf, ruleKey, type Rule } from "../../src/kinds/security-group/rule.ts";
import { changesOf, diff } from "../../src/plan/diff.ts";
import { all, identity, mockedEc2, refusal, runOf, scope, sent, resourceIndexOf, type Declared, type MockedEc2 } from "./mocked-ec2.ts";

const driver = await securityGroup.load();

describe("a rule's identity", () => {
  it.each([
    [{ port: 22, source: "10.0.0.0/8" }, "tcp 22 10.0.0.0/8"],
    [{ port: "22", source: "10.0.0.0/8" }, "tcp 22 10.0.0.0/8"],
    [{ ports: "22-22", protocol: 6, source: "10.1.2.3/8" }, "tcp 22 10.0.0.0/8"],
    [{ ports: "8000-8100", protocol: "17", source: "securityGroup/web" }, "udp 8000-8100 securityGroup/web"],
    [{ protocol: "-1", source: "self", description: "x" }, "all self"],
    [{ protocol: "all", port: 5, source: "::/0" }, "all ::/0"],
    [{ protocol: "icmp", source: "0.0.0.0/0" }, "icmp 0.0.0.0/0"],
    [{ protocol: "icmp", icmpType: 8, source: "0.0.0.0/0" }, "icmp 8 0.0.0.0/0"],
    [{ protocol: "icmp", icmpType: -1, icmpCode: 3, source: "0.0.0.0/0" }, "icmp 0.0.0.0/0"],
    [{ protocol: 58, icmpType: 128, icmpCode: 0, source: "2001:DB8:0::/32" }, "icmpv6 128/0 2001:db8::/32"],
    [{ protocol: 50, destination: "pl-0123456789abcdef0" }, "50 pl-0123456789abcdef0"],
  ] satisfies [Rule, string][])("%j is %s", (rule, key) => {
    expect(ruleKey(rule)).toBe(key);
    expect(ruleKey(normalRule(rule))).toBe(key);
    expect(normalRule(normalRule(rule))).toEqual(normalRule(rule));
  });

  it("leaves a look-up without an answer as it is", () => {
    const lookup = { tags: { Name: "shared" } };
    expect(normalRule({ port: 1, source: lookup } as never)).toEqual({ protocol: "tcp", port: 1, source: lookup });
  });
});

it("puts rules of one protocol and range into one permission, without empty lists", () => {
  const rules: Rule[] = [
    { port: 443, source: "10.0.0.0/8", description: "in" },
    { port: 443, source: "::/0" },
    { port: 443, source: "sg-2" },
    { port: 443, source: "self" },
    { port: 443, source: "pl-1" },
    { protocol: "all", source: "10.9.0.0/16" },
  ];
  expect(permissionsOf(rules, "sg-1")).toEqual([
    {
      IpProtocol: "tcp",
      FromPort: 443,
      ToPort: 443,
      IpRanges: [{ CidrIp: "10.0.0.0/8", Description: "in" }],
      Ipv6Ranges: [{ CidrIpv6: "::/0" }],
      UserIdGroupPairs: [{ GroupId: "sg-2" }, { GroupId: "sg-1" }],
      PrefixListIds: [{ PrefixListId: "pl-1" }],
    },
    { IpProtocol: "-1", IpRanges: [{ CidrIp: "10.9.0.0/16" }] },
  ]);
});

describe("check", () => {
  const problems = (spec: Partial<SecurityGroup>, ...others: readonly Declared[]) => {
    const index = resourceIndexOf({ address: "securityGroup/web", spec: { vpc: "vpc/a", ...spec }, awsName: "dev-web" }, ...others);
    return securityGroup.check!(index.subject("securityGroup/web"), index).map(
      ({ code, severity, path, summary }) => `${severity ?? "error"} ${code} ${path}: ${summary}`,
    );
  };

  it.each([
    [{ port: 70000, source: "10.0.0.0/8" }, "error bad-rule ingress[0].port: 70000 is not a port: ports go from 0 to 65535."],
    [{ ports: "8100-8000", source: "10.0.0.0/8" }, "error bad-rule ingress[0].ports: The port range 8100 to 8000 is in the wrong order."],
    [{ ports: "ssh", source: "10.0.0.0/8" }, 'error bad-rule ingress[0].ports: "ssh" is not a port or a port range.'],
    [{ port: "80-90", source: "10.0.0.0/8" }, 'error bad-rule ingress[0].port: "80-90" is a range of ports.'],
    [{ port: 1, ports: "1-2", source: "10.0.0.0/8" }, "error bad-rule ingress[0].ports: A rule has `port` or `ports`, not both."],
    [{ source: "10.0.0.0/8" }, "error bad-rule ingress[0]: A rule for tcp needs a port."],
    [
      { protocol: "all", port: 5, source: "10.0.0.0/8" },
      "error bad-rule ingress[0].port: Protocol all has no ports; EC2 would ignore them and allow all traffic of the protocol.",
    ],
    [
      { protocol: 300, source: "10.0.0.0/8" },
      "error bad-rule ingress[0].protocol: 300 is not an IP protocol number; they range from 0 to 255.",
    ],
    [
      { port: 1, icmpType: 8, source: "10.0.0.0/8" },
      "error bad-rule ingress[0].icmpType: `icmpType` and `icmpCode` belong to ICMP; this rule is for tcp.",
    ],
    [{ protocol: "icmp", icmpCode: 1, source: "10.0.0.0/8" }, "error bad-rule ingress[0].icmpCode: An ICMP code needs an ICMP type."],
    [{ protocol: "icmp", source: "::/0" }, "error bad-cidr ingress[0].source: The protocol `icmp` has no IPv6 addresses."],
    [{ port: 1, source: "10.0.0.1" }, 'error bad-cidr ingress[0].source: "10.0.0.1" is an address, but a rule needs a network.'],
    [{ port: 1, source: "10.0.0.1/33" }, 'error bad-cidr ingress[0].source: "10.0.0.1/33" is not a network.'],
    [
      { port: 1, source: "10.0.1.1/16" },
      "error bad-cidr ingress[0].source: 10.0.1.1/16 has bits set beyond its mask; EC2 would change it to 10.0.0.0/16.",
    ],
    [{ port: 1, source: "securityGroup/web" }, "error bad-rule ingress[0].source: A security group refers to itself with `self`."],
    [
      { port: 1, source: "10.0.0.0/8", description: "naïve" },
      'error bad-value ingress[0].description: EC2 does not allow "ï" in this description.',
    ],
    [{ port: 22, source: "0.0.0.0/0" }, "warning open-admin-port ingress[0]: This opens SSH (22) to the whole internet."],
    [
      { protocol: "all", source: "::/0" },
      "warning open-admin-port ingress[0]: This opens SSH (22) and Remote Desktop (3389) to the whole internet.",
    ],
  ] as [never, string][])("%j", (rule, expected) => {
    expect(problems({ ingress: [rule] })).toEqual([expected]);
  });

  it("finds nothing wrong with every way of writing a good rule", () => {
    const ingress = [
      { port: 80, source: "0.0.0.0/0" },
      { port: "81", source: "::/0" },
      { ports: "0-65535", protocol: "udp", source: "2001:db8::1/128" },
      { protocol: "icmp", icmpType: 8, source: "10.0.0.0/8" },
      { protocol: 50, source: "pl-0123456789abcdef0" },
      { protocol: "all", source: "self" },
    ];
    expect(problems({ ingress, egress: [] })).toEqual([]);
  });

  it("finds the same rule written twice", () => {
    expect(
      problems({
        ingress: [
          { port: 80, source: "10.0.0.0/8" },
          { protocol: "tcp", ports: "80-80", source: "10.0.0.0/8", description: "again" },
        ],
      }),
    ).toEqual(["error duplicate-rule ingress[1]: This rule is the same as ingress[0]: tcp 80 10.0.0.0/8."]);
  });

  it("warns of more rules than a group takes, by direction and family", () => {
    const many = (count: number, source: (i: number) => string) =>
      Array.from({ length: count }, (_, i) => ({ port: 80, source: source(i) }));
    const v4 = many(40, (i) => `10.${i}.0.0/16`);
    const v6 = many(40, (i) => `2001:db8:${i}::/48`);
    expect(problems({ ingress: [...v4, ...v6] })).toEqual([]);
    expect(problems({ ingress: [...v4, ...v6, ...many(21, (i) => `securityGroup/g${i}`)] })).toEqual([
      "warning quota ingress: The group has 61 ingress rules of one address family, but EC2 allows 60 unless the quota was raised.",
    ]);
  });

  it("finds two names in one VPC that differ by case only", () => {
    const other = { address: "securityGroup/web2", spec: { vpc: "vpc/a" }, awsName: "DEV-web" };
    expect(problems({}, other)).toEqual([
      'error name-collision name: securityGroup/web and securityGroup/web2 would have the names "dev-web" and "DEV-web" in one VPC, which are the same name to EC2.',
    ]);
    expect(problems({}, { ...other, spec: { vpc: "vpc/b" } })).toEqual([]);
  });

  it("warns of a group in another VPC, unless the two are peered", () => {
    const far = { address: "securityGroup/far", spec: { vpc: "vpc/b" } };
    const peering = (vpc: string, peerVpc: string) => ({ address: "vpcPeering/one", spec: { vpc, peerVpc } });
    const ingress = [{ port: 1, source: "securityGroup/far" }];
    const warned = [
      "warning other-vpc ingress[0].source: securityGroup/far is in another VPC (vpc/b); EC2 allows it only if the two VPCs are peered.",
    ];
    expect(problems({ ingress }, far)).toEqual(warned);
    expect(problems({ ingress }, far, peering("vpc/b", "vpc/c"))).toEqual(warned);
    expect(problems({ ingress }, far, peering("vpc/b", "vpc/a"))).toEqual([]);
  });
});

const row = (id: string, more: Partial<SecurityGroupRule>): SecurityGroupRule => ({
  SecurityGroupRuleId: id,
  GroupId: "sg-1",
  IsEgress: false,
  IpProtocol: "tcp",
  FromPort: 80,
  ToPort: 80,
  ...more,
});
const initialRow = row("sgr-out", { IsEgress: true, IpProtocol: "-1", FromPort: -1, ToPort: -1, CidrIpv4: "0.0.0.0/0" });
const initialTwinRow = { ...initialRow, SecurityGroupRuleId: "sgr-out6", CidrIpv4: undefined, CidrIpv6: "::/0" };
const group = (more: object = {}) => ({
  GroupId: "sg-1",
  GroupName: "dev-web",
  Description: "Web",
  VpcId: "vpc-1",
  OwnerId: "123456789012",
  Tags: [
    { Key: "infra:project", Value: "lab" },
    { Key: "infra:environment", Value: "dev" },
  ],
  ...more,
});

describe("driver", () => {
  let mocked: MockedEc2;
  beforeEach(async () => {
    mocked = await mockedEc2();
  });

  /** Returns the group as it is read, and the changes that the real diff finds. */
  async function plan(
    rows: readonly SecurityGroupRule[],
    spec: Partial<SecurityGroup>,
  ): Promise<{ live: Live; request: SecurityGroup; changes: Changes<SecurityGroup> }> {
    mocked.ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [group()] });
    mocked.ec2.on(DescribeSecurityGroupRulesCommand).resolves({ SecurityGroupRules: [...rows] });
    const live = (await driver.get(mocked.aws, ["sg-1"], scope)).get("sg-1")!;
    mocked.ec2.resetHistory();
    return planned(live, spec);
  }

  function planned(live: Live, spec: Partial<SecurityGroup>) {
    const request = { vpc: "vpc-1", ...spec };
    const declared = { spec: request, ignoreChanges: [] };
    return {
      live,
      request,
      changes: changesOf(securityGroup, diff(securityGroup, declared, live), "rules", declared, live) as Changes<SecurityGroup>,
    };
  }

  const apply = ({ live, request, changes }: Awaited<ReturnType<typeof plan>>) =>
    driver.update!(
      mocked.aws,
      "rules",
      live,
      request,
      changes,
      runOf(mocked.clock, async () => live),
    );

  const justCreated = (): Live => ({ ...driver.initialState!({ vpc: "vpc-1" })!, id: "sg-1", aliases: [], tags: {}, state: "ready" });

  describe.each<[string, Partial<SecurityGroup>, boolean]>([
    [
      "those of the file",
      {
        ingress: [
          { port: 80, source: "10.0.0.0/8", description: "in" },
          { port: 443, source: "self" },
        ],
      },
      false,
    ],
    [
      "those of the file, without a word on them",
      {
        ingress: [
          { ports: "80", source: "10.0.0.0/8" },
          { port: 443, source: "self" },
        ],
      },
      false,
    ],
    [
      "told otherwise",
      {
        ingress: [
          { port: 80, source: "10.0.0.0/8", description: "old" },
          { port: 443, source: "self" },
        ],
      },
      true,
    ],
    ["more than those of the file", { ingress: [{ port: 443, source: "self" }] }, true],
    [
      "fewer than those of the file",
      {
        ingress: [
          { port: 80, source: "10.0.0.0/8" },
          { port: 443, source: "self" },
          { port: 22, source: "self" },
        ],
      },
      true,
    ],
    [
      "of one that the file names",
      {
        ingress: [
          { port: 80, source: "10.0.0.0/8" },
          { port: 443, source: "securityGroup/web" },
        ],
      },
      true,
    ],
    [
      "out where the file has none",
      {
        ingress: [
          { port: 80, source: "10.0.0.0/8" },
          { port: 443, source: "self" },
        ],
        egress: [],
      },
      true,
    ],
  ])("rules that are %s", (_what, written, isAsked) => {
    it(`${isAsked ? "are" : "are not"} asked for their ids and tags`, async () => {
      const Tags = [...group().Tags, { Key: "infra:resource", Value: "securityGroup/web" }];
      const IpPermissions = [
        { IpProtocol: "tcp", FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: "10.0.0.0/8", Description: "in" }] },
        { IpProtocol: "tcp", FromPort: 443, ToPort: 443, UserIdGroupPairs: [{ GroupId: "sg-1" }] },
      ];
      const IpPermissionsEgress = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
      mocked.ec2
        .on(DescribeSecurityGroupsCommand)
        .resolves({ SecurityGroups: [{ ...group({ IpPermissions, IpPermissionsEgress }), Tags }] });
      mocked.ec2.on(DescribeSecurityGroupRulesCommand).resolves({
        SecurityGroupRules: [
          row("sgr-1", { CidrIpv4: "10.0.0.0/8", Description: "in" }),
          row("sgr-2", { FromPort: 443, ToPort: 443, ReferencedGroupInfo: { GroupId: "sg-1" } }),
          initialRow,
        ],
      });
      const wants = (address: string, field: string) =>
        address === "securityGroup/web" ? ({ vpc: "vpc/a", ...written } as Record<string, unknown>)[field] : undefined;
      const [live] = await all(driver.list(mocked.aws, { ...scope, wants }));
      expect(sent(mocked.ec2).map(({ name }) => name)).toEqual([
        "DescribeSecurityGroups",
        ...(isAsked ? ["DescribeSecurityGroupRules"] : []),
      ]);
      expect(live!.spec).toMatchObject({
        ingress: [
          { protocol: "tcp", port: 443, source: "self" },
          { protocol: "tcp", port: 80, source: "10.0.0.0/8", description: "in" },
        ],
        egress: [{ protocol: "all", destination: "0.0.0.0/0" }],
      });
    });
  });

  describe("rules that name a group of the file", () => {
    const told = (id: string, name: string, peer: string) => ({
      ...group({
        GroupId: id,
        IpPermissions: [{ IpProtocol: "tcp", FromPort: 443, ToPort: 443, UserIdGroupPairs: [{ GroupId: peer }] }],
        IpPermissionsEgress: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
      }),
      Tags: [...group().Tags, { Key: "infra:resource", Value: `securityGroup/${name}` }],
    });
    const sources: Readonly<Record<string, string>> = { "securityGroup/web": "securityGroup/app", "securityGroup/app": "self" };
    const wants = (address: string, field: string) =>
      ({ vpc: "vpc/a", ingress: [{ port: 443, source: sources[address] }] } as Record<string, unknown>)[field];

    it.each([
      ["are not asked for where the same answer tells that group", [told("sg-1", "web", "sg-2"), told("sg-2", "app", "sg-2")], []],
      ["are asked for where they name another", [told("sg-1", "web", "sg-3"), told("sg-2", "app", "sg-2")], ["sg-1"]],
      ["are asked for where the answer does not tell it", [told("sg-1", "web", "sg-2")], ["sg-1"]],
      [
        "are asked for where two bear its tag",
        [told("sg-1", "web", "sg-2"), told("sg-2", "app", "sg-2"), told("sg-3", "app", "sg-3")],
        ["sg-1"],
      ],
    ])("%s", async (_what, SecurityGroups, asked) => {
      mocked.ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups });
      mocked.ec2.on(DescribeSecurityGroupRulesCommand).resolves({ SecurityGroupRules: [] });
      const lives = await all(driver.list(mocked.aws, { ...scope, wants }));
      expect(lives).toHaveLength(SecurityGroups.length);
      const values = sent(mocked.ec2).flatMap(({ name, input }) =>
        name === "DescribeSecurityGroupRules" ? (input as { Filters: { Values: string[] }[] }).Filters[0]!.Values : [],
      );
      expect(values).toEqual(asked);
    });
  });

  it("reads rules in the words of authors, and only those of groups that may be ours", async () => {
    mocked.ec2.on(DescribeSecurityGroupsCommand).resolves({
      SecurityGroups: [
        group(),
        group({
          GroupId: "sg-9",
          Tags: [
            { Key: "infra:environment", Value: "dev" },
            { Key: "infra:project", Value: "other" },
          ],
        }),
      ],
    });
    mocked.ec2.on(DescribeSecurityGroupRulesCommand).resolves({
      SecurityGroupRules: [
        row("sgr-1", { CidrIpv4: "10.0.0.0/8", Description: "in" }),
        row("sgr-2", { FromPort: 1, ToPort: 9, ReferencedGroupInfo: { GroupId: "sg-1", UserId: "1" } }),
        row("sgr-3", {
          IpProtocol: "icmp",
          FromPort: 8,
          ToPort: -1,
          CidrIpv4: "0.0.0.0/0",
          Tags: [{ Key: "elbv2.k8s.aws/cluster", Value: "x" }],
        }),
        row("sgr-4", { IpProtocol: "50", FromPort: 0, ToPort: 0, PrefixListId: "pl-1" }),
        initialRow,
      ],
    });
    const lives = await all(driver.list(mocked.aws, scope));
    expect(sent(mocked.ec2).map(({ name, input }) => [name, input])).toEqual([
      ["DescribeSecurityGroups", { Filters: [{ Name: "tag:infra:environment", Values: ["dev"] }], MaxResults: 1000 }],
      ["DescribeSecurityGroupRules", { Filters: [{ Name: "group-id", Values: ["sg-1"] }], MaxResults: 1000 }],
    ]);
    expect(lives.map(({ id }) => id)).toEqual(["sg-9", "sg-1"]);
    expect(lives[1]!.spec).toEqual({
      vpc: "vpc-1",
      default: false,
      description: "Web",
      ingress: [
        { protocol: "50", source: "pl-1" },
        { protocol: "icmp", icmpType: 8, source: "0.0.0.0/0", writer: "elbv2.k8s.aws/cluster" },
        { protocol: "tcp", ports: "1-9", source: "self" },
        { protocol: "tcp", port: 80, source: "10.0.0.0/8", description: "in" },
      ],
      egress: [{ protocol: "all", destination: "0.0.0.0/0" }],
    });
  });

  it("sees no difference between the written rules and EC2's form of them", async () => {
    const rows = [
      row("sgr-1", { CidrIpv4: "10.0.0.0/8", Description: "in" }),
      row("sgr-2", { IpProtocol: "icmpv6", FromPort: -1, ToPort: -1, CidrIpv6: "::/0" }),
      initialRow,
    ];
    const { changes } = await plan(rows, {
      ingress: [
        { protocol: "icmpv6", source: "::/0" },
        { port: "80", source: "10.0.0.0/8" },
      ],
    });
    expect(changes).toEqual({});
  });

  it("holds the unwritten: no rule in, everything out", async () => {
    const { changes } = await plan([row("sgr-1", { CidrIpv4: "0.0.0.0/0" })], {});
    expect(changes.ingress!.items!.removed.map(({ key }) => key)).toEqual(["tcp 80 0.0.0.0/0"]);
    expect(changes.egress!.items!.added.map(({ key }) => key)).toEqual(["all 0.0.0.0/0"]);
  });

  it("leaves rules of known writers alone", async () => {
    const { changes } = await plan(
      [row("sgr-1", { CidrIpv4: "10.0.0.0/8", Description: "elbv2.k8s.aws/targetGroupBinding=shared" }), initialRow],
      {},
    );
    expect(changes).toEqual({});
  });

  it("adds in one call a direction, then changes descriptions, then takes back by id", async () => {
    const rows = [
      row("sgr-1", { CidrIpv4: "10.0.0.0/8", Description: "old" }),
      row("sgr-2", { FromPort: 22, ToPort: 22, CidrIpv4: "0.0.0.0/0" }),
      initialRow,
    ];
    const step = await plan(rows, {
      ingress: [
        { port: 80, source: "10.0.0.0/8", description: "new" },
        { port: 443, source: "10.0.0.0/8" },
        { port: 443, source: "sg-2" },
      ],
      egress: [],
    });
    mocked.ec2.on(AuthorizeSecurityGroupIngressCommand).resolves({ Return: true });
    mocked.ec2.on(ModifySecurityGroupRulesCommand).resolves({ Return: true });
    mocked.ec2.on(RevokeSecurityGroupIngressCommand).resolves({ Return: true });
    mocked.ec2.on(RevokeSecurityGroupEgressCommand).resolves({ Return: true });
    await apply(step);
    expect(sent(mocked.ec2)).toEqual([
      {
        name: "AuthorizeSecurityGroupIngress",
        input: {
          GroupId: "sg-1",
          IpPermissions: [
            {
              IpProtocol: "tcp",
              FromPort: 443,
              ToPort: 443,
              IpRanges: [{ CidrIp: "10.0.0.0/8" }],
              UserIdGroupPairs: [{ GroupId: "sg-2" }],
            },
          ],
        },
      },
      {
        name: "ModifySecurityGroupRules",
        input: {
          GroupId: "sg-1",
          SecurityGroupRules: [
            {
              SecurityGroupRuleId: "sgr-1",
              SecurityGroupRule: { IpProtocol: "tcp", FromPort: 80, ToPort: 80, CidrIpv4: "10.0.0.0/8", Description: "new" },
            },
          ],
        },
      },
      { name: "RevokeSecurityGroupIngress", input: { GroupId: "sg-1", SecurityGroupRuleIds: ["sgr-2"] } },
      { name: "RevokeSecurityGroupEgress", input: { GroupId: "sg-1", SecurityGroupRuleIds: ["sgr-out"] } },
    ]);
  });

  it("makes a new group's ingress without reading it", async () => {
    mocked.ec2.on(AuthorizeSecurityGroupIngressCommand).resolves({ Return: true });
    await apply(planned(justCreated(), { ingress: [{ port: 80, source: "self" }] }));
    expect(sent(mocked.ec2)).toEqual([
      {
        name: "AuthorizeSecurityGroupIngress",
        input: {
          GroupId: "sg-1",
          IpPermissions: [{ IpProtocol: "tcp", FromPort: 80, ToPort: 80, UserIdGroupPairs: [{ GroupId: "sg-1" }] }],
        },
      },
    ]);
  });

  it("closes a new group's egress in both families, by ids that it reads", async () => {
    mocked.ec2.on(DescribeSecurityGroupRulesCommand).resolves({ SecurityGroupRules: [initialRow, initialTwinRow] });
    mocked.ec2.on(RevokeSecurityGroupEgressCommand).resolves({ Return: true });
    await apply(planned(justCreated(), { egress: [] }));
    expect(mocked.ec2.commandCalls(RevokeSecurityGroupEgressCommand).map((call) => call.args[0].input)).toEqual([
      { GroupId: "sg-1", SecurityGroupRuleIds: ["sgr-out", "sgr-out6"] },
    ]);
  });

  it("closes a new group's egress by value while EC2 does not show the rule yet", async () => {
    mocked.ec2.on(DescribeSecurityGroupRulesCommand).resolves({ SecurityGroupRules: [] });
    mocked.ec2.on(RevokeSecurityGroupEgressCommand).resolves({ Return: true });
    await apply(planned(justCreated(), { egress: [] }));
    expect(mocked.ec2.commandCalls(RevokeSecurityGroupEgressCommand).map((call) => call.args[0].input)).toEqual([
      { GroupId: "sg-1", IpPermissions: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }] },
    ]);
  });

  it("says so when EC2 answers success and did nothing", async () => {
    const step = await plan([row("sgr-1", { CidrIpv4: "10.0.0.0/8" }), initialRow], {});
    mocked.ec2.on(RevokeSecurityGroupIngressCommand).resolves({ Return: true, UnknownIpPermissions: [{ IpProtocol: "tcp" }] });
    await expect(apply(step)).rejects.toThrow("did not revoke the ingress rules of sg-1: it does not know them");
  });

  it("revokes first when the group is full", async () => {
    const step = await plan([row("sgr-1", { CidrIpv4: "10.0.0.0/8" }), initialRow], { ingress: [{ port: 81, source: "10.0.0.0/8" }] });
    mocked.ec2
      .on(AuthorizeSecurityGroupIngressCommand)
      .rejectsOnce(refusal("RulesPerSecurityGroupLimitExceeded"))
      .resolves({ Return: true });
    mocked.ec2.on(RevokeSecurityGroupIngressCommand).resolves({ Return: true });
    await apply(step);
    expect(sent(mocked.ec2).map(({ name }) => name)).toEqual([
      "AuthorizeSecurityGroupIngress",
      "RevokeSecurityGroupIngress",
      "AuthorizeSecurityGroupIngress",
    ]);
  });

  it("fails, with the rules as they were, when the group is full and nothing goes", async () => {
    const step = await plan([initialRow], { ingress: [{ port: 81, source: "10.0.0.0/8" }] });
    mocked.ec2.on(AuthorizeSecurityGroupIngressCommand).rejects(refusal("RulesPerSecurityGroupLimitExceeded"));
    await expect(apply(step)).rejects.toMatchObject({ code: "RulesPerSecurityGroupLimitExceeded", class: "quota" });
  });

  it("drops existing rules and adds the rest", async () => {
    const step = await plan([initialRow], {
      ingress: [
        { port: 80, source: "10.0.0.0/8" },
        { port: 81, source: "10.0.0.0/8" },
      ],
    });
    mocked.ec2.on(AuthorizeSecurityGroupIngressCommand).rejectsOnce(refusal("InvalidPermission.Duplicate")).resolves({ Return: true });
    mocked.ec2.on(DescribeSecurityGroupRulesCommand).resolves({ SecurityGroupRules: [row("sgr-1", { CidrIpv4: "10.0.0.0/8" })] });
    await apply(step);
    expect(mocked.ec2.commandCalls(AuthorizeSecurityGroupIngressCommand)[1]!.args[0].input.IpPermissions).toEqual([
      { IpProtocol: "tcp", FromPort: 81, ToPort: 81, IpRanges: [{ CidrIp: "10.0.0.0/8" }] },
    ]);
  });

  it("revokes the remaining rules when one of them is gone", async () => {
    const step = await plan([row("sgr-1", { CidrIpv4: "10.0.0.0/8" }), row("sgr-2", { CidrIpv4: "10.1.0.0/16" }), initialRow], {});
    mocked.ec2.on(RevokeSecurityGroupIngressCommand).rejectsOnce(refusal("InvalidSecurityGroupRuleId.NotFound")).resolves({ Return: true });
    mocked.ec2.on(DescribeSecurityGroupRulesCommand).resolves({ SecurityGroupRules: [row("sgr-2", { CidrIpv4: "10.1.0.0/16" })] });
    await apply(step);
    expect(mocked.ec2.commandCalls(RevokeSecurityGroupIngressCommand).map((call) => call.args[0].input.SecurityGroupRuleIds)).toEqual([
      ["sgr-1", "sgr-2"],
      ["sgr-2"],
    ]);
  });

  it("does not take a group that EC2 does not show yet for one without rules", async () => {
    const step = await plan([row("sgr-1", { CidrIpv4: "10.0.0.0/8" }), initialRow], {});
    mocked.ec2.on(RevokeSecurityGroupIngressCommand).rejects(refusal("InvalidGroup.NotFound"));
    await expect(apply(step)).rejects.toMatchObject({ class: "not-found" });
  });

  it("leaves the IPv6 half of AWS's default egress, where the file has the IPv4 half", async () => {
    expect((await plan([initialRow, initialTwinRow], {})).changes).toEqual({});
    const { changes } = await plan([initialRow, initialTwinRow], { egress: [] });
    expect(changes.egress!.items!.removed.map(({ key }) => key)).toEqual(["all 0.0.0.0/0", "all ::/0"]);
  });

  it("undo takes back only the rules that name other groups", async () => {
    const { live } = await plan(
      [
        row("sgr-1", { CidrIpv4: "10.0.0.0/8" }),
        row("sgr-2", { ReferencedGroupInfo: { GroupId: "sg-2" } }),
        row("sgr-3", { ReferencedGroupInfo: { GroupId: "sg-1" } }),
        initialRow,
      ],
      {},
    );
    mocked.ec2.on(RevokeSecurityGroupIngressCommand).resolves({ Return: true });
    await driver.detach!(
      mocked.aws,
      "rules",
      live,
      runOf(mocked.clock, async () => live),
    );
    expect(sent(mocked.ec2)).toEqual([{ name: "RevokeSecurityGroupIngress", input: { GroupId: "sg-1", SecurityGroupRuleIds: ["sgr-2"] } }]);
  });

  it("creates with its tags, and asks for no repetition", async () => {
    mocked.ec2.on(CreateSecurityGroupCommand).rejectsOnce(refusal("InternalError")).resolves({ GroupId: "sg-1" });
    await expect(driver.create(mocked.aws, { vpc: "vpc-1" }, identity())).rejects.toMatchObject({ class: "ambiguous" });
    await expect(driver.create(mocked.aws, { vpc: "vpc-1" }, identity())).resolves.toBe("sg-1");
    expect(mocked.ec2.commandCalls(CreateSecurityGroupCommand)[1]!.args[0].input).toEqual({
      GroupName: "dev-web",
      Description: "Managed by infra",
      VpcId: "vpc-1",
      TagSpecifications: [
        {
          ResourceType: "security-group",
          Tags: [
            { Key: "infra:project", Value: "lab" },
            { Key: "infra:environment", Value: "dev" },
          ],
        },
      ],
    });
  });

  it("counts a group that is gone as deleted, and one that is in use as not", async () => {
    const live = justCreated();
    const run = runOf(mocked.clock, async () => live);
    mocked.ec2.on(DeleteSecurityGroupCommand).rejectsOnce(refusal("InvalidGroup.NotFound")).rejects(refusal("DependencyViolation"));
    await expect(driver.delete(mocked.aws, live, run)).resolves.toBeUndefined();
    await expect(driver.delete(mocked.aws, live, run)).rejects.toMatchObject({ class: "dependency" });
  });

  it("names the interfaces and the groups in the way of a delete", async () => {
    mocked.ec2.on(DescribeNetworkInterfacesCommand).resolves({
      NetworkInterfaces: [
        {
          NetworkInterfaceId: "eni-1",
          Description: "ELB app/web/50dc",
          RequesterManaged: true,
          RequesterId: "amazon-elb",
          Groups: [{ GroupId: justCreated().id }],
        },
      ],
    });
    mocked.ec2.on(DescribeSecurityGroupsCommand).resolves({
      SecurityGroups: [
        group(),
        group({ GroupId: "sg-2", GroupName: "db", IpPermissions: [{ UserIdGroupPairs: [{ GroupId: justCreated().id }] }] }),
      ],
    });
    const blockers = (await driver.blockers!(mocked.aws, [justCreated()])).get(justCreated().id)!;
    expect(blockers.map(({ id }) => id)).toEqual(["eni-1", "sg-2"]);
    expect(blockers[0]!.what).toContain("ELB app/web/50dc");
    expect(blockers[1]!.what).toBe('security group "db", whose rules name this one');
  });

  it("asks for the rules of 200 groups a call", async () => {
    mocked.ec2.on(DescribeSecurityGroupRulesCommand).resolves({});
    const ids = Array.from({ length: 450 }, (_, i) => `sg-${i}`);
    mocked.ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: ids.map((GroupId) => group({ GroupId })) });
    const lives = await all(driver.list(mocked.aws, scope));
    expect(lives).toHaveLength(450);
    expect(sent(mocked.ec2)).toHaveLength(securityGroup.readCost({ ours: 450, account: 0 }));
    expect((await readRules(mocked.aws, [])).size).toBe(0);
  });

  it("finds the groups of a VPC, and says which AWS made", async () => {
    mocked.ec2.on(DescribeSecurityGroupsCommand).resolves({
      SecurityGroups: [group({ GroupId: "sg-2", GroupName: "default" }), group({ GroupId: "sg-3", GroupName: "hand" })],
    });
    expect(await driver.within!(mocked.aws, new Map([["vpc", new Set(["vpc-1"])]]))).toEqual([
      { id: "sg-2", what: 'security group "default" in vpc-1', isMadeByService: true },
      { id: "sg-3", what: 'security group "hand" in vpc-1', isMadeByService: false },
    ]);
  });
});
