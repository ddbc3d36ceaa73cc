/** Checks that a schema cannot express about an Elastic IP and its holder. */
import type { Problem, ResourceIndex, Subject } from "../kind.ts";
import { isIpv6Only } from "../shared/network/ipv6-only.ts";
import { hasGateway, indexBy, refKey } from "../shared/network/network-index.ts";
import { beyondQuota } from "../shared/quotas.ts";
import type { ElasticIp } from "./schema.ts";
import { placeOf, vpcOf } from "./place.ts";

export function check(self: Subject<ElasticIp>, index: ResourceIndex): readonly Problem[] {
  const problems: Problem[] = [...beyondQuota(self, index.of("elasticIp"), 5, "Elastic IPs in one region")];
  const { instance, networkInterface, privateIpAddress } = self.spec;
  const target = networkInterface ?? instance;
  if (instance !== undefined && networkInterface !== undefined)
    problems.push({
      code: "conflict",
      summary: "An Elastic IP is associated with an instance or a network interface, not both.",
      path: "networkInterface",
      hint: "keep one of `instance` and `networkInterface`",
    });
  if (privateIpAddress !== undefined && target === undefined)
    problems.push({
      code: "conflict",
      summary: "`privateIpAddress` needs the instance or the network interface that has the address.",
      path: "privateIpAddress",
      hint: "write `instance` or `networkInterface` beside it",
    });
  if (target === undefined) return problems;
  const path = networkInterface === undefined ? "instance" : "networkInterface";
  const holder = index.get(refKey(target));
  const earlier = addressesAt(target, index).find((one) => placeOf(one.spec, holder) === placeOf(self.spec, holder))!;
  if (earlier.address !== self.address)
    problems.push({
      code: "conflict",
      summary: `${earlier.address} is already associated with this private address of ${refKey(target)}, which can have only one Elastic IP.`,
      path,
      hint: `write another \`privateIpAddress\` of ${refKey(target)}`,
    });
  const wrong = whyNotThere(self.spec, holder);
  if (wrong !== undefined) problems.push({ code: "bad-value", summary: wrong, path: "privateIpAddress" });
  const subnet: unknown = holder?.spec.subnet;
  if (typeof subnet === "string" && isIpv6Only(index, subnet))
    problems.push({
      code: "conflict",
      path,
      summary: `${refKey(target)} is in ${subnet}, which is IPv6-only, so it cannot have an Elastic IP.`,
    });
  const vpc = vpcOf(self.spec, index);
  if (vpc !== undefined && index.get(vpc) && !hasGateway(index, vpc))
    problems.push({
      code: "no-gateway",
      summary: `${refKey(target)} is in ${vpc}, which has no internet gateway.`,
      path,
      hint: "declare one under `internetGateways`",
    });
  return problems;
}

function addressesAt(target: unknown, index: ResourceIndex): readonly Subject<ElasticIp>[] {
  const byTarget = indexBy(index, "addresses by target", "elasticIp", (one) => [one.spec.networkInterface ?? one.spec.instance]);
  return byTarget.get(refKey(target)) ?? [];
}

/** Why the holder cannot have the private address, where the YAML writes all of its addresses. */
function whyNotThere({ privateIpAddress }: ElasticIp, holder: Subject | undefined): string | undefined {
  const { privateIpAddresses: written, secondaryPrivateIpAddressCount: more } = (holder?.spec ?? {}) as {
    readonly privateIpAddresses?: readonly string[];
    readonly secondaryPrivateIpAddressCount?: number;
  };
  if (privateIpAddress === undefined || !written || more || written.includes(privateIpAddress)) return undefined;
  return `${holder!.address} has the private addresses ${written.join(", ")}, not ${privateIpAddress}.`;
}
