/** The fields of a prefix list as authors write them. */
import { cidr, integer, list, object, oneOf, optional, string } from "../../resource/fields.ts";
import { canonicalCidr } from "../../resource/ranges.ts";
import type { ListShape } from "../kind.ts";
import type { Static } from "typebox";

const entry = object({
  cidr: cidr("An IPv4 or IPv6 network.", "any", "203.0.113.0/24"),
  description: optional(string("A description of the network.", { maxLength: 255 })),
});

export const schema = object({
  addressFamily: optional(oneOf(["IPv4", "IPv6"], "The address family of the networks.")),
  entries: optional(list(entry, "The networks, in any order.", { maxItems: 1000 })),
  maxEntries: optional(
    integer(
      "The maximum number of networks, which each rule and route that names the list counts against its quota. If omitted: as large as the entries need; it grows with them.",
      { minimum: 1, maximum: 1000, examples: [20] },
    ),
  ),
});

export type PrefixList = Static<typeof schema>;

export type Entry = Static<typeof entry>;

export interface Handle {
  /** The version that a change names as its start. */
  readonly version: number;
  readonly max: number;
  readonly isBusy: boolean;
  /** The name in AWS, which is only for people. */
  readonly name: string | undefined;
}

export const entries: ListShape = { key: ({ cidr: network }: Entry) => canonicalCidr(network), unlisted: "remove" };
