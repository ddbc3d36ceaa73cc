/** What has addresses in subnets and asks something of these. */
import type { Problem, ResourceIndex } from "../kind.ts";
import { refKey, vpcOfSubnet } from "./network-index.ts";

/** A problem for each security group that is of another VPC than the subnets. `what`: "a machine"; `path`: the field that lists the groups. */
export function groupsOfItsVpc(
  index: ResourceIndex,
  what: string,
  subnets: readonly unknown[],
  groups: readonly unknown[] = [],
  path = "securityGroups",
): Problem[] {
  const subnet = subnets.find((one) => vpcOfSubnet(index, one) !== undefined);
  const vpc = vpcOfSubnet(index, subnet);
  if (vpc === undefined) return [];
  return groups.flatMap((group, i) => {
    const other = typeof group === "string" ? index.get(group)?.spec.vpc : undefined;
    if (other === undefined || refKey(other) === vpc) return [];
    return [
      {
        code: "other-vpc" as const,
        path: `${path}[${i}]`,
        summary: `${String(group)} is in ${refKey(other)}, and ${String(subnet)} in ${vpc}.`,
        hint: `${what} takes groups of its own VPC only`,
      },
    ];
  });
}

/** A problem for each subnet of the file that has no IPv6 range, at the field that needs one. `instead`: what else could be written there. */
export function needsIpv6(index: ResourceIndex, path: string, subnets: readonly unknown[], instead?: string): Problem[] {
  return subnets.flatMap((name) => {
    const subnet = typeof name === "string" ? index.get(name) : undefined;
    if (subnet?.kind !== "subnet" || (subnet.spec.ipv6CidrBlock ?? "none") !== "none") return [];
    return [
      {
        code: "no-ipv6" as const,
        path,
        summary: `${subnet.address} has no IPv6 range.`,
        hint: `write \`ipv6CidrBlock\` on ${subnet.address}${instead === undefined ? "" : `, or ${instead}`}`,
      },
    ];
  });
}
