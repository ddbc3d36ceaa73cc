import { ACMClient, DescribeCertificateCommand, ListCertificatesCommand, RequestCertificateCommand } from "@aws-sdk/client-acm";
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand, Route53Client } from "@aws-sdk/client-route-53";
import { VirtualClock } from "@plumbline/clock";
import { expect, it } from "vitest";
import { createSandbox } from "../../src/sandbox.ts";
import { configFor, failureOf } from "../core/toys.ts";

function account(events: Record<string, number> = {}) {
  const clock = new VirtualClock();
  const sandbox = createSandbox({ clock, faults: { events } });
  const acm = new ACMClient(configFor(sandbox));
  const route53 = new Route53Client(configFor(sandbox));
  const request = async (more = {}) =>
    (await acm.send(new RequestCertificateCommand({ DomainName: "example.com", ValidationMethod: "DNS", ...more }))).CertificateArn!;
  const describe = async (CertificateArn: string) => (await acm.send(new DescribeCertificateCommand({ CertificateArn }))).Certificate!;
  return { clock, acm, route53, request, describe };
}

it("tells its records some seconds after the request, the same for a name and its wildcard", async () => {
  const { clock, request, describe } = account();
  const arn = await request({ SubjectAlternativeNames: ["*.example.com"] });
  expect((await describe(arn)).DomainValidationOptions!.map(({ ResourceRecord }) => ResourceRecord)).toEqual([undefined, undefined]);
  await clock.sleep(5_000);
  const [one, other] = (await describe(arn)).DomainValidationOptions!.map(({ ResourceRecord }) => ResourceRecord!);
  expect(one).toEqual(other);
  expect(one!.Name).toMatch(/^_[0-9a-f]{32}\.example\.com\.$/);
});

it.each([
  ["are in a public zone", {}, "ISSUED"],
  ["are in a zone that nobody knows", { "acm:notDelegated": 1 }, "VALIDATION_TIMED_OUT"],
])("ends where its records %s", async (_what, events, status) => {
  const { clock, route53, request, describe } = account(events as Record<string, number>);
  const arn = await request();
  await clock.sleep(5_000);
  const { HostedZone } = await route53.send(new CreateHostedZoneCommand({ Name: "example.com", CallerReference: "one" }));
  const { Name, Value } = (await describe(arn)).DomainValidationOptions![0]!.ResourceRecord!;
  const ResourceRecordSet = { Name, Type: "CNAME" as const, TTL: 60, ResourceRecords: [{ Value }] };
  const ChangeBatch = { Changes: [{ Action: "CREATE" as const, ResourceRecordSet }] };
  await route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: HostedZone!.Id!, ChangeBatch }));
  expect((await describe(arn)).Status).toBe("PENDING_VALIDATION");
  await clock.sleep(73 * 3_600_000);
  expect((await describe(arn)).Status).toBe(status);
});

it("knows a token for an hour, and lists keys on elliptic curves only where they are asked for", async () => {
  const { clock, acm, request } = account();
  const asked = { IdempotencyToken: "abc", KeyAlgorithm: "EC_prime256v1" };
  const arn = await request(asked);
  expect(await request(asked)).toBe(arn);
  await clock.sleep(3_700_000);
  expect(await request(asked)).not.toBe(arn);
  expect((await acm.send(new ListCertificatesCommand({}))).CertificateSummaryList).toEqual([]);
  const all = await acm.send(new ListCertificatesCommand({ Includes: { keyTypes: ["EC_prime256v1"] } }));
  expect(all.CertificateSummaryList).toHaveLength(2);
});

it.each([
  ["a token with a hyphen", { IdempotencyToken: "a-b" }, "ValidationException"],
  ["a long first name", { DomainName: `${"a".repeat(60)}.example.com` }, "ValidationException"],
  ["eleven names", { SubjectAlternativeNames: [...Array(10).keys()].map((n) => `n${n}.example.com`) }, "LimitExceededException"],
  ["a wildcard within", { DomainName: "a.*.example.com" }, "ValidationException"],
])("refuses %s", async (_what, more, name) => expect(await failureOf(account().request(more))).toMatchObject({ name }));
