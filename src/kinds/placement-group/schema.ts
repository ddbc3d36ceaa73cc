import type { Static } from "typebox";
import { integer, object, oneOf, optional } from "../../resource/fields.ts";

export const schema = object({
  strategy: optional(
    oneOf(
      ["cluster", "spread", "partition"],
      "The placement strategy. `cluster`: close together in one zone, for speed. `spread`: each instance on separate hardware, at most seven per zone. `partition`: in partitions that share no hardware.",
    ),
  ),
  partitionCount: optional(
    integer("Number of partitions in each zone, for the strategy `partition`. Default: 2.", { minimum: 1, maximum: 7 }),
  ),
  spreadLevel: optional(
    oneOf(["rack", "host"], "The level of hardware that instances do not share, for the strategy `spread`; `host` is only for Outposts."),
  ),
});

export type PlacementGroup = Static<typeof schema>;

export interface Handle {
  /** The id, which tagging calls take in place of the name. */
  readonly groupId: string;
}
