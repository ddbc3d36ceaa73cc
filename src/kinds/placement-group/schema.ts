import type { Static } from "typebox";
import { integer, object, oneOf, optional } from "../../resource/fields.ts";

export const schema = object({
  strategy: optional(
    oneOf(
      ["cluster", "spread", "partition"],
      "`cluster`: near each other in one zone, for speed. `spread`: each on hardware of its own, seven in a zone at most. `partition`: in parts that share no hardware.",
    ),
  ),
  partitionCount: optional(
    integer("Of the strategy `partition`: how many parts in each zone; 2 when unwritten.", { minimum: 1, maximum: 7 }),
  ),
  spreadLevel: optional(oneOf(["rack", "host"], "Of the strategy `spread`: what they do not share; `host` is for Outposts only.")),
});

export type PlacementGroup = Static<typeof schema>;

export interface Handle {
  /** The id, which tagging calls take in place of the name. */
  readonly groupId: string;
}
