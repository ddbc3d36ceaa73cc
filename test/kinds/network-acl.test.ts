import {
  CreateNetworkAclEntryCommand,
  DeleteNetworkAclEntryCommand,
  DeleteTagsCommand,
  DescribeNetworkAclsCommand,
  ReplaceNetworkAclAssociationCommand,
  ReplaceNetworkAclEntryCommand,
  type NetworkAcl as AwsNetworkAcl,
} from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, it } from "vitest";
import { setEntries, setSubnets } from "../../src/kinds/network-acl/apply.ts";
import { entryInput, exposures, normalEntry, observedEntries, type Entry } from "../../src/kinds/network-acl/entry.ts";
import { networkAcl } from "../../src/kinds/network-acl/network-acl.ts";
import type { NetworkAcl } from "../../src/kinds/network-acl/schema.ts";
import * as sdk from "../../src/aws/sdk/ec2.ts";
import { mockedEc2, refusal, resourceIndexOf, runOf, scope, sent, type Declared, type MockedEc2 } from "./mocked-ec2.ts";

let aws: MockedEc2["aws"];
let ec2: MockedEc2["ec2"];
let clock: MockedEc2["clock"];
beforeEach(async () => ({ aws, ec2, clock } = await mockedEc2()));

const ours = [
  { Key: "infra:project", Value: "lab" },
  { Key: "infra:environment", Value: "dev" },
];
const allow: Entry = { action: "allow", protocol: "tcp", port: 443, source: "0.0.0.0/0" };

describe("an entry", () => {
  it.each<[string, Entry, Entry]>([
    [
      "without a protocol is for TCP",
      { action: "allow", port: "22", source: "10.0.0.0/8" },
      { action: "allow", protocol: "tcp", port: 22, source: "10.0.0.0/8" },
    ],
    [
      "of a number that has a name",
      { action: "deny", protocol: 17, ports: "53-53", source: "::/0" },
      { action: "deny", protocol: "udp", port: 53, source: "::/0" },
    ],
    [
      "with bits beyond its mask",
      { action: "allow", protocol: "-1", source: "10.0.1.7/16" },
      { action: "allow", protocol: "all", source: "10.0.0.0/16" },
    ],
    [
      "for all of ICMP",
      { action: "allow", protocol: "icmp", source: "10.0.0.0/8" },
      { action: "allow", protocol: "icmp", icmpType: -1, icmpCode: -1, source: "10.0.0.0/8" },
    ],
    [
      "of another protocol has no ports",
      { action: "allow", protocol: 47, destination: "10.0.0.0/8" },
      { action: "allow", protocol: "47", destination: "10.0.0.0/8" },
    ],
  ])("%s", (_what, written, normal) => {
    expect(normalEntry(written)).toEqual(normal);
    expect(normalEntry(normal)).toEqual(normal);
  });

  it.each<[Entry, object]>([
    [allow, { Protocol: "6", RuleAction: "allow", CidrBlock: "0.0.0.0/0", PortRange: { From: 443, To: 443 } }],
    [
      { action: "deny", protocol: "icmpv6", destination: "::/0" },
      { Protocol: "58", RuleAction: "deny", Ipv6CidrBlock: "::/0", IcmpTypeCode: { Type: -1, Code: -1 } },
    ],
    [
      { action: "allow", protocol: "all", source: "10.0.0.0/8" },
      { Protocol: "-1", RuleAction: "allow", CidrBlock: "10.0.0.0/8" },
    ],
  ])("%j is sent whole, and read back as it was written", (entry, input) => {
    const direction = entry.source === undefined ? "egress" : "ingress";
    const request = entryInput("acl-1", direction, "100", entry);
    expect(request).toEqual({ NetworkAclId: "acl-1", RuleNumber: 100, Egress: direction === "egress", ...input });
    expect(observedEntries([request], direction)).toEqual({ 100: normalEntry(entry) });
    expect(observedEntries([request], direction === "egress" ? "ingress" : "egress")).toEqual({});
  });

  it("has no diagnostic for the entries that AWS adds", () => {
    expect(
      observedEntries([{ RuleNumber: 32_767, Egress: false, Protocol: "-1", RuleAction: "deny", CidrBlock: "0.0.0.0/0" }], "ingress"),
    ).toEqual({});
  });

  it("reports the traffic that it opens to everybody", () => {
    const none = { added: [], changed: [], removed: [] };
    const deny: Entry = { action: "deny", protocol: "all", source: "::/0" };
    expect(exposures({ ...none, added: [{ key: "100", value: allow }] })).toBe("it allows tcp 443 from 0.0.0.0/0");
    expect(exposures({ ...none, added: [{ key: "100", value: deny }] })).toBeUndefined();
    expect(exposures({ ...none, removed: [{ key: "90", value: deny }] })).toBe("it no longer denies all from ::/0");
    expect(exposures({ ...none, changed: [{ key: "90", before: { ...allow, action: "deny" }, after: allow }] })).toBe(
      "it allows tcp 443 from 0.0.0.0/0 and it no longer denies tcp 443 from 0.0.0.0/0",
    );
  });
});

describe("changing entries", () => {
  const names = () => sent(ec2).map(({ name, input }) => `${name} ${(input as { RuleNumber: number }).RuleNumber}`);

  it("changes, then makes, then deletes", async () => {
    ec2
      .on(ReplaceNetworkAclEntryCommand)
      .resolves({})
      .on(CreateNetworkAclEntryCommand)
      .resolves({})
      .on(DeleteNetworkAclEntryCommand)
      .resolves({});
    await setEntries(sdk, aws, "acl-1", "ingress", {
      added: [{ key: "110", value: allow }],
      changed: [{ key: "100", before: allow, after: { ...allow, port: 80 } }],
      removed: [{ key: "90", value: allow }],
    });
    expect(names()).toEqual(["ReplaceNetworkAclEntry 100", "CreateNetworkAclEntry 110", "DeleteNetworkAclEntry 90"]);
  });

  it("makes room first where the ACL is full", async () => {
    ec2.on(CreateNetworkAclEntryCommand).rejectsOnce(refusal("NetworkAclEntryLimitExceeded")).resolves({});
    ec2.on(DeleteNetworkAclEntryCommand).resolves({});
    await setEntries(sdk, aws, "acl-1", "ingress", {
      added: [{ key: "110", value: allow }],
      changed: [],
      removed: [{ key: "90", value: allow }],
    });
    expect(names()).toEqual(["CreateNetworkAclEntry 110", "DeleteNetworkAclEntry 90", "CreateNetworkAclEntry 110"]);
  });

  it("reports when the desired entries fill it", async () => {
    ec2.on(CreateNetworkAclEntryCommand).rejects(refusal("NetworkAclEntryLimitExceeded"));
    const full = setEntries(sdk, aws, "acl-1", "ingress", { added: [{ key: "110", value: allow }], changed: [], removed: [] });
    await expect(full).rejects.toThrow("NetworkAclEntryLimitExceeded");
  });

  it("replaces one that exists already, makes one that is gone, and lets one be gone", async () => {
    ec2.on(CreateNetworkAclEntryCommand).rejectsOnce(refusal("NetworkAclEntryAlreadyExists")).resolves({});
    ec2.on(ReplaceNetworkAclEntryCommand).rejectsOnce(refusal("InvalidNetworkAclEntry.NotFound")).resolves({});
    ec2.on(DeleteNetworkAclEntryCommand).rejects(refusal("InvalidNetworkAclEntry.NotFound"));
    const changed = [{ key: "100", before: allow, after: { ...allow, port: 80 } }];
    await expect(setEntries(sdk, aws, "acl-1", "egress", { added: [], changed, removed: [] })).resolves.toBeUndefined();
    expect(names()).toEqual(["ReplaceNetworkAclEntry 100", "CreateNetworkAclEntry 100", "ReplaceNetworkAclEntry 100"]);
    await setEntries(sdk, aws, "acl-1", "egress", { added: [], changed: [], removed: [{ key: "100", value: allow }] });
  });
});

describe("moving subnets", () => {
  const acl = { id: "acl-1", vpc: "vpc-1", tags: { "infra:project": "lab", "infra:environment": "dev" } };
  const has = (id: string, subnets: readonly string[], more: Partial<AwsNetworkAcl> = {}): AwsNetworkAcl => ({
    NetworkAclId: id,
    VpcId: "vpc-1",
    Tags: ours,
    Associations: subnets.map((subnet) => ({ SubnetId: subnet, NetworkAclAssociationId: `${id}/${subnet}`, NetworkAclId: id })),
    ...more,
  });
  const standard = (subnets: readonly string[]) => has("acl-0", subnets, { IsDefault: true, Tags: [] });
  const moves = () =>
    ec2.commandCalls(ReplaceNetworkAclAssociationCommand).map(({ args: [{ input }] }) => `${input.AssociationId} to ${input.NetworkAclId}`);
  const run = () => runOf(clock, async () => undefined);

  it("brings the wanted ones, and gives the others back to the default ACL", async () => {
    ec2
      .on(DescribeNetworkAclsCommand)
      .resolves({ NetworkAcls: [standard(["s-1"]), has("acl-1", ["s-2", "s-3"]), has("acl-2", ["s-4"], { Tags: [] })] });
    ec2.on(ReplaceNetworkAclAssociationCommand).resolves({});
    const working = run();
    await setSubnets(sdk, aws, acl, ["s-1", "s-2", "s-4"], working);
    expect(moves()).toEqual(["acl-0/s-1 to acl-1", "acl-2/s-4 to acl-1", "acl-1/s-3 to acl-0"]);
    expect(working.said).toEqual([
      "s-4 was associated with acl-2, which is not of this environment; it is now associated with this network ACL",
    ]);
  });

  it("reads again where a new subnet is not visible yet, and where an association has another id by now", async () => {
    ec2
      .on(DescribeNetworkAclsCommand)
      .resolvesOnce({ NetworkAcls: [standard([])] })
      .resolvesOnce({ NetworkAcls: [standard(["s-1"])] })
      .resolves({ NetworkAcls: [standard([]), has("acl-2", ["s-1"])] });
    ec2.on(ReplaceNetworkAclAssociationCommand).rejectsOnce(refusal("InvalidAssociationID.NotFound")).resolves({});
    await setSubnets(sdk, aws, acl, ["s-1"], run());
    expect(moves()).toEqual(["acl-0/s-1 to acl-1", "acl-2/s-1 to acl-1"]);
  });

  it("takes no subnet out of the default ACL, which has nowhere to give it", async () => {
    ec2.on(DescribeNetworkAclsCommand).resolves({ NetworkAcls: [standard(["s-1"])] });
    await expect(setSubnets(sdk, aws, { ...acl, id: "acl-0" }, [], run())).rejects.toThrow(
      "a subnet leaves it only for another network ACL that lists the subnet: s-1",
    );
  });

  it("keeps the default ACL, without our tags, when it is deleted", async () => {
    const driver = await networkAcl.load();
    ec2
      .on(DescribeNetworkAclsCommand)
      .resolves({ NetworkAcls: [standard([])] })
      .on(DeleteTagsCommand)
      .resolves({});
    const live = (await driver.get(aws, ["acl-0"], scope)).get("acl-0")!;
    const working = run();
    await Promise.all([driver.delete(aws, live, working as never), clock.sleep(100)]);
    expect(sent(ec2).map(({ name }) => name)).toEqual(["DescribeNetworkAcls", "DeleteTags"]);
    expect(working.said).toEqual(["the VPC's default network ACL stays, without the tags of infra"]);
  });
});

describe("checking", () => {
  const of = (address: string, spec: object): Declared => ({ address, spec });
  const check = (spec: Partial<NetworkAcl>, ...others: Declared[]) => {
    const index = resourceIndexOf(of("networkAcl/main", { vpc: "vpc/main", ...spec }), ...others);
    return networkAcl.check!(index.get("networkAcl/main")!, index).map(({ code, path }) => `${code} ${path}`);
  };

  it.each<[string, Partial<Entry>, string]>([
    ["a range in `port`", { port: "1-2" }, "bad-rule ingress.100.port"],
    ["ports the wrong way round", { ports: "9-3" }, "bad-rule ingress.100.ports"],
    ["a port that does not exist", { port: 70_000 }, "bad-rule ingress.100.port"],
    ["no port", {}, "bad-rule ingress.100"],
    ["port and ports", { port: 1, ports: "1-2" }, "bad-rule ingress.100.ports"],
    ["a port for everything", { protocol: "all", port: 1 }, "bad-rule ingress.100.port"],
    ["a protocol that does not exist", { protocol: 300 }, "bad-rule ingress.100.protocol"],
    ["an ICMP type for TCP", { port: 1, icmpType: 8 }, "bad-rule ingress.100.icmpType"],
    ["an ICMP code without a type", { protocol: "icmp", icmpCode: 0 }, "bad-rule ingress.100.icmpCode"],
    ["ICMP over IPv6", { protocol: "icmp", source: "::/0" }, "bad-rule ingress.100"],
    ["ICMPv6 over IPv4", { protocol: "icmpv6" }, "bad-rule ingress.100"],
  ])("%s", (_what, entry, problem) => {
    expect(check({ ingress: { 100: { action: "allow", source: "10.0.0.0/8", ...entry } as never } })).toEqual([problem]);
  });

  it("a number that is AWS's own", () => {
    expect(check({ egress: { 32767: { action: "allow", protocol: "all", destination: "10.0.0.0/8" } } })).toEqual([
      "out-of-range egress.32767",
    ]);
  });

  it("more entries than AWS allows, counted by family", () => {
    const many = (count: number, source: string) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`${(source === "::/0" ? 1000 : 1) + i}`, { action: "deny", protocol: "all", source }]),
      );
    expect(check({ ingress: { ...many(19, "10.0.0.0/8"), ...many(19, "::/0") } as never })).toEqual([]);
    expect(check({ ingress: many(20, "10.0.0.0/8") as never })).toEqual(["quota ingress"]);
  });

  it("subnets of two ACLs, and of another VPC", () => {
    const subnets: Declared[] = [of("subnet/a", { vpc: "vpc/main" }), of("subnet/b", { vpc: "vpc/other" })];
    expect(check({ subnets: ["subnet/a", "subnet/b"] }, ...subnets)).toEqual(["other-vpc subnets[1]"]);
    const first = of("networkAcl/first", { vpc: "vpc/main", subnets: ["subnet/a"] });
    const index = resourceIndexOf(first, of("networkAcl/main", { vpc: "vpc/main", subnets: ["subnet/a"] }), ...subnets);
    expect(networkAcl.check!(index.get("networkAcl/main")!, index).map(({ code }) => code)).toEqual(["two-acls"]);
    expect(networkAcl.check!(index.get("networkAcl/first")!, index)).toEqual([]);
    // The ACL that takes over the subnet goes first.
    const main = index.get("networkAcl/main")!;
    expect(networkAcl.after!({ ...main, spec: { ...main.spec, subnets: [] } }, index, { subnets: ["subnet/a"] })).toEqual([
      "networkAcl/first",
    ]);
  });
});
