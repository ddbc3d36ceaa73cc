/** The fields of an Elastic IP as authors write them. */
import { object, optional, ref, string } from "../../resource/fields.ts";
import type { Static } from "typebox";

export const schema = object({
  instance: optional(ref("instance", "The machine that it leads to. If omitted: whatever it is put on, a NAT gateway for example.")),
  networkInterface: optional(ref("networkInterface", "The network interface that it leads to, instead of a machine.")),
  privateIpAddress: optional(
    string("Which private address there it leads to. If omitted: the first.", { format: "ipv4", examples: ["10.0.1.11"] }),
  ),
  networkBorderGroup: optional(
    string("The group of zones from which AWS announces it; the region's own when unwritten.", { examples: ["us-east-1-bos-1"] }),
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
