/** Peering connections: the values that a file may hold, both sides of a connection with another account, and deletes. */
import { DescribeVpcPeeringConnectionsCommand } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { live } from "../../src/kinds/vpc-peering/live.ts";
import { iamPolicy } from "../../src/iam/policy.ts";
import { header, loadText, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";

const vpcs = `
vpcs:
  one: { cidrBlock: 10.1.0.0/16, enableDnsHostnames: true }
  two: { cidrBlock: 10.2.0.0/16 }
  same: { cidrBlock: 10.1.128.0/17 }
`;
const peering = (fields: string, name = "a") => `${header}${vpcs}vpcPeerings: { ${name}: { vpc: one, ${fields} } }\n`;

describe("a file", () => {
  const problem = (yaml: string): string => {
    try {
      loadText(yaml);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };

  it.each<[string, string, string]>([
    ["no other side", "", "does not name the VPC on the other side"],
    ["itself on the other side", "peerVpc: one", "cannot have a peering connection with itself"],
    ["ranges that overlap", "peerVpc: same", "overlap, and AWS refuses to connect such VPCs"],
    ["names without host names", "peerVpc: two, dnsResolution: true", "needs enableDnsHostnames on vpc/two"],
    [
      "an acceptance in another account",
      'peerVpc: { id: vpc-0123456789abcdef0 }, peerOwner: "210987654321", accept: true',
      "must be accepted there",
    ],
    [
      "a VPC of its own as one of another region",
      "peerVpc: two, peerRegion: eu-central-1",
      "is in the account and region of this environment",
    ],
    ["a request and a VPC", "accept: pcx-0123456789abcdef0, peerVpc: two", "already determines `peerVpc`"],
    ["something that is no request", "accept: vpc-0123456789abcdef0", "accept"],
  ])("has a diagnostic for %s", (_what, fields, says) => expect(problem(peering(fields))).toContain(says));

  it("has a diagnostic for two connections of one pair, whichever side asks", () =>
    expect(problem(`${header}${vpcs}vpcPeerings: { a: { vpc: one, peerVpc: two }, b: { vpc: two, peerVpc: one } }`)).toContain(
      "vpcPeering/a already connects these two VPCs",
    ));

  it("needs the right to tag the request that it accepts, and no other", () => {
    const statement = (fields: string) =>
      iamPolicy(kinds, loadText(peering(fields)), "apply").Statement.filter(({ Sid }) => Sid.startsWith("TagAccepted"));
    expect(statement("peerVpc: two")).toEqual([]);
    expect(statement("accept: pcx-0123456789abcdef0")).toMatchObject([
      { Resource: [expect.stringContaining("vpc-peering-connection/pcx-0123456789abcdef0")] },
    ]);
  });
});

describe("seen from our side", () => {
  const place = { account: "123456789012", region: "eu-west-1" };
  const ours = { OwnerId: place.account, Region: place.region, VpcId: "vpc-1" };
  const theirs = { OwnerId: "210987654321", Region: "eu-west-1", VpcId: "vpc-9" };
  const tags = [{ Key: "infra:resource", Value: "vpcPeering/a" }];
  const ExpirationTime = new Date("2026-12-08T10:00:00Z");
  const seen = (Code: string, RequesterVpcInfo: object, AccepterVpcInfo: object, Tags = tags) => {
    const Status = { Code: Code as never, Message: "why" };
    return live({ VpcPeeringConnectionId: "pcx-1", Status, ExpirationTime, RequesterVpcInfo, AccepterVpcInfo, Tags }, place);
  };

  it.each<[code: string, state: unknown]>([
    ["initiating-request", "pending"],
    ["provisioning", "pending"],
    ["pending-acceptance", "ready"],
    ["active", "ready"],
    ["deleting", "deleting"],
    ["deleted", "dead"],
    ["failed", { failed: "why" }],
    ["expired", { failed: "why" }],
    ["rejected", { failed: "why" }],
  ])("%s is %j", (code, state) => expect(seen(code, ours, theirs).state).toEqual(state));

  it("one that has ended and that we have released is gone", () => expect(seen("rejected", ours, theirs, []).state).toBe("dead"));

  it("requested by us, of another account", () => {
    const { spec, handle, notes } = seen("pending-acceptance", ours, theirs);
    expect(spec).toMatchObject({ vpc: "vpc-1", peerVpc: "vpc-9", peerOwner: "210987654321", accept: false });
    expect(spec).not.toHaveProperty("dnsResolution");
    expect(handle.sides).toEqual(["requester"]);
    expect(notes).toEqual(["account 210987654321 must accept it in eu-west-1 by 2026-12-08"]);
  });

  it("requested of us, and accepted", () => {
    const { spec, handle } = seen("active", { ...theirs, PeeringOptions: { AllowDnsResolutionFromRemoteVpc: true } }, ours);
    expect(spec).toMatchObject({ vpc: "vpc-1", accept: "pcx-1", dnsResolution: false });
    expect(handle).toEqual({ status: "active", sides: ["accepter"], dns: [false] });
  });

  it("of one account, with names on one side only, is neither on nor off", () => {
    const { handle } = seen("active", { ...ours, PeeringOptions: { AllowDnsResolutionFromRemoteVpc: true } }, { ...ours, VpcId: "vpc-2" });
    const same = kinds.find(({ name }) => name === "vpcPeering")?.fields["dnsResolution"]?.same;
    expect([true, false].map((request) => same?.(request, undefined, { handle } as never, undefined))).toEqual([false, false]);
  });
});

describe("in the sandbox", () => {
  const statuses = async (testbed: Testbed) => {
    const { aws } = await testbed.connection();
    const { VpcPeeringConnections = [] } = await aws.ec2(new DescribeVpcPeeringConnectionsCommand({}));
    return VpcPeeringConnections.map(({ Status }) => Status?.Code);
  };

  it("is requested of another account, waits there, and goes with its VPC", async () => {
    const testbed = openTestbed();
    const yaml = peering('peerVpc: { id: vpc-0123456789abcdef0 }, peerOwner: "210987654321", dnsResolution: true');
    await testbed.apply(yaml);
    const { plan } = await testbed.plan(yaml);
    expect(stepsOf({ plan })).toEqual([]);
    expect(plan.notes.map(({ text }) => text).join()).toContain("account 210987654321 must accept it");
    expect(await statuses(testbed)).toEqual(["pending-acceptance"]);
    await testbed.destroy(yaml);
    expect(await statuses(testbed)).toEqual(["deleted"]);
  });

  it("that has expired is requested again, and the old one is left alone", async () => {
    const testbed = openTestbed();
    const yaml = peering('peerVpc: { id: vpc-0123456789abcdef0 }, peerOwner: "210987654321"');
    await testbed.apply(yaml);
    await testbed.clock.sleep(8 * 24 * 3_600_000);
    expect(stepsOf(await testbed.plan(yaml))).toEqual(["replace vpcPeering/a"]);
    await testbed.apply(yaml);
    expect((await statuses(testbed)).sort()).toEqual(["expired", "pending-acceptance"]);
    expect(stepsOf(await testbed.plan(yaml))).toEqual([]);
  });

  it("accepts a request of another account, once", async () => {
    const testbed = openTestbed();
    await testbed.apply(`${header}${vpcs}`);
    const { observed } = await testbed.plan(`${header}${vpcs}`);
    const vpcId = observed.objects.get("vpc/one")!.live.id;
    const id = "pcx-0123456789abcdef0";
    const requester = { account: "210987654321", region: "eu-west-1", vpcId: "vpc-0fedcba9876543210" };
    const accepter = { account: "123456789012", region: "eu-west-1", vpcId };
    const request = { id, requester, accepter, createdAt: testbed.clock.now() - 60_000, requesterDns: false, accepterDns: false };
    for (const store of testbed.sandbox.stores.values()) store.table("ec2.vpcPeerings").set(id, request);
    const yaml = peering(`accept: ${id}, dnsResolution: true`);
    await testbed.apply(yaml);
    expect(await statuses(testbed)).toEqual(["active"]);
    expect(stepsOf(await testbed.plan(yaml))).toEqual([]);
    const { outcome } = await testbed.tryApply(yaml.replace("vpc: one", "vpc: two").replace(", dnsResolution: true", ""));
    expect(outcome.failed.map(({ failure }) => failure.message).join()).toMatch(/is for vpc-\w+, not for vpc-\w+/);
  });
});
