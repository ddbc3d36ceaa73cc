/** Checks of subnets with IPv4 and of IPv6-only subnets. */
import type { Problem } from "../kind.ts";
import type { Subnet } from "./schema.ts";

export function isIpv6Only(spec: Partial<Subnet>): boolean {
  return spec.ipv6Native === true;
}

/**
 * Checks that a subnet has an IPv4 range, or is IPv6-only and has only the fields that AWS allows there (EC2 API, CreateSubnet: Ipv6Native;
 * ModifySubnetAttribute).
 */
export function checkFamilies(spec: Subnet): readonly Problem[] {
  if (!isIpv6Only(spec))
    return spec.cidrBlock === undefined
      ? [
          {
            code: "missing-field",
            summary: "cidrBlock is missing.",
            hint: "write an IPv4 range of the VPC, or `ipv6Native: true` with `ipv6CidrBlock` for a subnet of IPv6 only",
          },
        ]
      : [];
  const problems: Problem[] = [];
  const conflict = (path: keyof Subnet, summary: string, hint: string) => problems.push({ code: "conflict", path, summary, hint });
  if (spec.cidrBlock !== undefined)
    conflict("cidrBlock", "A subnet of IPv6 only has no IPv4 range.", "take `cidrBlock` or `ipv6Native` out");
  if (spec.ipv6CidrBlock === undefined || spec.ipv6CidrBlock === "none")
    problems.push({
      code: "missing-field",
      ...(spec.ipv6CidrBlock === undefined ? {} : { path: "ipv6CidrBlock" }),
      summary: "A subnet of IPv6 only needs an IPv6 range.",
      hint: "write `ipv6CidrBlock: 0`, the number of a /64 in the range of the VPC",
    });
  if (spec.mapPublicIpOnLaunch === true)
    conflict("mapPublicIpOnLaunch", "A subnet of IPv6 only gives no public IPv4 addresses.", "take `mapPublicIpOnLaunch` out");
  if (spec.assignIpv6AddressOnCreation === false)
    conflict(
      "assignIpv6AddressOnCreation",
      "What is in a subnet of IPv6 only has an IPv6 address always.",
      "take `assignIpv6AddressOnCreation` out",
    );
  if (spec.privateDnsHostnameTypeOnLaunch === "ip-name")
    conflict(
      "privateDnsHostnameTypeOnLaunch",
      "Host names in a subnet of IPv6 only are made of ids: there is no IPv4 address to make them of.",
      "take `privateDnsHostnameTypeOnLaunch` out, or write `resource-name`",
    );
  return problems;
}
