/** Checks of a network interface that a schema cannot express. */
import type { Problem, ResourceIndex, Subject } from "../kind.ts";
import { whyNotIn } from "../shared/network/private-address.ts";
import { hasOnlyIpv6 } from "../shared/network/ipv6-only.ts";
import { indexBy } from "../shared/network/network-index.ts";
import { groupsOfItsVpc, needsIpv6 } from "../shared/network/subnet-checks.ts";
import type { NetworkInterface } from "./schema.ts";

export function checkInterface({ address, spec }: Subject<NetworkInterface>, index: ResourceIndex): readonly Problem[] {
  const problems: Problem[] = [];
  const range: unknown = index.get(String(spec.subnet))?.spec.cidrBlock;
  for (const [i, ip] of (spec.privateIpAddresses ?? []).entries()) {
    const why = typeof range === "string" ? whyNotIn(ip, range, String(spec.subnet)) : undefined;
    if (why !== undefined) problems.push({ code: "bad-value", path: `privateIpAddresses[${i}]`, summary: why });
  }
  if ((spec.privateIpAddresses?.length ?? 0) > 1 && spec.secondaryPrivateIpAddressCount !== undefined)
    problems.push({
      code: "conflict",
      path: "secondaryPrivateIpAddressCount",
      summary: "Secondary private addresses are listed or counted, not both.",
      hint: "remove `secondaryPrivateIpAddressCount`, or keep only one address in `privateIpAddresses`",
    });
  if ((spec.ipv6AddressCount ?? 0) > 0) problems.push(...needsIpv6(index, "ipv6AddressCount", [spec.subnet]));
  for (const field of ["privateIpAddresses", "secondaryPrivateIpAddressCount"] as const)
    if (spec[field] !== undefined) problems.push(...hasOnlyIpv6(index, spec.subnet, field));
  problems.push(...groupsOfItsVpc(index, "a network interface", [spec.subnet], spec.securityGroups));
  const users = indexBy(index, "machines by interface", "instance", (one) => one.spec.networkInterfaces ?? []).get(address) ?? [];
  if (users.length > 1)
    problems.push({
      code: "conflict",
      summary: `${users.map((one) => one.address).join(" and ")} both use ${address}, but a network interface can be attached to only one instance at a time.`,
    });
  return problems;
}
