import type { Drawn, ResourceIndex, Subject } from "../kind.ts";
import { indexBy, refKey } from "../shared/network/network-index.ts";
import type { NetworkInterface } from "./schema.ts";

/** Draws a fact on the instance that has the interface, or a card in its subnet when none does. */
export function drawn({ address, name, spec }: Subject<Partial<NetworkInterface>>, index: ResourceIndex): Drawn {
  const on = indexBy(index, "machines by interface", "instance", (one) => one.spec.networkInterfaces ?? []).get(address) ?? [];
  if (on.length > 0) return { as: "fact", on: on.map((one) => one.address), text: `interface ${name}` };
  const ip = spec.privateIpAddresses?.[0];
  return {
    as: "card",
    at: [refKey(spec.subnet)],
    glyph: "part",
    sub: ip === undefined ? "network interface" : `interface · ${ip}`,
    chips: (spec.securityGroups ?? []).map(refKey),
  };
}
