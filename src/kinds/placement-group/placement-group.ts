import type { Kind, Problem, Subject } from "../kind.ts";
import { without } from "../shared/authored.ts";
import { foreign } from "./foreign.ts";
import { type Handle, type PlacementGroup, schema } from "./schema.ts";
import { ec2Index } from "../shared/ec2-index.ts";

const forGood = "a placement group cannot be changed";

export const placementGroup: Kind<PlacementGroup, Handle> = {
  name: "placementGroup",
  section: "placementGroups",
  doc: "A strategy for the placement of instances on hardware: close together for speed, or apart so that no fault affects several.",
  outputs: { arn: "The ARN.", groupId: "The id of the group, in addition to its name." },
  foreign,
  schema,
  fields: {
    strategy: { change: "replace", default: { value: "cluster", class: "enforced" }, because: forGood },
    partitionCount: { change: "replace", because: forGood },
    spreadLevel: { change: "replace", because: forGood },
  },
  stages: [{ name: "create" }],
  create: "name",
  naming: { max: 255, forbidden: /[^!-~]/ },
  replace: "delete-first",
  keepsId: true,
  waits: { create: { typical: 3, limit: 300 }, delete: "instant", poll: 3 },
  tagIndex: ec2Index("placement-group"),
  // DescribePlacementGroups has no pages.
  readCost: () => 1,
  iam: {
    read: ["ec2:DescribePlacementGroups"],
    write: ["ec2:CreatePlacementGroup", "ec2:DeletePlacementGroup", "ec2:CreateTags", "ec2:DeleteTags"],
    remove: ["ec2:DeletePlacementGroup"],
    access: { "ec2:CreatePlacementGroup": { made: ["placement-group/*"] } },
  },
  check,
  authored: (spec) => ({ spec: without(spec, { strategy: "cluster", ...(spec.spreadLevel === "rack" ? { spreadLevel: "rack" } : {}) }) }),
  goesWithUsers: true,
  drawn: ({ spec }) => ({ as: "beside", glyph: "setting", sub: `placement group, ${spec.strategy ?? "cluster"}` }),
  withoutNetwork: "it passes no packets",
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/ec2.ts")),
};

function check({ spec }: Subject<PlacementGroup>): readonly Problem[] {
  const { strategy = "cluster" } = spec;
  const problems: Problem[] = [];
  if (spec.partitionCount !== undefined && strategy !== "partition")
    problems.push({
      code: "conflict",
      path: "partitionCount",
      summary: `A placement group with strategy ${strategy} has no partitions.`,
      hint: "write `strategy: partition`, or remove `partitionCount`",
    });
  if (spec.spreadLevel !== undefined && strategy !== "spread")
    problems.push({
      code: "conflict",
      path: "spreadLevel",
      summary: `A placement group with strategy ${strategy} has no spread level.`,
      hint: "write `strategy: spread`, or remove `spreadLevel`",
    });
  return problems;
}
