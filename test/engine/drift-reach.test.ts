/** Which differences `infra drift` blames for a connection from outside: the fields and entries that let it in, and no others. */
import { expect, test } from "vitest";
import { driftOf, type Finding } from "../../src/render/drift.ts";
import { driftText } from "../../src/render/drift-text.ts";
import { driftMarkdown } from "../../src/render/markdown.ts";
import { header, openTestbed } from "../support/testbed.ts";

interface Estate {
  readonly ingress?: readonly string[];
  readonly egress?: readonly string[];
  readonly routes?: readonly string[];
  readonly subnets?: string;
  readonly entries?: readonly string[];
  readonly database?: string;
}

const inside = "{ port: 5432, source: 10.0.0.0/16 }";
const closed = "publiclyAccessible: false, deletionProtection: true, backupRetention: 7, iamAuthentication: true";
const toInternet = "{ destination: 0.0.0.0/0, target: internetGateway/main }";

const estate = ({ ingress = [inside], egress = [], routes = [], subnets = "[a, b]", entries, database = closed }: Estate) => `${header}
vpcs: { main: { cidrBlock: 10.0.0.0/16, enableDnsHostnames: true } }
internetGateways: { main: { vpc: main } }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
  b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b }
routeTables: { pub: { vpc: main, subnets: ${subnets}, routes: [${routes.join(", ")}] } }
${entries ? `networkAcls: { main: { vpc: main, subnets: [a, b], ingress: { ${entries.join(", ")} }, egress: { 100: { action: allow, protocol: all, destination: 0.0.0.0/0 } } } }` : ""}
securityGroups: { db: { vpc: main, ingress: [${ingress.join(", ")}], egress: [${egress.join(", ")}] } }
dbSubnetGroups: { main: { subnets: [a, b] } }
dbInstances:
  one: { engine: postgres, engineVersion: "16", instanceClass: db.t4g.micro, allocatedStorage: 20, subnetGroup: main, securityGroups: [db], masterUsername: app, ${database} }
`;

async function driftFrom(aws: Estate, yaml: Estate) {
  const testbed = openTestbed();
  await testbed.apply(estate(aws));
  const { plan } = await testbed.plan(estate(yaml));
  return driftOf(plan);
}

const told = ({ address, path, item, urgency, lets }: Finding) =>
  `${urgency} ${[address, path, item].filter((part) => part !== undefined).join(" ")}${lets ? `: ${lets.join(", ")}` : ""}`;

const flow = "internet → dbInstance/one tcp 5432";

test("only the fields and entries that let somebody in are blamed for it", async () => {
  const report = await driftFrom(
    {
      database: "publiclyAccessible: true, deletionProtection: false, backupRetention: 0, iamAuthentication: false",
      ingress: [inside, "{ port: 5432, source: 0.0.0.0/0 }", "{ port: 9999, source: 10.3.9.0/24 }"],
      egress: ["{ port: 25, destination: 10.9.9.0/24 }"],
      routes: [toInternet, "{ destination: 198.51.100.0/24, target: internetGateway/main }"],
    },
    {},
  );
  expect(report.findings.map(told).sort()).toEqual(
    [
      `exposure dbInstance/one publiclyAccessible: ${flow}`,
      `exposure routeTable/pub routes 0.0.0.0/0: ${flow}`,
      `exposure securityGroup/db ingress tcp 5432 0.0.0.0/0: ${flow}`,
      "exposure securityGroup/db egress tcp 25 10.9.9.0/24",
      "exposure securityGroup/db ingress tcp 9999 10.3.9.0/24",
      "safety dbInstance/one backupRetention",
      "safety dbInstance/one deletionProtection",
      "safety dbInstance/one iamAuthentication",
      "traffic routeTable/pub routes 198.51.100.0/24",
    ].sort(),
  );
  expect(report.findings.slice(0, 3).every(({ lets }) => lets !== undefined)).toBe(true);
});

test("every rule that lets the same in is blamed, and no rule that the YAML has as well", async () => {
  const wide = "{ port: 5432, source: 0.0.0.0/0 }";
  const open = { database: "publiclyAccessible: true", routes: [toInternet] };
  const report = await driftFrom({ ...open, ingress: [inside, wide, "{ ports: 5000-6000, source: 0.0.0.0/0 }"] }, open);
  expect(report.findings.map(told).sort()).toEqual([
    `exposure securityGroup/db ingress tcp 5000-6000 0.0.0.0/0: ${flow}`,
    `exposure securityGroup/db ingress tcp 5432 0.0.0.0/0: ${flow}`,
  ]);
  const other = await driftFrom(
    { ...open, ingress: [wide, "{ port: 22, source: 10.3.9.0/24 }"] },
    { routes: [toInternet], ingress: [wide] },
  );
  expect(other.findings.map(told).filter((text) => text.includes(flow))).toEqual([`exposure dbInstance/one publiclyAccessible: ${flow}`]);
});

test("the entry of a network ACL that decides is blamed, and not the one behind it", async () => {
  const open = { database: "publiclyAccessible: true", routes: [toInternet], ingress: ["{ port: 5432, source: 0.0.0.0/0 }"] };
  const entry = (number: number, more: string) => `${number}: { protocol: tcp, source: 0.0.0.0/0, ${more} }`;
  const local = "50: { action: allow, protocol: all, source: 10.0.0.0/16 }";
  const report = await driftFrom(
    {
      ...open,
      entries: [
        local,
        entry(100, "action: allow, port: 5432"),
        entry(110, "action: allow, port: 22"),
        entry(120, "action: allow, port: 5432"),
      ],
    },
    { ...open, entries: [local] },
  );
  expect(report.findings.map(told)).toEqual([
    `exposure networkAcl/main ingress 100: ${flow}`,
    "exposure networkAcl/main ingress 110",
    "exposure networkAcl/main ingress 120",
  ]);
});

test("where the way in is no field of its own, what may open it is blamed, and no setting", async () => {
  const open = { database: "publiclyAccessible: true", ingress: ["{ port: 5432, source: 0.0.0.0/0 }"], routes: [toInternet] };
  const report = await driftFrom(open, { ...open, subnets: "[]" });
  expect(report.findings.map(told)).toEqual([`exposure routeTable/pub subnets: ${flow}`]);
});

test("in text and Markdown nothing urgent stands below a tag", async () => {
  const https = "{ port: 443, source: 10.0.0.0/16 }";
  const report = await driftFrom(
    { database: `${closed}, tags: { team: ops }` },
    { database: `${closed}, tags: { team: web }`, ingress: [inside, https] },
  );
  expect(report.findings.map(told)).toEqual(["traffic securityGroup/db ingress tcp 443 10.0.0.0/16", "label dbInstance/one tags.team"]);
  for (const text of [driftText(report), driftMarkdown(report)]) expect(text.indexOf("443"), text).toBeLessThan(text.indexOf("tags.team"));
  expect(driftText(report)).toMatch(/^Traffic \(1\)\n.*\n.*443.*\n\nTags \(1\)\n.*\n.*tags\.team/);
});
