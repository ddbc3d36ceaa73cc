/** A separate client of the same AWS, for the tests of zones, records and certificates. */
import { ACMClient } from "@aws-sdk/client-acm";
import {
  ChangeResourceRecordSetsCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
  type ResourceRecordSet,
} from "@aws-sdk/client-route-53";
import type { Testbed } from "../support/testbed.ts";

function optionsOf(testbed: Testbed) {
  return {
    region: "eu-west-1",
    requestHandler: testbed.sandbox.requestHandler as never,
    credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "other" },
    maxAttempts: 1,
  };
}

export const route53 = (testbed: Testbed) => new Route53Client(optionsOf(testbed));
export const acm = (testbed: Testbed) => new ACMClient(optionsOf(testbed));

export async function zonesOf(testbed: Testbed) {
  return (await route53(testbed).send(new ListHostedZonesCommand({}))).HostedZones ?? [];
}

/** Returns the id of the zone of a domain. */
export async function zoneOf(testbed: Testbed, domain: string): Promise<string> {
  const found = (await zonesOf(testbed)).filter(({ Name }) => Name === `${domain}.`);
  if (found.length !== 1) throw new Error(`${found.length} zones of ${domain}`);
  return found[0]!.Id!.replace("/hostedzone/", "");
}

/** Returns the record sets of a zone by name and type, without those that the zone was created with. */
export async function setsOf(testbed: Testbed, domain: string): Promise<Record<string, ResourceRecordSet>> {
  const HostedZoneId = await zoneOf(testbed, domain);
  const { ResourceRecordSets = [] } = await route53(testbed).send(new ListResourceRecordSetsCommand({ HostedZoneId }));
  const own = ResourceRecordSets.filter(({ Type }) => Type !== "NS" && Type !== "SOA");
  return Object.fromEntries(own.map((set) => [`${set.Name!.replace("\\052", "*")} ${set.Type}`, set]));
}

export async function change(
  testbed: Testbed,
  domain: string,
  Action: "CREATE" | "DELETE" | "UPSERT",
  set: ResourceRecordSet,
): Promise<void> {
  const HostedZoneId = await zoneOf(testbed, domain);
  await route53(testbed).send(
    new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes: [{ Action, ResourceRecordSet: set }] } }),
  );
}

export function values(...all: readonly string[]) {
  return { TTL: 300, ResourceRecords: all.map((Value) => ({ Value })) };
}
