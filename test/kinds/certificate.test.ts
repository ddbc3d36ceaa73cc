import {
  DescribeCertificateCommand,
  ListCertificatesCommand,
  RequestCertificateCommand,
  type CertificateSummary,
} from "@aws-sdk/client-acm";
import { describe, expect, it } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { header, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";
import { acm, change, setsOf, zoneOf } from "./dns-testbed.ts";
import { network, settle } from "./elbv2-testbed.ts";

const domain = "shop.example.com";
const zone = `hostedZones: { main: { name: ${domain} } }\n`;
const certificate = (more = "") => `certificates: { main: { domainName: ${domain}, validation: { zone: main }${more} } }\n`;
const yaml = `${header}${zone}${certificate()}`;
const only = kinds.filter(({ name }) => ["hostedZone", "record", "certificate"].includes(name));
const open = (options: Parameters<typeof openTestbed>[0] = {}) => openTestbed({ kinds: only, ...options });

async function all(testbed: Testbed): Promise<CertificateSummary[]> {
  const keyTypes = ["RSA_2048" as const, "EC_prime256v1" as const];
  return (await acm(testbed).send(new ListCertificatesCommand({ Includes: { keyTypes } }))).CertificateSummaryList ?? [];
}

async function proofOf(testbed: Testbed) {
  const CertificateArn = (await all(testbed))[0]!.CertificateArn!;
  const { Certificate } = await acm(testbed).send(new DescribeCertificateCommand({ CertificateArn }));
  return Certificate!.DomainValidationOptions![0]!.ResourceRecord!;
}

describe("a certificate", () => {
  it("is requested once, proven by one record for a name and its wildcard, issued, and found in agreement", async () => {
    const testbed = open();
    await settle(testbed, `${header}${zone}${certificate(`, alternativeNames: ["*.${domain}"]`)}`);
    expect(await all(testbed)).toMatchObject([{ Status: "ISSUED" }]);
    expect(
      Object.values(await setsOf(testbed, domain))
        .map(({ Type }) => Type)
        .sort(),
    ).toEqual(["CNAME", "TXT"]);
  });

  it.each([
    ["its request", "acm:RequestCertificate"],
    ["its records", "route53:ChangeResourceRecordSets"],
  ])("is made once where the answer to %s is lost", async (_what, operation) => {
    const testbed = open({ sandbox: { faults: { loseAnswer: [{ operation }] } } });
    await settle(testbed, yaml);
    expect(await all(testbed)).toHaveLength(1);
    expect(Object.keys(await setsOf(testbed, domain))).toHaveLength(2);
  });

  it("goes with its records, and with no others", async () => {
    const testbed = open();
    await settle(testbed, yaml);
    await testbed.apply(`${header}${zone}`);
    expect(await all(testbed)).toEqual([]);
    expect(await setsOf(testbed, domain)).toEqual({});
  });

  it("leaves the record that another certificate of the name needs", async () => {
    const testbed = open();
    await settle(testbed, yaml);
    await acm(testbed).send(new RequestCertificateCommand({ DomainName: `*.${domain}`, ValidationMethod: "DNS" }));
    await testbed.apply(`${header}${zone}`);
    expect(Object.keys(await setsOf(testbed, domain))).toHaveLength(2);
  });

  it("uses a record of somebody else that proves it, and does not delete it", async () => {
    const testbed = open();
    await settle(testbed, `${header}${zone}`);
    await acm(testbed).send(new RequestCertificateCommand({ DomainName: domain, ValidationMethod: "DNS" }));
    await testbed.clock.sleep(10_000);
    const { Name, Value } = await proofOf(testbed);
    await change(testbed, domain, "CREATE", { Name: Name!, Type: "CNAME", TTL: 60, ResourceRecords: [{ Value }] });
    await settle(testbed, yaml);
    await testbed.apply(`${header}${zone}`);
    expect(Object.values(await setsOf(testbed, domain))).toMatchObject([{ TTL: 60, Type: "CNAME" }]);
  });

  it("gets back a record that somebody deleted, because it is needed for the renewal", async () => {
    const testbed = open();
    await settle(testbed, yaml);
    const { Name, Value } = await proofOf(testbed);
    await change(testbed, domain, "DELETE", { Name: Name!, Type: "CNAME", TTL: 300, ResourceRecords: [{ Value }] });
    expect(stepsOf(await testbed.plan(yaml))).toEqual(["update certificate/main"]);
    await settle(testbed, yaml);
    expect(await all(testbed)).toHaveLength(1);
  });

  it("of an unknown zone ends in part, with the NS records to set, and continues when they are set", async () => {
    const testbed = open({ sandbox: { faults: { events: { "acm:notDelegated": 1 } } } });
    const first = await testbed.tryApply(yaml);
    expect(first.outcome.status).not.toBe("done");
    const [failed] = first.outcome.failed;
    expect(failed!.failure.message).toContain("has not found the validation records");
    expect(failed!.failure.hint).toMatch(/set these NS records for shop\.example\.com .*ns-\d+\.awsdns-/);
    expect(Object.keys(await setsOf(testbed, domain))).toHaveLength(2);
    // ACM gives up after 72 hours. Another certificate is requested, and the failed one is deleted.
    await testbed.clock.sleep(73 * 3_600_000);
    await settle(testbed, yaml);
    expect(await all(testbed)).toMatchObject([{ Status: "ISSUED" }]);
  });

  it("is replaced beside the old one where its names change", async () => {
    const testbed = open();
    await settle(testbed, yaml);
    await settle(testbed, `${header}${zone}${certificate(`, alternativeNames: [www.${domain}]`)}`);
    expect(await all(testbed)).toHaveLength(1);
    expect(Object.values(await setsOf(testbed, domain)).filter(({ Type }) => Type === "CNAME")).toHaveLength(2);
  });

  it.each([
    ["domainName: www.other.example.com, validation: { zone: main }", "is not in the zone"],
    [`domainName: ${domain}, validation: { zone: inside }`, "ACM cannot read the validation records in a private zone"],
    [`domainName: ${"a".repeat(60)}.${domain}, validation: { zone: main }`, "domainName"],
  ])("%s is refused: %s", (fields, why) => {
    const zones = `vpcs: { net: { cidrBlock: 10.0.0.0/16 } }\nhostedZones: { main: { name: ${domain} }, inside: { name: ${domain}, private: [net] } }\n`;
    expect(() => openTestbed().load(`${header}${zones}certificates: { one: { ${fields} } }\n`)).toThrow(why);
  });
});

describe("a listener", () => {
  const secure = `
targetGroups: { web: { vpc: main, protocol: HTTP, port: 80 } }
loadBalancers:
  web:
    scheme: internet-facing
    subnets: [a, b]
    securityGroups: [one]
    listeners:
      443: { protocol: HTTPS, certificate: main, forward: web }
      80: { protocol: HTTP, redirect: { protocol: HTTPS, port: 443 } }
`;

  it("waits until its certificate is issued, and follows one that is replaced before the old one goes", async () => {
    const testbed = openTestbed();
    const base = `${network}${zone}`;
    await settle(testbed, `${base}${certificate()}${secure}`);
    const [before] = await all(testbed);
    expect(before).toMatchObject({ Status: "ISSUED", InUse: true });
    await settle(testbed, `${base}${certificate(", keyAlgorithm: EC_prime256v1")}${secure}`);
    const [after, ...more] = await all(testbed);
    expect(more).toEqual([]);
    expect(after!.CertificateArn).not.toBe(before!.CertificateArn);
    expect(after).toMatchObject({ Status: "ISSUED", InUse: true });
    expect(await zoneOf(testbed, domain)).toBeTruthy();
  });

  it("names its certificate by name, by ARN or by look-up; an unknown name is an error", () => {
    const load = (written: string) =>
      openTestbed().load(`${network}${zone}${certificate()}${secure.replace("certificate: main", `certificate: ${written}`)}`);
    expect(() => load("mian")).toThrow('did you mean "main"');
    for (const written of [
      "main",
      "certificate/main",
      '"arn:aws:acm:eu-west-1:123456789012:certificate/one"',
      "{ name: shop.example.com }",
    ])
      expect(() => load(written)).not.toThrow();
    expect(() => openTestbed().load(`${network}${zone}${secure.replace("certificate: main, ", "")}`)).toThrow("needs a certificate");
  });
});
