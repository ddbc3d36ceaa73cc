import type { Drawn, ResourceIndex, Subject } from "../kind.ts";
import { refKey } from "../shared/network/network-index.ts";
import { isReachedFromInternet } from "../shared/network/tiers.ts";
import type { AutoScalingGroup } from "./schema.ts";

/** Draws a bar across its subnets, with the security groups of its launch template. */
export function drawn({ spec }: Subject<Partial<AutoScalingGroup>>, index: ResourceIndex): Drawn {
  const { minSize, maxSize, subnets = [] } = spec;
  const template = typeof spec.launchTemplate === "string" ? index.get(spec.launchTemplate)?.spec : undefined;
  const size = minSize === maxSize ? `${minSize ?? "?"}` : `${minSize ?? "?"}\u2013${maxSize ?? "?"}`;
  return {
    as: "bar",
    at: subnets.map(refKey),
    glyph: "machines",
    sub: `${size} × ${template?.instanceType === undefined ? "instance" : String(template.instanceType)} · Auto Scaling`,
    chips: ((template?.securityGroups as unknown[] | undefined) ?? []).map(refKey),
    isPublic: subnets.some((subnet) => isReachedFromInternet(index, subnet, template?.associatePublicIpAddress as boolean | undefined)),
    isElastic: true,
  };
}
