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
            hint: "write an IPv4 range of the VPC, or `ipv6Native: true` with `ipv6CidrBlock` for an IPv6-only subnet",
          },
        ]
      : [];
  const problems: Problem[] = [];
  const conflict = (path: keyof Subnet, summary: string, hint: string) => problems.push({ code: "conflict", path, summary, hint });
  if (spec.cidrBlock !== undefined) conflict("cidrBlock", "An IPv6-only subnet has no IPv4 range.", "remove `cidrBlock` or `ipv6Native`");
  if (spec.ipv6CidrBlock === undefined || spec.ipv6CidrBlock === "none")
    problems.push({
      code: "missing-field",
      ...(spec.ipv6CidrBlock === undefined ? {} : { path: "ipv6CidrBlock" }),
      summary: "An IPv6-only subnet needs an IPv6 range.",
      hint: "write `ipv6CidrBlock: 0`: a number from 0 to 255 is that of a /64 in the VPC's range",
    });
  if (spec.mapPublicIpOnLaunch === true)
    conflict("mapPublicIpOnLaunch", "Instances in an IPv6-only subnet cannot get public IPv4 addresses.", "remove `mapPublicIpOnLaunch`");
  if (spec.assignIpv6AddressOnCreation === false)
    conflict(
      "assignIpv6AddressOnCreation",
      "In an IPv6-only subnet, every network interface gets an IPv6 address.",
      "remove `assignIpv6AddressOnCreation`",
    );
  if (spec.privateDnsHostnameTypeOnLaunch === "ip-name")
    conflict(
      "privateDnsHostnameTypeOnLaunch",
      "In an IPv6-only subnet, host names cannot be made from IPv4 addresses.",
      "remove `privateDnsHostnameTypeOnLaunch`, or write `resource-name`",
    );
  return problems;
}
