import { AssociateVPCWithHostedZoneCommand, CreateHostedZoneCommand, ListResourceRecordSetsCommand } from "@aws-sdk/client-route-53";
import { describe, expect, it } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { longestZoneName, ownerIn, referenceFor } from "../../src/kinds/hosted-zone/reference.ts";
import { record } from "../../src/kinds/record/record.ts";
import { companionFor, companionName, companionOf, isOf } from "../../src/kinds/shared/dns/companions.ts";
import { isWithin, meantValue, plainName, wireValue } from "../../src/kinds/shared/dns/names.ts";
import { header, loadText, openTestbed, stepsOf } from "../support/testbed.ts";
import { change, route53, setsOf, values, zoneOf, zonesOf } from "./dns-testbed.ts";
import { settle } from "./elbv2-testbed.ts";
import { told } from "./group-testbed.ts";

const domain = "shop.example.com";
const zone = `hostedZones: { main: { name: ${domain} } }\n`;
const www = (more = "") => `records: { www: { zone: main, name: www.${domain}, type: A, values: [192.0.2.1]${more} } }\n`;
const yaml = `${header}${zone}${www()}`;
/** Only the kinds that these tests need, because a plan of all kinds is slower. */
const only = kinds.filter(({ name }) => ["vpc", "hostedZone", "record"].includes(name));
const open = (options: Parameters<typeof openTestbed>[0] = {}) => openTestbed({ kinds: only, ...options });

describe("names and values", () => {
  it.each([
    ["WWW.Example.COM.", "www.example.com"],
    ["\\052.example.com.", "*.example.com"],
    ["a\\057b.example.com", "a/b.example.com"],
  ])("%s is %s", (written, plain) => {
    expect(plainName(written)).toBe(plain);
    expect(plainName(plain)).toBe(plain);
  });

  it.each([
    ["www.example.com", "example.com", true],
    ["example.com.", "Example.com", true],
    ["notexample.com", "example.com", false],
    ["com", "example.com", false],
  ])("%s within %s: %s", (name, outer, is) => expect(isWithin(name, outer)).toBe(is));

  it.each([
    ["TXT", "v=spf1 -all", '"v=spf1 -all"'],
    ["TXT", 'a "quoted" \\ text', '"a \\"quoted\\" \\\\ text"'],
    ["TXT", '"given" "as it is"', '"given" "as it is"'],
    ["TXT", "x".repeat(300), `"${"x".repeat(255)}" "${"x".repeat(45)}"`],
    ["A", "192.0.2.1", "192.0.2.1"],
  ])("%s %s is sent as %s", (type, value, sent) => {
    expect(wireValue(type, value)).toBe(sent);
    expect(meantValue(type, sent)).toBe(meantValue(type, value));
  });

  it.each([
    ["TXT", '"ab" "cd"', '"abcd"'],
    ["TXT", '"\\050x\\051"', "(x)"],
    ["AAAA", "2001:DB8::1", "2001:0db8:0:0:0:0:0:1"],
    ["MX", "10  Mail.Example.com.", "10 mail.example.com"],
    ["CNAME", "App.example.com.", "app.example.com"],
  ])("%s: %s means the same as %s", (type, one, other) => expect(meantValue(type, one)).toBe(meantValue(type, other)));

  it.each([
    ["TXT", "Case", "case"],
    ["MX", "10 a.example.com", "20 a.example.com"],
    ["AAAA", "::1", "::2"],
  ])("%s: %s does not mean %s", (type, one, other) => expect(meantValue(type, one)).not.toBe(meantValue(type, other)));
});

describe("the ownership of a zone", () => {
  const tags = {
    "infra:project": "lab",
    "infra:environment": "test",
    "infra:resource": "record/www.a",
    "infra:protect": "true",
    team: "web",
  };

  it("stands in a TXT record that tells no project, and is read back", () => {
    const raw = companionFor("*.shop.example.com", "A", tags);
    expect(raw.Name).toBe("_infra.a._wildcard.shop.example.com");
    expect(raw.Name).toBe(companionName("*.shop.example.com", "A"));
    expect(JSON.stringify(raw)).not.toContain("lab");
    const read = companionOf({ name: raw.Name!, type: "TXT", raw })!;
    expect(read).toMatchObject({ name: "*.shop.example.com", type: "A", resource: "record/www.a", more: { "infra:protect": "true" } });
    expect(isOf(read, tags)).toBe(true);
    expect(isOf(read, { ...tags, "infra:environment": "prod" })).toBe(false);
    expect(isOf(read, { ...tags, "infra:resource": "record/api" })).toBe(false);
  });

  it.each([
    ["TXT", "www.example.com", '"infra=1 of=x is=record/www"'],
    ["CNAME", "_infra.a.www.example.com", '"infra=1 of=x is=record/www"'],
    ["TXT", "_infra.a.www.example.com", '"infra=2 of=x is=record/www"'],
    ["TXT", "_infra.a.www.example.com", '"heritage=external-dns,external-dns/owner=me"'],
  ])("%s %s %s is no companion", (type, name, Value) =>
    expect(companionOf({ name, type, raw: { Name: name, Type: type as "TXT", ResourceRecords: [{ Value }] } })).toBeUndefined(),
  );

  it("stands in the caller reference of a zone, too, in at most 128 characters", () => {
    const owner = { project: "p".repeat(40), environment: "e".repeat(40) };
    const name = "n".repeat(longestZoneName);
    const its = { "infra:project": owner.project, "infra:environment": owner.environment, "infra:resource": `hostedZone/${name}` };
    const reference = referenceFor(its, "0123456789abcdef0123", 1_800_000_000_000);
    expect(reference.length).toBeLessThanOrEqual(128);
    expect(ownerIn(reference, owner)).toEqual(its);
    expect(ownerIn(reference, { ...owner, environment: "other" })).toBeUndefined();
    expect(ownerIn("terraform-2024", owner)).toBeUndefined();
  });
});

describe("a record", () => {
  it("is made with its companion in one batch, changed in one, and deleted with it", async () => {
    const testbed = open();
    await settle(testbed, yaml);
    expect(Object.keys(await setsOf(testbed, domain))).toEqual([`www.${domain}. A`, `_infra.a.www.${domain}. TXT`]);
    await settle(testbed, `${header}${zone}${www(", ttl: 60")}`);
    expect((await setsOf(testbed, domain))[`www.${domain}. A`]).toMatchObject({ TTL: 60 });
    const batches = testbed.sandbox.calls.filter(({ operation }) => operation === "ChangeResourceRecordSets");
    expect(batches).toHaveLength(2);
    await settle(testbed, `${header}${zone}`);
    expect(await setsOf(testbed, domain)).toEqual({});
  });

  it.each([
    ["its first answer is lost", { loseAnswer: [{ operation: "route53:ChangeResourceRecordSets" }] }],
    ["the listing of zones lags", { lag: { ids: 20_000 } }],
  ])("is made once where %s", async (_what, faults) => {
    const testbed = open({ sandbox: { faults } });
    await settle(testbed, yaml);
    expect(Object.keys(await setsOf(testbed, domain))).toHaveLength(2);
  });

  it("of somebody else is refused in the plan, with a way to adopt it, and stays as it is", async () => {
    const testbed = open();
    await settle(testbed, `${header}${zone}`);
    const theirs = { Name: `www.${domain}`, Type: "A" as const, ...values("198.51.100.7") };
    await change(testbed, domain, "CREATE", theirs);
    const before = await setsOf(testbed, domain);
    const failed = told(await testbed.tryApply(yaml)).failed.join();
    const id = `${await zoneOf(testbed, domain)}/www.${domain}/A`;
    expect(failed).toContain(
      `The zone ${await zoneOf(testbed, domain)} already has the record www.shop.example.com A (198.51.100.7), which was not made by infra`,
    );
    expect(await setsOf(testbed, domain)).toEqual(before);
    await settle(testbed, `${header}${zone}${www(`, adopt: { id: ${id} }`)}`);
    expect((await setsOf(testbed, domain))[`www.${domain}. A`]).toMatchObject(values("192.0.2.1"));
    await settle(testbed, `${header}${zone}`);
    expect(await setsOf(testbed, domain)).toEqual({});
  });

  it("is one of several by its share: each with its companion; those of others stay, and a lost answer makes none twice", async () => {
    const testbed = open({ sandbox: { faults: { loseAnswer: [{ operation: "route53:ChangeResourceRecordSets", nth: 2 }] } } });
    await settle(testbed, `${header}${zone}`);
    const theirs = { Name: `www.${domain}`, Type: "A" as const, SetIdentifier: "theirs", Weight: 1, ...values("198.51.100.7") };
    await change(testbed, domain, "CREATE", theirs);
    const shares = (blue: number, more = "") => `${header}${zone}records:
  blue: { zone: main, name: www.${domain}, type: A, values: [192.0.2.1], routing: { setIdentifier: blue/1, weight: ${blue} } }
  green: { zone: main, name: www.${domain}, type: A, values: [192.0.2.2], routing: { setIdentifier: green, weight: ${100 - blue} } }
${more}`;
    await settle(testbed, shares(90));
    const HostedZoneId = await zoneOf(testbed, domain);
    const all = async () => {
      const { ResourceRecordSets = [] } = await route53(testbed).send(new ListResourceRecordSetsCommand({ HostedZoneId }));
      return ResourceRecordSets.flatMap(({ SetIdentifier, Weight }) => (SetIdentifier === undefined ? [] : [`${SetIdentifier} ${Weight}`]));
    };
    expect(await all()).toEqual(["blue/1 90", "green 10", "theirs 1"]);
    const companions = Object.keys(await setsOf(testbed, domain)).filter((name) => name.startsWith("_infra"));
    expect(companions.map((name) => name.replace(/\.[0-9a-f]{8}\./, ".HASH."))).toEqual(Array(2).fill(`_infra.a.HASH.www.${domain}. TXT`));
    await settle(testbed, shares(0));
    expect(await all()).toEqual(["blue/1 0", "green 100", "theirs 1"]);
    await settle(testbed, `${header}${zone}`);
    expect(await all()).toEqual(["theirs 1"]);
    // A simple record cannot stand beside records of others.
    expect(told(await testbed.tryApply(yaml)).failed.join()).toContain("simple and weighted records cannot have the same name and type");
    expect(await all()).toEqual(["theirs 1"]);
    const simple = `  plain: { zone: main, name: www.${domain}, type: A, values: [192.0.2.3] }\n`;
    expect(() => loadText(shares(50, simple))).toThrow("has the same name and type but no `routing`");
  });

  it("that comes between plan and apply is not overwritten", async () => {
    const testbed = open();
    await settle(testbed, `${header}${zone}`);
    const run = await testbed.plan(yaml);
    await change(testbed, domain, "CREATE", { Name: `www.${domain}`, Type: "A", ...values("198.51.100.7") });
    const { applyEnvironment } = await import("../../src/engine.ts");
    const failed: string[] = [];
    for await (const event of applyEnvironment(run.connection, run, { signal: new AbortController().signal }))
      if (event.type === "step-failed") failed.push(event.failure.message);
    expect(failed.join()).toContain("was not made by infra");
    expect(Object.keys(await setsOf(testbed, domain))).toEqual([`www.${domain}. A`]);
  });

  it("of another environment in the same zone is left alone, and the plan says so", async () => {
    const testbed = open();
    await settle(testbed, yaml);
    const other = `${header.replace("environment: test", "environment: other")}${www().replace("zone: main", `zone: { name: ${domain} }`)}`;
    expect(told(await testbed.tryApply(other)).failed.join()).toContain("another environment, or to another resource of this environment");
    expect(stepsOf(await testbed.plan(yaml))).toEqual([]);
  });

  it("in a zone that is looked up by its name leaves when it left the file, and the zone stays", async () => {
    const testbed = open();
    await route53(testbed).send(new CreateHostedZoneCommand({ Name: domain, CallerReference: "by hand" }));
    await settle(testbed, `${header}${www().replace("zone: main", `zone: { name: ${domain} }`)}`);
    expect(Object.keys(await setsOf(testbed, domain))).toHaveLength(2);
    await settle(testbed, header);
    expect(await setsOf(testbed, domain)).toEqual({});
    expect(await zonesOf(testbed)).toHaveLength(1);
  });

  it("that somebody changed or deleted comes back", async () => {
    const testbed = open();
    await settle(testbed, yaml);
    await change(testbed, domain, "UPSERT", { Name: `www.${domain}`, Type: "A", ...values("198.51.100.7") });
    expect(stepsOf(await testbed.plan(yaml))).toEqual(["update record/www"]);
    await settle(testbed, yaml);
    await change(testbed, domain, "DELETE", { Name: `www.${domain}`, Type: "A", ...values("192.0.2.1") });
    expect(stepsOf(await testbed.plan(yaml))).toEqual(["update record/www"]);
    await settle(testbed, yaml);
    await change(testbed, domain, "DELETE", { Name: `www.${domain}`, Type: "A", ...values("192.0.2.1") });
    await settle(testbed, `${header}${zone}`);
    expect(await setsOf(testbed, domain)).toEqual({});
  });

  it("keeps `protect` in its companion, beyond the file", async () => {
    const testbed = open();
    await settle(testbed, `${header}${zone}${www(", protect: true")}`);
    const { run } = await testbed.tryApply(`${header}${zone}`);
    expect(stepsOf(run).filter((step) => step.startsWith("delete"))).toEqual([]);
    expect(Object.keys(await setsOf(testbed, domain))).toHaveLength(2);
  });

  it("moves to another address without a change of its values", async () => {
    const testbed = open();
    await settle(testbed, yaml);
    await settle(testbed, `${header}moved: [{ from: record/www, to: record/web }]\n${zone}${www().replace("{ www:", "{ web:")}`);
    expect(Object.keys(await setsOf(testbed, domain))).toHaveLength(2);
  });

  it("has no tags", () => {
    expect(() => open().load(`${header}${zone}${www(", tags: { a: b }")}`)).toThrow("tags");
  });

  it.each([
    ["type: CNAME, name: shop.example.com, values: [a.example.com]", "apex"],
    ["type: NS, name: shop.example.com, values: [ns.example.com]", "Route 53 manages the NS record"],
    ["type: A, name: www.other.example.com, values: [192.0.2.1]", "is not in the zone"],
    ["type: A, name: a.shop.example.com", "either `values` or `alias`"],
    ["type: A, name: a.shop.example.com, values: [192.0.2.300]", "not an IPv4 address"],
    ["type: AAAA, name: a.shop.example.com, values: [192.0.2.1]", "not an IPv6 address"],
    ["type: MX, name: a.shop.example.com, values: [mail.example.com]", "a priority and a name"],
    ["type: CNAME, name: a.shop.example.com, values: [a.example.com, b.example.com]", "one value"],
    ["type: A, name: a.shop.example.com, values: [192.0.2.1], evaluateTargetHealth: true", "allowed only with `alias`"],
    ["type: A, name: a.shop.example.com, ttl: 60, alias: { dnsName: d1.cloudfront.net, hostedZone: Z2FDTNDATAQYW2 }", "ttl of its target"],
  ])("%s is refused: %s", (fields, why) => {
    expect(() => open().load(`${header}${zone}records: { one: { zone: main, ${fields} } }\n`)).toThrow(why);
  });

  it("of the type CNAME stands alone", () => {
    const two = `records: { a: { zone: main, name: www.${domain}, type: CNAME, values: [a.example.com] }, b: { zone: main, name: WWW.${domain}, type: A, values: [192.0.2.1] } }\n`;
    expect(() => open().load(`${header}${zone}${two}`)).toThrow("a CNAME cannot have other records beside it");
  });

  it("costs the declared number of calls", async () => {
    const testbed = open();
    await testbed.apply(yaml);
    testbed.sandbox.forgetCalls();
    await testbed.plan(yaml);
    const list = testbed.sandbox.calls.filter(({ service }) => service === "route53").map(({ operation }) => operation);
    expect(list.sort()).toEqual(["GetHostedZone", "ListHostedZones", "ListHostedZones", "ListResourceRecordSets", "ListTagsForResources"]);
    expect(record.readCost({ ours: 1, account: 1 })).toBe(2);
  });
});

describe("a zone", () => {
  const bare = `${header}${zone}`;

  it.each([
    ["its answer is lost", { loseAnswer: [{ operation: "route53:CreateHostedZone" }] }],
    ["it is not seen for a while", { lag: { ids: 20_000 } }],
  ])("is made once where %s", async (_what, faults) => {
    const testbed = open({ sandbox: { faults } });
    await settle(testbed, bare);
    expect(await zonesOf(testbed)).toHaveLength(1);
  });

  it("whose maker died before it had tags is found by its caller reference", async () => {
    const testbed = open({ sandbox: { faults: { refuse: [{ operation: "route53:ChangeTagsForResource", code: "AccessDenied" }] } } });
    await testbed.tryApply(bare);
    testbed.sandbox.setFaults({});
    expect(stepsOf(await testbed.plan(bare))).toEqual(["update hostedZone/main"]);
    await settle(testbed, bare);
    expect(await zonesOf(testbed)).toHaveLength(1);
  });

  it("is made again after a delete, with another caller reference", async () => {
    const testbed = open();
    for (const _round of [1, 2, 3]) {
      await settle(testbed, bare);
      const id = await zoneOf(testbed, domain);
      await testbed.apply(`${header}allowDestroy: { hostedZone/main: ${id} }\n`);
      expect(await zonesOf(testbed)).toEqual([]);
    }
  });

  it("with records of others is not deleted, and they are named", async () => {
    const testbed = open();
    await settle(testbed, bare);
    await change(testbed, domain, "CREATE", { Name: `mail.${domain}`, Type: "A", ...values("198.51.100.7") });
    const id = await zoneOf(testbed, domain);
    const { run, outcome } = await testbed.tryApply(`${header}allowDestroy: { hostedZone/main: ${id} }\n`);
    const all = [...run.diagnostics.map(({ summary }) => summary), ...outcome.failed.map(({ failure }) => failure.message)].join();
    expect(all).toContain(`mail.${domain} A`);
    expect(Object.keys(await setsOf(testbed, domain))).toHaveLength(1);
  });

  it("is kept when it leaves the file and nobody allows it to be deleted", async () => {
    const testbed = open();
    await settle(testbed, bare);
    expect((await testbed.tryApply(header)).run.plan.steps.map(({ action }) => action)).toEqual(["keep"]);
  });

  it("that is private changes its VPCs in place, the new one first", async () => {
    const testbed = open();
    const vpcs = "vpcs: { one: { cidrBlock: 10.0.0.0/16 }, two: { cidrBlock: 10.1.0.0/16 } }\n";
    const inside = (list: string) => `${header}${vpcs}hostedZones: { main: { name: ${domain}, private: [${list}] } }\n`;
    await settle(testbed, inside("one"));
    const id = await zoneOf(testbed, domain);
    await settle(testbed, inside("two"));
    expect(await zoneOf(testbed, domain)).toBe(id);
    const order = testbed.sandbox.calls
      .map(({ operation }) => operation)
      .filter((one) => one.includes("associate") || one.includes("Associate"));
    expect(order).toEqual(["AssociateVPCWithHostedZone", "DisassociateVPCFromHostedZone"]);
    await expect(
      route53(testbed).send(new AssociateVPCWithHostedZoneCommand({ HostedZoneId: id, VPC: { VPCId: "vpc-0", VPCRegion: "eu-west-1" } })),
    ).rejects.toMatchObject({ name: "InvalidVPCId" });
  });

  it("tells its name servers", async () => {
    const testbed = open();
    await settle(testbed, bare);
    const { observed } = await testbed.plan(bare);
    expect(observed.objects.get("hostedZone/main")!.live.outputs!["nameServers"]).toMatch(/^(ns-\d+\.awsdns-\d+\.[a-z.]+(, |$)){4}/);
  });
});
