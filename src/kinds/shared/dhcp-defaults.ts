/** What AWS's own set of DHCP options says. */
import type { Spec } from "../kind.ts";

/**
 * Whether a set says just what AWS's own does in a region, or in any. No call tells which set AWS made; each says the region's domain
 * and Amazon's resolver (Amazon VPC User Guide, "DHCP option sets in Amazon VPC").
 */
export function saysTheDefault(spec: Spec, region?: string): boolean {
  const { domainName, domainNameServers, ...others } = spec;
  const isDomain =
    region === undefined
      ? domainName === "ec2.internal" || (typeof domainName === "string" && /^[a-z0-9-]+\.compute\.internal$/.test(domainName))
      : domainName === (region === "us-east-1" ? "ec2.internal" : `${region}.compute.internal`);
  const isNothing = (value: unknown) => value === undefined || (Array.isArray(value) && value.length === 0);
  return isDomain && String(domainNameServers) === "AmazonProvidedDNS" && Object.values(others).every(isNothing);
}
