import type { Drawn, ResourceIndex, Subject } from "../kind.ts";
import { firstInterface, indexBy, refKey, subnetOfMachine } from "../shared/network/network-index.ts";
import { isReachedFromInternet } from "../shared/network/tiers.ts";
import type { Instance } from "./schema.ts";

/** Draws a card in its subnet. */
export function drawn(self: Subject<Partial<Instance>>, index: ResourceIndex): Drawn {
  const { address, spec } = self;
  const first = firstInterface(index, self);
  const byHolder = indexBy(index, "fixed addresses by holder", "elasticIp", (ip) => [ip.spec.instance, ip.spec.networkInterface]);
  const fixed = byHolder.has(address) || (first !== undefined && byHolder.has(first.address));
  const subnet = subnetOfMachine(index, self);
  const groups = first ? (first.spec.securityGroups as unknown[] | undefined) : spec.securityGroups;
  return {
    as: "card",
    at: [refKey(subnet)],
    glyph: "machine",
    sub: [spec.instanceType ?? "", ...(spec.state === "stopped" ? ["stopped"] : [])].join(" · "),
    chips: (groups ?? []).map(refKey),
    isPublic: isReachedFromInternet(index, subnet, fixed || (first ? false : spec.associatePublicIpAddress)),
  };
}
