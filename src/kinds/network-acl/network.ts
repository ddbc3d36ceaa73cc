import type { AclEntry, NetworkPart, Subject } from "../kind.ts";
import { refKey } from "../shared/network/network-index.ts";
import { hasPorts, isIcmp, portsOf } from "../shared/network/protocols.ts";
import { normalEntry, type Direction, type Entries } from "./entry.ts";
import type { NetworkAcl } from "./schema.ts";

/**
 * For the VPC's default ACL, entries that are not written are as AWS made them: they allow everything (VPC User Guide, "Default network
 * ACL").
 */
export function network({ address, spec }: Subject<Partial<NetworkAcl>>): readonly NetworkPart[] {
  const isDefault = spec.default === true && spec.vpc !== undefined;
  const asMade = (end: "source" | "destination"): Entries =>
    isDefault
      ? {
          100: { action: "allow", protocol: "all", [end]: "0.0.0.0/0" },
          101: { action: "allow", protocol: "all", [end]: "::/0" },
        }
      : {};
  return [
    {
      is: "acl",
      id: address,
      ...(isDefault ? { defaultOf: refKey(spec.vpc) } : {}),
      subnets: (spec.subnets ?? []).map(refKey),
      ingress: entriesOf(spec.ingress ?? asMade("source"), "ingress"),
      egress: entriesOf(spec.egress ?? asMade("destination"), "egress"),
    },
  ];
}

/** Returns the entries in the order of their numbers, in which EC2 tries them. */
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
