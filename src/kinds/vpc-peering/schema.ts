/** The fields of a VPC peering as authors write them. */
import { boolean, object, optional, ref, string } from "../../resource/fields.ts";
import type { Static } from "typebox";
import * as Type from "typebox";

export const schema = object({
  vpc: ref("vpc", "The VPC on our side."),
  peerVpc: optional(ref("vpc", "The VPC on the other side. Left out where `accept` names a request that others have made.", { far: true })),
  peerOwner: optional(
    string("The account of `peerVpc`, where it is not this one.", { pattern: "^[0-9]{12}$", examples: ["123456789012"] }),
  ),
  peerRegion: optional(
    string("The region of `peerVpc`, where it is not this one.", { pattern: "^[a-z]{2}(-[a-z]+)+-[0-9]$", examples: ["eu-central-1"] }),
  ),
  accept: optional(
    Type.Unsafe<boolean | string>(
      Type.Union(
        [
          boolean("Whether the request is accepted here: only where `peerVpc` is of this account and region."),
          string("A request that another account or region has made, by its id: it is accepted, and nothing is requested.", {
            pattern: "^pcx-[0-9a-f]{8,17}$",
          }),
        ],
        {
          description:
            "`true`: the request is accepted here, which is the default inside one account and region. `false`: somebody accepts it. `pcx-…`: the request of others that this resource accepts.",
          examples: [true, "pcx-0123456789abcdef0"],
        },
      ),
    ),
  ),
  dnsResolution: optional(
    boolean(
      "Whether public names of machines on the other side lead to their private addresses. Inside one account and region it is set for both sides, else for ours; both VPCs need `enableDnsHostnames`.",
    ),
  ),
});

export type VpcPeering = Static<typeof schema>;
