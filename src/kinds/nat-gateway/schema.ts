/** The fields of a NAT gateway as authors write them. */
import { list, object, oneOf, optional, ref, string } from "../../resource/fields.ts";
import type { Static } from "typebox";

export const schema = object({
  subnet: ref("subnet", "The subnet it stands in; a public one stands in a subnet whose table leads to the internet gateway."),
  elasticIp: optional(ref("elasticIp", "The address under which its traffic appears; a public gateway needs one.")),
  connectivityType: optional(
    oneOf(["public", "private"], "`public`: to the internet. `private`: to other networks only, without an Elastic IP."),
  ),
  privateIpAddress: optional(string("Its address in the subnet; AWS takes a free one when unwritten.", { format: "ipv4" })),
  secondaryElasticIps: optional(
    list(ref("elasticIp", "An Elastic IP."), "Further addresses, each for another 55,000 connections to one place."),
  ),
});

export type NatGateway = Static<typeof schema>;
