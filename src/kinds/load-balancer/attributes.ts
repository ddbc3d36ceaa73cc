import { count, flag, fromAttributes, log, word, type Attribute, type AttributeTable } from "../shared/elbv2/attributes.ts";
import type { LoadBalancer } from "./schema.ts";

/** The attributes of a load balancer and their defaults (Elastic Load Balancing API, LoadBalancerAttribute). */
export const attributes = {
  idleTimeout: count("idle_timeout.timeout_seconds", 60),
  clientKeepAlive: count("client_keep_alive.seconds", 3600),
  deletionProtection: flag("deletion_protection.enabled", false),
  crossZone: flag("load_balancing.cross_zone.enabled", false),
  accessLogs: log("access_logs.s3"),
  connectionLogs: log("connection_logs.s3"),
  http2: flag("routing.http2.enabled", true),
  dropInvalidHeaderFields: flag("routing.http.drop_invalid_header_fields.enabled", false),
  desyncMitigationMode: word("routing.http.desync_mitigation_mode", "defensive"),
  preserveHostHeader: flag("routing.http.preserve_host_header.enabled", false),
  xffHeaderProcessing: word("routing.http.xff_header_processing.mode", "append"),
  xffClientPort: flag("routing.http.xff_client_port.enabled", false),
  tlsHeaders: flag("routing.http.x_amzn_tls_version_and_cipher_suite.enabled", false),
  wafFailOpen: flag("waf.fail_open.enabled", false),
  zonalShift: flag("zonal_shift.config.enabled", false),
  dnsClientRouting: word("dns_record.client_routing_policy", "any_availability_zone"),
} as const satisfies AttributeTable;

export const attributeFields = Object.keys(attributes) as (keyof typeof attributes)[];

/** Fields of application load balancers only. */
export const onlyApplication = [
  "idleTimeout",
  "clientKeepAlive",
  "connectionLogs",
  "http2",
  "dropInvalidHeaderFields",
  "desyncMitigationMode",
  "preserveHostHeader",
  "xffHeaderProcessing",
  "xffClientPort",
  "tlsHeaders",
  "wafFailOpen",
] as const satisfies readonly (keyof typeof attributes)[];

/** Fields of network load balancers only. */
export const onlyNetwork = ["dnsClientRouting"] as const satisfies readonly (keyof typeof attributes)[];

export function readAttributes(listed: readonly Attribute[], type: LoadBalancer["type"]): Partial<LoadBalancer> {
  // Application load balancers always have cross-zone load balancing.
  const defaults = type === "network" ? [] : [{ Key: "load_balancing.cross_zone.enabled", Value: "true" }];
  return fromAttributes(attributes, [...defaults, ...listed]) as Partial<LoadBalancer>;
}
