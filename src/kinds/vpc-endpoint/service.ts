/** Names of endpoint services: short names for AWS's own, full names or ids for others. */
import type { VpcEndpoint } from "./schema.ts";

const region = "([a-z]{2}|eusc)(-[a-z]+)+-[0-9]";

/** Returns "s3" for "com.amazonaws.eu-west-1.s3", and the id for the name of somebody's own service. Other names stay as they are. */
export function shortName(service: string): string {
  return new RegExp(`^com\\.amazonaws\\.(?:vpce\\.${region}\\.(?=vpce-svc-)|${region}\\.)(.+)$`).exec(service)?.at(-1) ?? service;
}

/**
 * Returns "com.amazonaws.eu-west-1.s3" for "s3". A name with a prefix is already complete: `aws.…`, `cn.com.amazonaws.…`,
 * `com.amazonaws.vpce.…`.
 */
export function fullName(service: string, at: string): string {
  if (service.startsWith("vpce-svc-")) return `com.amazonaws.vpce.${at}.${service}`;
  return /^(aws|cn\.com|com)\./.test(service) ? service : `com.amazonaws.${at}.${service}`;
}

/** Returns the region in a complete name; undefined when it has none. */
export function regionIn(service: string): string | undefined {
  return new RegExp(`^com\\.amazonaws\\.(?:vpce\\.)?(${region})\\.`).exec(service)?.[1];
}

/** Whether a service is not one of AWS's. AWS gives its private names to an endpoint only on request. */
export function isSomebodys(service: string): boolean {
  return /^(com\.amazonaws\.vpce\.|vpce-svc-|vpcEndpointService\/)/.test(service);
}

/** The services that have gateway endpoints (AWS PrivateLink Guide, "Gateway endpoints"). */
export const gatewayServices: ReadonlySet<string> = new Set(["s3", "dynamodb"]);

interface Endpoint {
  readonly type?: "Gateway" | "Interface" | "GatewayLoadBalancer";
  readonly service: string;
  readonly privateDns?: boolean;
}

/** Returns the type of an endpoint. The default is AWS's own, too (EC2 API, CreateVpcEndpoint). */
export function typeOf({ type = "Gateway" }: Pick<Endpoint, "type">): NonNullable<Endpoint["type"]> {
  return type;
}

/**
 * The IP address types of an interface endpoint with which each type of DNS records goes (AWS PrivateLink Guide, "Create a service powered
 * by AWS PrivateLink", "Connect to the endpoint service").
 */
export const addressesFor: Readonly<Record<NonNullable<VpcEndpoint["dnsRecordIpType"]>, readonly string[]>> = {
  ipv4: ["ipv4", "dualstack"],
  ipv6: ["ipv6", "dualstack"],
  dualstack: ["dualstack"],
  "service-defined": ["dualstack"],
};

/** Whether the service's public names lead to the endpoint. When the file does not say, the answer is AWS's default. */
export function privateDnsOf({ type, service, privateDns }: Endpoint): boolean {
  return privateDns ?? (type === "Interface" && !isSomebodys(service) && !gatewayServices.has(shortName(service)));
}
