/** The fields of a transit gateway route table as authors write them. */
import { boolean, cidr, list, object, optional, ref } from "../../resource/fields.ts";
import { canonicalCidr } from "../../resource/ranges.ts";
import type { ListShape } from "../kind.ts";
import type { Static } from "typebox";

const attachment = () => ref("transitGatewayAttachment", "An attachment.");

const route = object({
  destination: cidr("Where the traffic goes: an IPv4 or IPv6 network.", "any", "10.0.0.0/8"),
  target: optional(ref("transitGatewayAttachment", "The attachment by which it leaves.")),
  blackhole: optional(boolean("Whether the traffic is dropped, in place of a `target`.")),
});

export const schema = object({
  transitGateway: ref("transitGateway", "The transit gateway it belongs to."),
  default: optional(
    boolean(
      "Whether it is the table that AWS made with the gateway. It is taken over, never made and never deleted, and fields that are not written stay as they are.",
    ),
  ),
  associations: optional(
    list(attachment(), "The attachments whose traffic follows this table; an attachment follows one. What others have associated stays."),
  ),
  propagations: optional(
    list(attachment(), "The attachments whose networks it gets routes to by itself, now and later. What others have added stays."),
  ),
  routes: optional(list(route, "Routes besides those: to a network behind an attachment, or into nothing.")),
});

export type TransitGatewayRouteTable = Static<typeof schema>;

export interface Handle {
  readonly gateway: string;
}

export const routes: ListShape = { key: ({ destination }: { destination: string }) => canonicalCidr(destination), unlisted: "remove" };
