import { expect, test } from "vitest";
import type { Aws } from "../../src/aws/aws.ts";
import { detailsOf } from "../../src/cli/read-status.ts";
import type { Driver, Kind, Live } from "../../src/kinds/kind.ts";

test("facts about a database are not shown for the groups that have its name", async () => {
  const [cluster, group] = ["dbCluster", "dbSubnetGroup"].map((name) => ({ name }) as Kind) as [Kind, Kind];
  const live = { id: "prod-main" } as Live;
  const parts = [{ id: "prod-main-one", text: "writer" }];
  const of = (kind: Kind) =>
    Promise.resolve((kind === cluster ? { details: () => Promise.resolve(new Map([[live.id, { parts }]])) } : {}) as Driver);
  const details = await detailsOf({} as Aws, { of }, [
    { kind: cluster, live },
    { kind: group, live },
  ]);
  expect([...details]).toEqual([["dbCluster prod-main", { parts }]]);
});
