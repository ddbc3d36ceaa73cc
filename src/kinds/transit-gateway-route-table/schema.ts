/** The fields of a transit gateway route table as authors write them. */
import { boolean, cidr, list, object, optional, ref } from "../../resource/fields.ts";
import { canonicalCidr } from "../../resource/ranges.ts";
import type { ListShape } from "../kind.ts";
import type { Static } from "typebox";

const attachment = () => ref("transitGatewayAttachment", "An attachment.");

const route = object({
  destination: cidr("The destination of the traffic: an IPv4 or IPv6 network.", "any", "10.0.0.0/8"),
  target: optional(ref("transitGatewayAttachment", "The attachment to which the traffic goes.")),
  blackhole: optional(boolean("Whether the traffic is dropped, instead of a `target`.")),
});

export const schema = object({
  transitGateway: ref("transitGateway", "The transit gateway of the table."),
  default: optional(
    boolean(
      "Whether it is the table that AWS made with the gateway. infra takes it over, never makes and never deletes it, and leaves fields that are not written unchanged.",
    ),
  ),
  associations: optional(
    list(
      attachment(),
      "The attachments whose traffic uses this table; an attachment has exactly one table. Associations that others made stay.",
    ),
  ),
  propagations: optional(
    list(
      attachment(),
      "The attachments whose networks the table gets as routes automatically (propagation). Propagations that others made stay.",
    ),
  ),
  routes: optional(list(route, "Static routes: to a network through an attachment, or a blackhole that drops the traffic.")),
});

export type TransitGatewayRouteTable = Static<typeof schema>;

export interface Handle {
  readonly gateway: string;
}

export const routes: ListShape = { key: ({ destination }: { destination: string }) => canonicalCidr(destination), unlisted: "remove" };
