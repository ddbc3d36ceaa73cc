/** The fields of an Elastic IP as authors write them. */
import { object, optional, ref, string } from "../../resource/fields.ts";
import type { Static } from "typebox";

export const schema = object({
  instance: optional(
    ref("instance", "The instance to associate the address with. If omitted: whatever uses it, for example a NAT gateway."),
  ),
  networkInterface: optional(ref("networkInterface", "The network interface to associate the address with, instead of an instance.")),
  privateIpAddress: optional(
    string("The private address to associate it with. If omitted: the primary one.", { format: "ipv4", examples: ["10.0.1.11"] }),
  ),
  networkBorderGroup: optional(
    string("The network border group, the zones from which AWS advertises the address. If omitted: that of the region.", {
      examples: ["us-east-1-bos-1"],
    }),
  ),
});

export type ElasticIp = Static<typeof schema>;

/** The current holder of the address. */
export interface Handle {
  readonly publicIp: string;
  readonly borderGroup?: string | undefined;
  readonly association?: string | undefined;
  readonly instance?: string | undefined;
  readonly interface?: string | undefined;
  readonly privateIp?: string | undefined;
}
