/** Checks for resources that need IPv4 addresses in their subnets. */
import type { Problem, ResourceIndex } from "../../kind.ts";

/** Returns a problem for each subnet without IPv4, at the field that names it. `what` is, for example, "a NAT gateway". */
export function needsIpv4(index: ResourceIndex, what: string, subnets: readonly (readonly [path: string, subnet: unknown])[]): Problem[] {
  return subnets.flatMap(([path, subnet]) =>
    typeof subnet === "string" && isIpv6Only(index, subnet)
      ? [
          {
            code: "conflict" as const,
            path,
            summary: `${subnet} is IPv6-only, but ${what} needs an IPv4 address there.`,
            hint: "use a subnet with `cidrBlock`",
          },
        ]
      : [],
  );
}

/** Returns a problem for a field about IPv4 when the subnet has none. */
export function hasOnlyIpv6(index: ResourceIndex, subnet: unknown, path: string): Problem[] {
  if (typeof subnet !== "string" || !isIpv6Only(index, subnet)) return [];
  return [
    {
      code: "conflict",
      path,
      summary: `${subnet} is IPv6-only, but ${path} needs IPv4.`,
      hint: `remove \`${path}\`, or use a subnet with \`cidrBlock\``,
    },
  ];
}

/** Whether a declared subnet is IPv6-only. */
export function isIpv6Only(index: ResourceIndex, subnet: string): boolean {
  return index.get(subnet)?.spec.ipv6Native === true;
}
