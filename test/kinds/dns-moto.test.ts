/**
 * Zones, records and certificates against moto, an emulator by others; a separate client reads the result. moto accepts a caller reference
 * twice, and issues certificates after some seconds whatever stands in DNS.
 */
import { ACMClient, DescribeCertificateCommand, ListCertificatesCommand } from "@aws-sdk/client-acm";
import {
  ChangeResourceRecordSetsCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  ListTagsForResourceCommand,
  Route53Client,
} from "@aws-sdk/client-route-53";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyEnvironment, planEnvironment, type PlanRun } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { loadText, stepsOf } from "../support/testbed.ts";
import { hasMoto, motoTestbed, type MotoTestbed } from "./db-moto.ts";

const header = "format: 1\nproject: lab\nenvironment: test\nregion: ap-northeast-2\n";
const used = kinds.filter(({ name }) => ["vpc", "hostedZone", "record", "certificate"].includes(name));
const zone = "hostedZones: { main: { name: shop.example.com, comment: One } }\n";

describe.skipIf(!hasMoto && process.env["CI"] === undefined)("against moto", () => {
  let testbed: MotoTestbed;
  let route53: Route53Client;
  beforeAll(async () => {
    testbed = await motoTestbed();
    route53 = new Route53Client(testbed.client);
  });
  afterAll(() => testbed.stop());

  async function apply(yaml: string): Promise<PlanRun> {
    const { run, failed } = await tryApply(yaml);
    expect(failed).toEqual([]);
    return run;
  }

  async function tryApply(yaml: string): Promise<{ readonly run: PlanRun; readonly failed: readonly string[] }> {
    const run = await planEnvironment(used, testbed, loadText(yaml, used), { goal: "agree" });
    expect(run.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    const failed: string[] = [];
    for await (const event of applyEnvironment(testbed, run, { signal: new AbortController().signal }))
      if (event.type === "finished") failed.push(...event.outcome.failed.map(({ failure }) => failure.message));
    return { run, failed };
  }

  /** Applies and checks that a second plan finds nothing to do. */
  async function settle(yaml: string): Promise<void> {
    await apply(yaml);
    expect(stepsOf(await apply(yaml))).toEqual([]);
  }

  async function zoneId(): Promise<string> {
    const { HostedZones = [] } = await route53.send(new ListHostedZonesCommand({}));
    expect(HostedZones).toHaveLength(1);
    return HostedZones[0]!.Id!.replace("/hostedzone/", "");
  }

  async function records(): Promise<Record<string, readonly unknown[]>> {
    const { ResourceRecordSets = [] } = await route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: await zoneId() }));
    const own = ResourceRecordSets.filter(({ Type }) => Type !== "NS" && Type !== "SOA");
    return Object.fromEntries(own.map((set) => [`${set.Name} ${set.Type}`, (set.ResourceRecords ?? []).map(({ Value }) => Value)]));
  }

  it("makes a zone with its tags, records with their companions, changes and deletes them", async () => {
    const yaml = (values: string) =>
      `${header}${zone}records:\n  www: { zone: main, name: www.shop.example.com, type: A, ttl: 60, values: [${values}] }\n` +
      `  spf: { zone: main, name: shop.example.com, type: TXT, values: ["v=spf1 -all"] }\n`;
    await settle(yaml("192.0.2.1"));
    const id = await zoneId();
    const { ResourceTagSet } = await route53.send(new ListTagsForResourceCommand({ ResourceType: "hostedzone", ResourceId: id }));
    expect(ResourceTagSet!.Tags).toContainEqual({ Key: "infra:resource", Value: "hostedZone/main" });
    await settle(yaml("192.0.2.2, 192.0.2.3"));
    expect(await records()).toMatchObject({
      "www.shop.example.com. A": ["192.0.2.2", "192.0.2.3"],
      "shop.example.com. TXT": ['"v=spf1 -all"'],
      "_infra.a.www.shop.example.com. TXT": [expect.stringMatching(/^"infra=1 of=[0-9a-f]{16} is=record\/www region=ap-northeast-2"$/)],
    });
    await settle(`${header}${zone.replace("One", "Two")}`);
    expect(await records()).toEqual({});
    await settle(`${header}allowDestroy: { hostedZone/main: ${id} }\n`);
    expect((await route53.send(new ListHostedZonesCommand({}))).HostedZones).toEqual([]);
  });

  it("leaves a record of somebody else alone", async () => {
    await settle(`${header}${zone}`);
    const theirs = { Name: "www.shop.example.com", Type: "A" as const, TTL: 60, ResourceRecords: [{ Value: "198.51.100.7" }] };
    const HostedZoneId = await zoneId();
    const change = (Action: "CREATE" | "DELETE") =>
      route53.send(
        new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes: [{ Action, ResourceRecordSet: theirs }] } }),
      );
    await change("CREATE");
    const yaml = `${header}${zone}records: { www: { zone: main, name: www.shop.example.com, type: A, values: [192.0.2.1] } }\n`;
    expect((await tryApply(yaml)).failed.join()).toContain("was not made by infra");
    expect(await records()).toEqual({ "www.shop.example.com. A": ["198.51.100.7"] });
    await change("DELETE");
    await settle(`${header}allowDestroy: { hostedZone/main: ${HostedZoneId} }\n`);
  });

  it("requests a certificate, proves it and deletes it with its record", async () => {
    const acm = new ACMClient(testbed.client);
    const yaml = `${header}${zone}certificates: { main: { domainName: shop.example.com, alternativeNames: ["*.shop.example.com"], validation: { zone: main } } }\n`;
    await settle(yaml);
    const { CertificateSummaryList: [found] = [] } = await acm.send(new ListCertificatesCommand({}));
    const { Certificate } = await acm.send(new DescribeCertificateCommand({ CertificateArn: found!.CertificateArn! }));
    expect(Certificate).toMatchObject({ Status: "ISSUED", DomainName: "shop.example.com" });
    expect(Object.keys(await records())).toHaveLength(2);
    await settle(`${header}${zone}`);
    expect(await records()).toEqual({});
    expect((await acm.send(new ListCertificatesCommand({}))).CertificateSummaryList).toEqual([]);
  });
});
