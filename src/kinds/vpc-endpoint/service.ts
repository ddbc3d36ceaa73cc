/** Names of endpoint services: AWS's own by their short names, those of others whole. */

const region = "([a-z]{2}|eusc)(-[a-z]+)+-[0-9]";

/** "s3" for "com.amazonaws.eu-west-1.s3", the id for the name of somebody's own; others stay. */
export function shortName(service: string): string {
  return new RegExp(`^com\\.amazonaws\\.(?:vpce\\.${region}\\.(?=vpce-svc-)|${region}\\.)(.+)$`).exec(service)?.at(-1) ?? service;
}

/** "com.amazonaws.eu-west-1.s3" for "s3". A name that has its beginning already is whole: `aws.…`, `cn.com.amazonaws.…`, `com.amazonaws.vpce.…`. */
export function fullName(service: string, at: string): string {
  if (service.startsWith("vpce-svc-")) return `com.amazonaws.vpce.${at}.${service}`;
  return /^(aws|cn\.com|com)\./.test(service) ? service : `com.amazonaws.${at}.${service}`;
}

/** The region in a name that was written whole; undefined where it names none. */
export function regionIn(service: string): string | undefined {
  return new RegExp(`^com\\.amazonaws\\.(?:vpce\\.)?(${region})\\.`).exec(service)?.[1];
}

/** Of somebody's own: AWS gives its private names to nobody without being asked. */
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

/** AWS's own default, too (EC2 API, CreateVpcEndpoint). */
export function typeOf({ type = "Gateway" }: Pick<Endpoint, "type">): NonNullable<Endpoint["type"]> {
  return type;
}

/** Whether the service's public names lead to the endpoint; the answer for an endpoint that does not say. */
export function privateDnsOf({ type, service, privateDns }: Endpoint): boolean {
  return privateDns ?? (type === "Interface" && !isSomebodys(service) && !gatewayServices.has(shortName(service)));
}
