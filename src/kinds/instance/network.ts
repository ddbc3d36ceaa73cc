import type { Live, NetworkPart, Subject } from "../kind.ts";
import { refKey } from "../shared/network-index.ts";
import type { Instance } from "./instance.ts";

/** A machine that exists has or has not a public address, whatever its subnet says of those to come. */
export function network({ address, spec }: Subject<Partial<Instance>>, _index: unknown, live?: Live<Instance>): readonly NetworkPart[] {
  const { subnet, securityGroups, privateIpAddress } = spec;
  const isPublic = spec.associatePublicIpAddress ?? live?.spec.associatePublicIpAddress;
  return [
    {
      is: "endpoint",
      id: address,
      subnets: subnet === undefined ? [] : [refKey(subnet)],
      firewalls: securityGroups?.map(refKey) ?? "default",
      address: privateIpAddress,
      public: isPublic === undefined ? "as-subnet" : isPublic ? "yes" : "no",
    },
  ];
}
