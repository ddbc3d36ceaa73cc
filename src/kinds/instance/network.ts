import type { Live, NetworkPart, ResourceIndex, Subject } from "../kind.ts";
import { firstInterface, refKey } from "../shared/network/network-index.ts";
import { madeWith } from "./listed.ts";
import type { Instance } from "./schema.ts";

/** The interfaces of an instance. An existing instance has a public address or has none, whatever its subnet says for new ones. */
export function network(self: Subject<Partial<Instance>>, index: ResourceIndex, live?: Live<Instance>): readonly NetworkPart[] {
  const { address, spec } = self;
  // If its first interface is declared separately, its subnet and groups are there.
  const first = firstInterface(index, self)?.spec as
    | { subnet?: string; securityGroups?: string[]; privateIpAddresses?: string[]; ipv6AddressCount?: number }
    | undefined;
  const { subnet, securityGroups, privateIpAddress } = first ? { ...first, privateIpAddress: first.privateIpAddresses?.[0] } : spec;
  const count = first ? first.ipv6AddressCount : (spec.ipv6AddressCount ?? live?.spec.ipv6AddressCount);
  const ipv6Address = count === 0 ? undefined : textOrNone(live?.outputs?.ipv6);
  const isPublic = spec.associatePublicIpAddress ?? live?.spec.associatePublicIpAddress;
  const further = madeWith(spec.networkInterfaces ?? []);
  return [
    {
      is: "endpoint",
      id: address,
      subnets: subnet === undefined ? [] : [refKey(subnet)],
      firewalls: securityGroups?.map(refKey) ?? "default",
      address: privateIpAddress,
      public:
        first || (isPublic === undefined && further.length > 0) ? "no" : isPublic === undefined ? "as-subnet" : isPublic ? "yes" : "no",
      ...(first ? {} : { publicPath: "associatePublicIpAddress" }),
      ipv6: count === undefined ? "as-subnet" : count > 0 ? "yes" : "no",
      ...(ipv6Address === undefined ? {} : { ipv6Address }),
    },
    ...further.map((one, i): NetworkPart => ({
      is: "endpoint",
      id: `${address}.networkInterfaces[${i}]`,
      subnets: [refKey(one.subnet)],
      firewalls: one.securityGroups?.map(refKey) ?? "default",
      address: one.privateIpAddress,
      public: "no",
      ipv6: one.ipv6AddressCount === undefined ? "as-subnet" : one.ipv6AddressCount > 0 ? "yes" : "no",
    })),
  ];
}

function textOrNone(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
