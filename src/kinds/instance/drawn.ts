import type { Drawn, ResourceIndex, Subject } from "../kind.ts";
import { indexBy, refKey } from "../shared/network-index.ts";
import { isReachedFromInternet } from "../shared/tiers.ts";
import type { Instance } from "./instance.ts";

/** A card in its subnet. */
export function drawn({ address, spec }: Subject<Partial<Instance>>, index: ResourceIndex): Drawn {
  const fixed = indexBy(index, "fixed addresses by machine", "elasticIp", (ip) => [ip.spec.instance]).has(address);
  return {
    as: "card",
    at: [refKey(spec.subnet)],
    glyph: "machine",
    sub: [spec.instanceType ?? "", ...(spec.state === "stopped" ? ["stopped"] : [])].join(" · "),
    chips: (spec.securityGroups ?? []).map(refKey),
    isPublic: isReachedFromInternet(index, spec.subnet, fixed || spec.associatePublicIpAddress),
  };
}
