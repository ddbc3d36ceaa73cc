import type { AclEntry, NetworkPart, Subject } from "../kind.ts";
import { refKey } from "../shared/network-index.ts";
import { hasPorts, isIcmp, normalEntry, portsOf, type Direction, type Entries } from "./entry.ts";
import { blindToDefault } from "../shared/defaults.ts";
import type { NetworkAcl } from "./network-acl.ts";

export function network({ address, spec }: Subject<Partial<NetworkAcl>>): readonly NetworkPart[] {
  return [
    ...blindToDefault(address, spec),
    {
      is: "acl",
      id: address,
      subnets: (spec.subnets ?? []).map(refKey),
      ingress: entriesOf(spec.ingress ?? {}, "ingress"),
      egress: entriesOf(spec.egress ?? {}, "egress"),
    },
  ];
}

/** In the order of their numbers, in which EC2 tries them. */
function entriesOf(entries: Entries, direction: Direction): readonly AclEntry[] {
  return Object.entries(entries)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([number, written]) => {
      const { action, protocol, port, ports, icmpType, icmpCode, source, destination } = normalEntry(written);
      const name = String(protocol);
      const range = hasPorts(name) ? portsOf(ports ?? port) : isIcmp(name) ? { from: icmpType ?? -1, to: icmpCode ?? -1 } : undefined;
      return {
        protocol: name,
        from: range?.from ?? -1,
        to: range?.to ?? -1,
        allows: action === "allow",
        peer: source ?? destination ?? "",
        path: `${direction}.${number}`,
      };
    });
}
