/** The fields of a VPC peering as authors write them. */
import { boolean, object, optional, ref, string } from "../../resource/fields.ts";
import type { Static } from "typebox";
import * as Type from "typebox";

export const schema = object({
  vpc: ref("vpc", "The VPC on this environment's side."),
  peerVpc: optional(ref("vpc", "The VPC on the other side. Omit it when `accept` names a request that others have made.", { far: true })),
  peerOwner: optional(
    string("The account of `peerVpc`, if it is a different one.", { pattern: "^[0-9]{12}$", examples: ["123456789012"] }),
  ),
  peerRegion: optional(
    string("The region of `peerVpc`, if it is a different one.", {
      pattern: "^([a-z]{2}|eusc)(-[a-z]+)+-[0-9]$",
      examples: ["eu-central-1"],
    }),
  ),
  accept: optional(
    Type.Unsafe<boolean | string>(
      Type.Union(
        [
          boolean("Whether infra accepts the request: only if `peerVpc` is of this account and region."),
          string("The id of a request from another account or region: infra accepts it and requests nothing.", {
            pattern: "^pcx-[0-9a-f]{8,17}$",
          }),
        ],
        {
          description:
            "The acceptance of the request. `true`: infra accepts it, which is the default inside one account and region. `false`: somebody else accepts it. `pcx-…`: the request of others that infra accepts.",
          examples: [true, "pcx-0123456789abcdef0"],
        },
      ),
    ),
  ),
  dnsResolution: optional(
    boolean(
      "Whether public DNS names of instances on the other side resolve to their private addresses. Inside one account and region it is set for both sides, otherwise only for this side; both VPCs need `enableDnsHostnames`.",
    ),
  ),
});

export type VpcPeering = Static<typeof schema>;
