/**
 * The data that AWS keeps for infra from one version to the next. Records of earlier versions stand here as text. After a renaming in the
 * code, all of them must still be readable and must be written the same. Add records, never change one.
 */
import { expect, test } from "vitest";
import { createIdentityOf } from "../../src/apply/create-identity.ts";
import { formatKnownKinds } from "../../src/apply/known-kinds.ts";
import { parameterRoot, type LeaseRecord } from "../../src/apply/lease.ts";
import { subnet } from "../../src/kinds/subnet/subnet.ts";
import type { Desired } from "../../src/kinds/kind.ts";
import { formatAppliedHistory, parseAppliedHistory } from "../../src/plan/flapping.ts";
import { deriveAccountName, deriveProjectName, deriveWorldName } from "../../src/resource/naming.ts";
import { addressOfTag, ownership, tagOfAddress } from "../../src/resource/ownership.ts";

test("the keys of our tags", () => {
  expect(ownership).toMatchObject({
    project: "infra:project",
    environment: "infra:environment",
    resource: "infra:resource",
    name: "infra:name",
    token: "infra:token",
    protect: "infra:protect",
    retain: "infra:retain",
    disposable: "infra:disposable",
    superseded: "infra:superseded",
    default: "infra:default",
  });
});

test("the kinds that an environment has had", () => {
  expect(formatKnownKinds(["vpc", "subnet", "vpc"])).toBe('{"format":1,"kinds":["subnet","vpc"]}');
});

test.each([
  ["subnet/elb-a", "subnet/elb-a"],
  ["instance/web[0]", "instance/web.0"],
  ["instance/web[12]", "instance/web.12"],
])("the address %s is %s in a tag", (address, tag) => {
  expect(tagOfAddress(address)).toBe(tag);
  expect(addressOfTag(tag)).toBe(address);
});

test.each([
  ["app", 64, "shop-prod-app-eu-west-1"],
  ["web[0]", 64, "shop-prod-web-0-eu-west-1"],
  [
    "a-very-long-name-of-a-role-that-does-not-fit-into-what-aws-takes",
    64,
    "shop-prod-a-very-long-name-of-a-role-that-does-not-fit-57c4e1b2",
  ],
])("the name of %s in an account, with %s characters, is %s", (name, max, expected) => {
  const derived = deriveAccountName({ project: "shop", environment: "prod", region: "eu-west-1" }, name, { max, forbidden: /[^\w+=,.@-]/ });
  expect(derived).toBe(expected);
});

test.each([
  ["data", "shop-prod-data"],
  ["data[a]", "shop-prod-data-a"],
  ["my.data", "shop-prod-my-data"],
])("the alias of the key %s is %s", (name, expected) => {
  expect(deriveProjectName({ project: "shop", environment: "prod" }, name, { max: 250, forbidden: /[^A-Za-z0-9/_-]/ })).toBe(expected);
});

test.each([
  ["assets", "shop-prod-assets-eu-west-1-123456789012"],
  ["my.Files", "shop-prod-my.files-eu-west-1-123456789012"],
])("the name of the bucket %s is %s", (name, expected) => {
  const around = { project: "shop", environment: "prod", region: "eu-west-1", account: "123456789012" };
  expect(deriveWorldName(around, name, { max: 63, forbidden: /[^a-z0-9.-]/, lower: true })).toBe(expected);
});

test("the longest name of a bucket keeps the account whole", () => {
  const around = { project: "shop", environment: "prod", region: "eu-west-1", account: "123456789012" };
  const name = deriveWorldName(around, "a-very-long-name-that-does-not-fit-in-there", { max: 63, forbidden: /[^a-z0-9.-]/, lower: true });
  expect(name).toMatch(/^shop-prod-a-very-long-name-that-does-not-[0-9a-f]{8}-123456789012$/);
  expect(name.length).toBeLessThanOrEqual(63);
});

test("the identity of a create: tags, token and name", () => {
  const desired: Desired = {
    address: "subnet/web[0]",
    kind: "subnet",
    name: "web[0]",
    spec: { vpc: "vpc/main", cidrBlock: "10.0.1.0/24" },
    tags: { Name: "dev-web-0", team: "a" },
    awsNameWritten: false,
    protect: true,
    retain: false,
    disposable: false,
    ignoreChanges: [],
    at: () => ({ file: "dev.yaml", line: 1, column: 1 }),
  };
  const place = {
    account: "123456789012",
    region: "eu-west-1",
    project: "shop",
    environment: "dev",
    shown: ["subnet-2", "subnet-1"],
    attempt: 1,
  };
  expect(createIdentityOf(place, subnet, desired, "web")).toEqual({
    tags: {
      Name: "dev-web-0",
      team: "a",
      "infra:project": "shop",
      "infra:environment": "dev",
      "infra:resource": "subnet/web.0",
      "infra:protect": "true",
    },
    token: "0feeaf92b0e23fad8d40194f44e15e1d",
    name: "web",
  });
});

test("the record of the lock in Parameter Store, and where it stands", () => {
  expect(parameterRoot({ project: "shop", environment: "dev" })).toBe("/plumbline/shop/dev");
  const text = `{"state":"held","who":"arn:aws:sts::123456789012:assumed-role/apply/ci","run":"ci-412","process":"runner:77","since":"2026-11-21T06:43:42.856Z","beat":3,"commit":"0f3a"}`;
  const record: LeaseRecord = JSON.parse(text) as LeaseRecord;
  const { state, who, run, process, since, beat, commit } = record;
  expect(JSON.stringify({ state, who, run, process, since, beat, commit })).toBe(text);
});

test("the applied history in Parameter Store", () => {
  const text = `{"format":1,"set":{"sg-1 ingress":"0123abcd 2 2026-11-20","vpc-1 tags.team":"89abcdef 1 2026-11-21"}}`;
  expect([...parseAppliedHistory(text)]).toEqual([
    ["sg-1 ingress", { want: "0123abcd", times: 2, last: "2026-11-20" }],
    ["vpc-1 tags.team", { want: "89abcdef", times: 1, last: "2026-11-21" }],
  ]);
  expect(formatAppliedHistory(parseAppliedHistory(text))).toBe(text);
});
