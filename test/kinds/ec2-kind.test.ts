import { expect, test } from "vitest";
import type { Aws } from "../../src/aws/aws.ts";
import type { Live } from "../../src/kinds/kind.ts";
import { ec2Kind } from "../../src/kinds/shared/ec2-kind.ts";

interface Thing {
  readonly ThingId: string;
  readonly OwnerId?: string;
  readonly Tags?: { Key: string; Value: string }[];
  readonly State?: string;
}

/** An EC2 that ignores filters, as some emulators do. */
function kindOf(...things: Thing[]) {
  const asked: unknown[] = [];
  const reader = ec2Kind({
    described: async (_aws, filters) => {
      asked.push(filters);
      return things;
    },
    idFilter: "thing-id",
    idOf: ({ ThingId }: Thing) => ThingId,
    live: ({ ThingId }): Live<object, null> => ({ id: ThingId, aliases: [], tags: {}, spec: {}, handle: null, state: "ready" }),
    isGone: ({ State }) => State === "deleted",
  });
  return { reader, asked };
}

const aws = { account: "111111111111" } as Aws;
const scope = { project: "shop", environment: "prod", asks: () => false };

test("it asks by the environment's tag, and tells all that EC2 answers", async () => {
  const { reader, asked } = kindOf({ ThingId: "t-1" }, { ThingId: "t-2" });
  const found: string[] = [];
  for await (const { id } of reader.list(aws, scope)) found.push(id);
  expect(found).toEqual(["t-1", "t-2"]);
  expect(asked).toEqual([[{ Name: "tag:infra:environment", Values: ["prod"] }]]);
});

test("by id it tells those that were asked for, 200 a call", async () => {
  const { reader, asked } = kindOf({ ThingId: "t-1" }, { ThingId: "t-other" });
  const ids = ["t-1", ...Array.from({ length: 200 }, (_, i) => `t-absent-${i}`)];
  expect([...(await reader.get(aws, ids, scope)).keys()]).toEqual(["t-1"]);
  expect(asked.map((filters) => (filters as { Values: string[] }[])[0]!.Values.length)).toEqual([200, 1]);
});

test("by tags it returns objects that have all of them, are the owner's, and exist", async () => {
  const Tags = [{ Key: "Name", Value: "shared" }];
  const { reader } = kindOf(
    { ThingId: "t-1", Tags, OwnerId: "111111111111" },
    { ThingId: "t-untagged", OwnerId: "111111111111" },
    { ThingId: "t-foreign", Tags, OwnerId: "222222222222" },
    { ThingId: "t-deleted", Tags, OwnerId: "111111111111", State: "deleted" },
  );
  expect(await reader.find!(aws, { Name: "shared" }, undefined)).toEqual(["t-1"]);
  expect(await reader.find!(aws, { Name: "shared" }, "222222222222")).toEqual(["t-foreign"]);
});
