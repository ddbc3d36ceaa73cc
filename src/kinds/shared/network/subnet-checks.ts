/** Checks for resources that have addresses in subnets. */
import type { Problem, ResourceIndex } from "../../kind.ts";
import { refKey, vpcOfSubnet } from "./network-index.ts";

/**
 * Returns a problem for each security group in another VPC than the subnets. `what` is, for example, "an instance"; `path` is the field
 * that lists the groups.
 */
export function groupsOfItsVpc(
  index: ResourceIndex,
  what: string,
  subnets: readonly unknown[],
  groups: readonly unknown[] = [],
  path = "securityGroups",
): Problem[] {
  return groupsElsewhere(index, subnets, groups).map(({ i, group, isIn }) => ({
    code: "other-vpc" as const,
    path: `${path}[${i}]`,
    summary: `${group} ${isIn}`,
    hint: `use security groups in the VPC of the subnet: ${what} cannot use others`,
  }));
}

/**
 * Returns a problem for each security group of a launch template in another VPC than the subnets where it is used. The problem is at the
 * field that names the template.
 */
export function groupsOfTemplate(
  index: ResourceIndex,
  template: unknown,
  path: string,
  subnets: readonly unknown[],
  own: { readonly securityGroups?: unknown; readonly networkInterfaces?: readonly unknown[] | undefined } = {},
): Problem[] {
  const found = typeof template === "string" ? index.get(template) : undefined;
  if (found?.kind !== "launchTemplate") return [];
  type Card = { readonly subnet?: unknown; readonly securityGroups?: readonly unknown[] };
  const { securityGroups = [], networkInterfaces = [] } = found.spec as Card & { readonly networkInterfaces?: readonly Card[] };
  const further = own.networkInterfaces?.length ? [] : networkInterfaces.filter(({ subnet }) => subnet === undefined);
  const groups = [...(own.securityGroups === undefined ? securityGroups : []), ...further.flatMap(({ securityGroups: its = [] }) => its)];
  return groupsElsewhere(index, subnets, [...new Set(groups)]).map(({ group, isIn }) => ({
    code: "other-vpc" as const,
    path,
    summary: `${group} of ${found.address} ${isIn}`,
    hint: "use security groups in the VPC of the subnet: an instance cannot use others",
  }));
}

/** Returns the declared security groups that are not in the VPC of the first declared subnet. */
function groupsElsewhere(
  index: ResourceIndex,
  subnets: readonly unknown[],
  groups: readonly unknown[],
): { readonly i: number; readonly group: string; readonly isIn: string }[] {
  const subnet = subnets.find((one) => vpcOfSubnet(index, one) !== undefined);
  const vpc = vpcOfSubnet(index, subnet);
  if (vpc === undefined) return [];
  return groups.flatMap((group, i) => {
    const other = typeof group === "string" ? index.get(group)?.spec.vpc : undefined;
    if (other === undefined || refKey(other) === vpc) return [];
    return [{ i, group: String(group), isIn: `is in ${refKey(other)}, but ${String(subnet)} is in ${vpc}.` }];
  });
}

/**
 * Returns a problem for each declared subnet without an IPv6 range, at the field that needs one. `instead` is an alternative that the user
 * could write.
 */
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
