/** The fields of a NAT gateway as authors write them. */
import { integer, list, object, oneOf, optional, ref, string, zone } from "../../resource/fields.ts";
import type { Static } from "typebox";

export const schema = object({
  availabilityMode: optional(
    oneOf(
      ["zonal", "regional"],
      "The availability mode. `zonal`: the gateway is in one subnet. `regional`: one for all zones of a VPC, in no subnet; AWS makes its route table with the route to the internet gateway.",
    ),
  ),
  vpc: optional(ref("vpc", "The VPC of a regional gateway.")),
  subnet: optional(
    ref("subnet", "The subnet of a zonal gateway; for a public one, its route table must have a route to the internet gateway."),
  ),
  availabilityZoneAddresses: optional(
    list(
      object({
        availabilityZone: zone("A zone."),
        elasticIp: ref("elasticIp", "An Elastic IP for traffic of this zone."),
      }),
      "The addresses of a regional gateway, one or more per zone. If omitted: AWS serves each zone in which there are instances (after up to an hour), with addresses of its own.",
      { minItems: 1 },
    ),
  ),
  elasticIp: optional(ref("elasticIp", "The Elastic IP of a public zonal gateway; required there.")),
  connectivityType: optional(
    oneOf(
      ["public", "private"],
      "The connectivity type. `public`: to the internet. `private`: only to other networks, without an Elastic IP.",
    ),
  ),
  privateIpAddress: optional(string("The private address in the subnet. If omitted: AWS chooses a free one.", { format: "ipv4" })),
  secondaryElasticIps: optional(
    list(ref("elasticIp", "An Elastic IP."), "Further Elastic IPs; each adds 55,000 connections to one destination."),
  ),
  secondaryPrivateIpAddresses: optional(
    list(
      string("A free address of the subnet.", { format: "ipv4" }),
      "Further addresses of a private gateway; each adds 55,000 connections to one destination.",
      {
        uniqueItems: true,
        maxItems: 7,
        examples: [["10.0.1.11"]],
      },
    ),
  ),
  secondaryPrivateIpAddressCount: optional(
    integer("Number of further addresses of a private gateway, which AWS chooses; instead of `secondaryPrivateIpAddresses`.", {
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
