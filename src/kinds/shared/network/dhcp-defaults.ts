/** The values of AWS's own set of DHCP options. */
import type { Spec } from "../../kind.ts";

/**
 * Whether a set has exactly the values of AWS's own set in a region, or in any region. No call tells which set AWS created. AWS's set names
 * the region's domain and Amazon's resolver (Amazon VPC User Guide, "DHCP option sets in Amazon VPC").
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
