/** RDS objects that no call finds by several names: the calls for one object, for several and for missing ones. */
import { expect, it } from "vitest";
import type { Aws } from "../../src/aws/aws.ts";
import type { Live, Scope } from "../../src/kinds/kind.ts";
import { rdsReads } from "../../src/kinds/shared/rds/objects.ts";

const aws = {} as Aws;
const scope: Scope = { project: "shop", environment: "prod", asks: () => false };

/** Two objects are in the list; a third is not in it yet. */
function lab() {
  const asked: string[] = [];
  const reads = rdsReads<string, object, null>({
    kind: "dbOptionGroup",
    async *all() {
      asked.push("all");
      yield* ["one", "two"];
    },
    async one(_aws, name) {
      asked.push(name);
      return ["one", "two", "new"].includes(name.toLowerCase()) ? name.toLowerCase() : undefined;
    },
    told: (name) => ({ name, arn: name, description: undefined }),
    read: async (_aws, id) => ({ id, tags: {} }) as Live<object, null>,
  });
  return { asked, ...reads };
}

it("asks for one by its name", async () => {
  const { asked, get, named } = lab();
  expect([...(await get(aws, ["One"], scope)).keys()]).toEqual(["One"]);
  expect(await named(aws, ["One"])).toEqual(new Map([["One", "one"]]));
  expect(asked).toEqual(["One", "One"]);
});

it("seeks several in one list, and one that the list does not show yet by its name", async () => {
  const { asked, get } = lab();
  expect([...(await get(aws, ["one", "two", "new", "gone"], scope)).values()].map(({ id }) => id)).toEqual(["one", "two", "new"]);
  expect(asked).toEqual(["all", "new", "gone"]);
});

it("asks once whether any of several names is taken", async () => {
  const { asked, named } = lab();
  expect(await named(aws, ["one", "free", "TWO"])).toEqual(
    new Map([
      ["one", "one"],
      ["TWO", "two"],
    ]),
  );
  expect(asked).toEqual(["all"]);
});
