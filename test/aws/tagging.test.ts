/** EC2's tags: one call tags many objects, and no call would remove all tags. */
import { expect, test } from "vitest";
import { ec2Tagging, tagEc2, tagSpecifications } from "../../src/aws/tagging.ts";
import { fakeAws, refused } from "../support/fake-aws.ts";

const willing = () => fakeAws({ CreateTags: {}, DeleteTags: {} });

/** "CreateTags vpc-1,vpc-2: team=web" */
function said({ asked }: ReturnType<typeof fakeAws>): string[] {
  return asked.map(({ operation, input }) => {
    const { Resources, Tags } = input as { Resources: string[]; Tags: { Key: string; Value?: string }[] };
    return `${operation} ${Resources.join()}: ${Tags.map(({ Key, Value }) => (Value === undefined ? Key : `${Key}=${Value}`)).join()}`;
  });
}

test("a create call bears its tags", () => {
  expect(tagSpecifications("vpc", { team: "web", empty: "" })).toEqual([
    {
      ResourceType: "vpc",
      Tags: [
        { Key: "team", Value: "web" },
        { Key: "empty", Value: "" },
      ],
    },
  ]);
});

test.each<[Record<string, string>, string[], string[]]>([
  [{ team: "web", cost: "1" }, ["old", "older"], ["CreateTags vpc-1: team=web,cost=1", "DeleteTags vpc-1: old,older"]],
  [{ team: "web" }, [], ["CreateTags vpc-1: team=web"]],
  [{}, ["old"], ["DeleteTags vpc-1: old"]],
  [{}, [], []],
])("set %j and remove %j", async (set, remove, expected) => {
  const aws = willing();
  await tagEc2(aws, ["vpc-1"], set, remove);
  expect(said(aws)).toEqual(expected);
});

test("one call takes a thousand objects", async () => {
  const aws = willing();
  const ids = Array.from({ length: 2_001 }, (_, i) => `i-${i}`);
  await tagEc2(aws, ids, { team: "web" }, ["old"]);
  const of = (ids: string[]) => [`CreateTags ${ids.join()}: team=web`, `DeleteTags ${ids.join()}: old`];
  expect(said(aws)).toEqual([...of(ids.slice(0, 1_000)), ...of(ids.slice(1_000, 2_000)), ...of(ids.slice(2_000))]);
});

const tag = (aws: ReturnType<typeof fakeAws>, id: string, set: Record<string, string>, remove: string[] = []) =>
  ec2Tagging(aws, { id }, set, remove);

test("objects that get the same tags within a moment share a call, whatever the order of the tags", async () => {
  const aws = willing();
  await Promise.all([
    tag(aws, "vpc-1", { team: "web", cost: "1" }, ["a", "b"]),
    tag(aws, "vpc-2", { cost: "1", team: "web" }, ["b", "a"]),
    tag(aws, "vpc-3", { team: "data", cost: "1" }, ["a", "b"]),
    tag(aws, "vpc-4", { team: "web", cost: "1" }, ["a"]),
  ]);
  expect(aws.clock.now()).toBe(20);
  expect(said(aws).sort()).toEqual([
    "CreateTags vpc-1,vpc-2: team=web,cost=1",
    "CreateTags vpc-3: team=data,cost=1",
    "CreateTags vpc-4: team=web,cost=1",
    "DeleteTags vpc-1,vpc-2: a,b",
    "DeleteTags vpc-3: a,b",
    "DeleteTags vpc-4: a",
  ]);
});

test("tags that come after the moment have a separate call, and so has another account", async () => {
  const [aws, other] = [willing(), willing()];
  await Promise.all([tag(aws, "vpc-1", { team: "web" }), tag(other, "vpc-9", { team: "web" })]);
  await tag(aws, "vpc-2", { team: "web" });
  expect(said(aws)).toEqual(["CreateTags vpc-1: team=web", "CreateTags vpc-2: team=web"]);
  expect(said(other)).toEqual(["CreateTags vpc-9: team=web"]);
});

test("one that is gone fails for itself only", async () => {
  const gone = refused("not-found", "InvalidVpcID.NotFound");
  const aws = fakeAws({ CreateTags: ({ Resources }: { Resources: string[] }) => (Resources.includes("vpc-2") ? gone : {}) });
  const all = await Promise.allSettled(["vpc-1", "vpc-2", "vpc-3"].map((id) => tag(aws, id, { team: "web" })));
  expect(all.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(said(aws)).toEqual(["vpc-1,vpc-2,vpc-3", "vpc-1", "vpc-2", "vpc-3"].map((ids) => `CreateTags ${ids}: team=web`));
  const alone = fakeAws({ CreateTags: gone });
  await expect(tag(alone, "vpc-2", { team: "web" })).rejects.toBe(gone);
  expect(said(alone)).toEqual(["CreateTags vpc-2: team=web"]);
});

test("any other failure counts for all, and nothing is sent again", async () => {
  const denied = refused("auth", "UnauthorizedOperation");
  const aws = fakeAws({ CreateTags: denied });
  const all = await Promise.allSettled(["vpc-1", "vpc-2"].map((id) => tag(aws, id, { team: "web" })));
  expect(all).toEqual([1, 2].map(() => ({ status: "rejected", reason: denied })));
  expect(aws.asked).toHaveLength(1);
});
