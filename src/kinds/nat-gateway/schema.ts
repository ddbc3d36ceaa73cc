/** The fields of a NAT gateway as authors write them. */
import { integer, list, object, oneOf, optional, ref, string, zone } from "../../resource/fields.ts";
import type { Static } from "typebox";

export const schema = object({
  availabilityMode: optional(
    oneOf(
      ["zonal", "regional"],
      "`zonal`: it stands in one subnet. `regional`: one for all zones of a VPC, in no subnet; AWS makes its table with the way to the internet gateway.",
    ),
  ),
  vpc: optional(ref("vpc", "Of a regional one: the VPC it serves.")),
  subnet: optional(
    ref("subnet", "Of a zonal one: the subnet it stands in; a public one stands in a subnet whose table leads to the internet gateway."),
  ),
  availabilityZoneAddresses: optional(
    list(
      object({
        availabilityZone: zone("A zone."),
        elasticIp: ref("elasticIp", "An address under which traffic of this zone appears."),
      }),
      "Of a regional one: its addresses, one or more for a zone. If omitted: AWS serves each zone where machines appear (up to an hour later), under addresses of its own.",
      { minItems: 1 },
    ),
  ),
  elasticIp: optional(ref("elasticIp", "The address under which its traffic appears; a public zonal gateway needs one.")),
  connectivityType: optional(
    oneOf(["public", "private"], "`public`: to the internet. `private`: to other networks only, without an Elastic IP."),
  ),
  privateIpAddress: optional(string("Its address in the subnet; AWS takes a free one when unwritten.", { format: "ipv4" })),
  secondaryElasticIps: optional(
    list(ref("elasticIp", "An Elastic IP."), "Further addresses, each for another 55,000 connections to one place."),
  ),
  secondaryPrivateIpAddresses: optional(
    list(
      string("A free address of the subnet.", { format: "ipv4" }),
      "Of a private one: further addresses, each for another 55,000 connections.",
      {
        uniqueItems: true,
        maxItems: 7,
        examples: [["10.0.1.11"]],
      },
    ),
  ),
  secondaryPrivateIpAddressCount: optional(
    integer("Of a private one: how many further addresses it has, that AWS picks; instead of `secondaryPrivateIpAddresses`.", {
      minimum: 0,
      maximum: 7,
    }),
  ),
});

export type NatGateway = Static<typeof schema>;
export type ZoneAddress = NonNullable<NatGateway["availabilityZoneAddresses"]>[number];

/** Returns the Elastic IPs that a gateway names, each with its path. */
export function elasticIpsOf(spec: Partial<NatGateway>): { readonly address: string; readonly path: string }[] {
  return [
    ...(spec.elasticIp === undefined ? [] : [{ address: spec.elasticIp, path: "elasticIp" }]),
    ...(spec.secondaryElasticIps ?? []).map((address, i) => ({ address, path: `secondaryElasticIps[${i}]` })),
    ...(spec.availabilityZoneAddresses ?? []).map(({ elasticIp }, i) => ({
      address: elasticIp,
      path: `availabilityZoneAddresses[${i}].elasticIp`,
    })),
  ];
}
