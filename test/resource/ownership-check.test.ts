/** The owner of an object: each row of the check alone, on an object that passes all other rows. */
import { expect, test } from "vitest";
import type { Kind, Live } from "../../src/kinds/kind.ts";
import { idsOf, isAlive, whyNotOwned } from "../../src/resource/ownership-check.ts";

const account = "123456789012";
const subnet = { name: "subnet" } as Kind;
const balancer = { name: "loadBalancer", naming: { max: 32, forbidden: /_/ } } as Kind;

function live(changes: Omit<Partial<Live>, "tags"> & { readonly tags?: Readonly<Record<string, string | undefined>> } = {}): Live {
  const tags = { "infra:resource": "subnet/a", ...changes.tags };
  return {
    id: "subnet-1",
    aliases: ["arn:subnet-1"],
    spec: {},
    handle: undefined,
    state: "ready",
    ...changes,
    tags: Object.fromEntries(Object.entries(tags).filter((entry): entry is [string, string] => entry[1] !== undefined)),
  };
}

test("an object that we made passes every row", () => {
  expect(whyNotOwned(subnet, live(), account)).toBeUndefined();
  expect(
    whyNotOwned(subnet, live({ owner: account, token: "t", tags: { "infra:token": "t", "karpenter.sh/discovery": "x" } }), account),
  ).toBeUndefined();
  expect(
    whyNotOwned(balancer, live({ name: "dev-web", tags: { "infra:resource": "loadBalancer/web", "infra:name": "dev-web" } }), account),
  ).toBeUndefined();
});

test.each<[string, Kind, Parameters<typeof live>[0], string]>([
  ["another account", subnet, { owner: "999999999999" }, "it belongs to account 999999999999"],
  ["another kind's tag", subnet, { tags: { "infra:resource": "vpc/a" } }, "its tag names vpc/a, but it is a subnet"],
  ["no address", subnet, { tags: { "infra:resource": undefined } }, "its tag names nothing, but it is a subnet"],
  [
    "another name",
    balancer,
    { name: "dev-web-2", tags: { "infra:resource": "loadBalancer/web", "infra:name": "dev-web" } },
    "AWS calls it dev-web-2, but its tag infra:name says dev-web",
  ],
  [
    "no name in its tags",
    balancer,
    { name: "dev-web", tags: { "infra:resource": "loadBalancer/web" } },
    "AWS calls it dev-web, but its tag infra:name says nothing",
  ],
  ["another call's token", subnet, { token: "one", tags: { "infra:token": "two" } }, "it was not created by the call that set its tags"],
])("%s", (_, kind, changes, why) => {
  expect(whyNotOwned(kind, live(changes), account)).toBe(why);
});

test("our green instance is the database once it has its name", () => {
  const database = { name: "dbInstance", naming: { max: 63, forbidden: /_/ } } as Kind;
  const tags = {
    "infra:resource": "dbInstance/a",
    "infra:name": "dev-a",
    "aws:rds:bluegreen": "bgd-1",
    "infra:blue-green": "dev-a-1/db-A",
  };
  expect(whyNotOwned(database, live({ name: "dev-a", tags }), account)).toBeUndefined();
  expect(whyNotOwned(database, live({ name: "dev-a-green-abcdef", tags }), account)).toContain("AWS calls it dev-a-green-abcdef");
  expect(whyNotOwned(database, live({ name: "dev-a", tags: { ...tags, "infra:blue-green": undefined } }), account)).toContain(
    "it was created by",
  );
});

test("a token that AWS does not tell, or that no tag keeps, proves nothing", () => {
  expect(whyNotOwned(subnet, live({ tags: { "infra:token": "two" } }), account)).toBeUndefined();
  expect(whyNotOwned(subnet, live({ token: "one" }), account)).toBeUndefined();
});

/** Every mark of another tool. If a row is lost here, infra would adopt such objects and delete them. */
test.each([
  "elasticbeanstalk:environment-name",
  "aws:eks:cluster-name",
  "aws:ecs:clusterName",
  "aws:rds:bluegreen",
  "aws:autoscaling:groupName",
  "aws:backup:source-resource",
  "aws:cloudformation:stack-id",
  "aws:ec2:fleet-id",
  "aws:ec2spot:fleet-request-id",
  "aws:elasticmapreduce:job-flow-id",
  "aws:imagebuilder:execution-id",
  "eks:cluster-name",
  "karpenter.sh/nodepool",
])("an object with %s was created by", (key) => {
  expect(whyNotOwned(subnet, live({ tags: { [key]: "x" } }), account)).toContain(key);
});

test.each([
  ["pending", true],
  ["ready", true],
  [{ failed: "no capacity" }, true],
  ["deleting", false],
  ["dead", false],
] as const)("in the state %j it is there: %s", (state, is) => {
  expect(isAlive(live({ state }))).toBe(is);
});

test("it is known by its id and by its other ids", () => {
  expect(idsOf(live())).toEqual(["subnet-1", "arn:subnet-1"]);
});
