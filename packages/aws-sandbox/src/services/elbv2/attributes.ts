/** Attributes: keys with texts, one set for each type, with the defaults and limits that AWS documents. */
import type { Call } from "../../model.ts";
import { buckets } from "../s3/state.ts";
import { badConfiguration, invalid } from "./faults.ts";
import type { Attributes, ListenerRecord, LoadBalancerRecord, TargetGroupRecord } from "./state.ts";

type Check = (value: string) => boolean;
type Known = Readonly<Record<string, readonly [dflt: string, check: Check]>>;

const flag: Check = (value) => value === "true" || value === "false";
const text: Check = () => true;
const within =
  (min: number, max: number): Check =>
  (value) =>
    /^[0-9]+$/.test(value) && Number(value) >= min && Number(value) <= max;
const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    values.includes(value);
const or =
  (word: string, check: Check): Check =>
  (value) =>
    value === word || check(value);

const everyBalancer = {
  "deletion_protection.enabled": ["false", flag],
  "access_logs.s3.enabled": ["false", flag],
  "access_logs.s3.bucket": ["", text],
  "access_logs.s3.prefix": ["", text],
  "ipv6.deny_all_igw_traffic": ["false", flag],
  "zonal_shift.config.enabled": ["false", flag],
} as const satisfies Known;

const application = {
  ...everyBalancer,
  "load_balancing.cross_zone.enabled": ["true", flag],
  "idle_timeout.timeout_seconds": ["60", within(1, 4000)],
  "client_keep_alive.seconds": ["3600", within(60, 604_800)],
  "connection_logs.s3.enabled": ["false", flag],
  "connection_logs.s3.bucket": ["", text],
  "connection_logs.s3.prefix": ["", text],
  "health_check_logs.s3.enabled": ["false", flag],
  "health_check_logs.s3.bucket": ["", text],
  "health_check_logs.s3.prefix": ["", text],
  "routing.http.desync_mitigation_mode": ["defensive", oneOf("monitor", "defensive", "strictest")],
  "routing.http.drop_invalid_header_fields.enabled": ["false", flag],
  "routing.http.preserve_host_header.enabled": ["false", flag],
  "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": ["false", flag],
  "routing.http.xff_client_port.enabled": ["false", flag],
  "routing.http.xff_header_processing.mode": ["append", oneOf("append", "preserve", "remove")],
  "routing.http2.enabled": ["true", flag],
  "waf.fail_open.enabled": ["false", flag],
} as const satisfies Known;

const network = {
  ...everyBalancer,
  "load_balancing.cross_zone.enabled": ["false", flag],
  "dns_record.client_routing_policy": [
    "any_availability_zone",
    oneOf("any_availability_zone", "partial_availability_zone_affinity", "availability_zone_affinity"),
  ],
  "secondary_ips.auto_assigned.per_subnet": ["0", within(0, 7)],
} as const satisfies Known;

const everyGroup = {
  "deregistration_delay.timeout_seconds": ["300", within(0, 3600)],
  "stickiness.enabled": ["false", flag],
  "load_balancing.cross_zone.enabled": ["use_load_balancer_configuration", oneOf("true", "false", "use_load_balancer_configuration")],
  "target_group_health.dns_failover.minimum_healthy_targets.count": ["1", or("off", within(1, 1000))],
  "target_group_health.dns_failover.minimum_healthy_targets.percentage": ["off", or("off", within(1, 100))],
  "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": ["1", within(1, 1000)],
  "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": ["off", or("off", within(1, 100))],
} as const satisfies Known;

const applicationGroup = {
  ...everyGroup,
  "stickiness.type": ["lb_cookie", oneOf("lb_cookie", "app_cookie")],
  "stickiness.lb_cookie.duration_seconds": ["86400", within(1, 604_800)],
  "stickiness.app_cookie.cookie_name": ["", (value) => !value.startsWith("AWSALB")],
  "stickiness.app_cookie.duration_seconds": ["86400", within(1, 604_800)],
  "slow_start.duration_seconds": ["0", (value) => value === "0" || within(30, 900)(value)],
  "load_balancing.algorithm.type": ["round_robin", oneOf("round_robin", "least_outstanding_requests", "weighted_random")],
  "load_balancing.algorithm.anomaly_mitigation": ["off", oneOf("on", "off")],
} as const satisfies Known;

const networkGroup = {
  ...everyGroup,
  "stickiness.type": ["source_ip", oneOf("source_ip")],
  "deregistration_delay.connection_termination.enabled": ["false", flag],
  "preserve_client_ip.enabled": ["true", flag],
  "proxy_protocol_v2.enabled": ["false", flag],
  "target_health_state.unhealthy.connection_termination.enabled": ["true", flag],
  "target_health_state.unhealthy.draining_interval_seconds": ["0", within(0, 360_000)],
} as const satisfies Known;

/**
 * Attributes of a target group with a Lambda function, which has no deregistration delay (Elastic Load
 * Balancing, "Use Lambda functions as targets").
 */
const functionGroup = {
  "lambda.multi_value_headers.enabled": ["false", flag],
  "stickiness.enabled": everyGroup["stickiness.enabled"],
  "load_balancing.cross_zone.enabled": everyGroup["load_balancing.cross_zone.enabled"],
} as const satisfies Known;

/**
 * Attributes of listeners: headers that are written into answers, and names of headers that are written into requests (Elastic Load
 * Balancing API, ListenerAttribute).
 */
const applicationListener: Known = {
  "routing.http.response.server.enabled": ["true", flag],
  ...written("response", "header_value", (value) => value.length <= 1024, [
    "strict_transport_security",
    "access_control_allow_origin",
    "access_control_allow_methods",
    "access_control_allow_headers",
    "access_control_allow_credentials",
    "access_control_expose_headers",
    "access_control_max_age",
    "content_security_policy",
    "x_content_type_options",
    "x_frame_options",
  ]),
  ...written("request", "header_name", (value) => /^[A-Za-z0-9!#$%&'*+.^_`|~-]{0,40}$/.test(value), [
    "x_amzn_mtls_clientcert_serial_number",
    "x_amzn_mtls_clientcert_issuer",
    "x_amzn_mtls_clientcert_subject",
    "x_amzn_mtls_clientcert_validity",
    "x_amzn_mtls_clientcert_leaf",
    "x_amzn_mtls_clientcert",
    "x_amzn_tls_version",
    "x_amzn_tls_cipher_suite",
  ]),
};

/** Attributes for headers. AWS shows the ones that are not set as "". */
function written(way: string, what: string, check: Check, names: readonly string[]): Known {
  return Object.fromEntries(names.map((name) => [`routing.http.${way}.${name}.${what}`, ["", check] as const]));
}

const networkListener = { "tcp.idle_timeout.seconds": ["350", within(60, 6000)] } as const satisfies Known;

export interface AttributePair {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

export function balancerDefaults({ type, scheme }: Pick<LoadBalancerRecord, "type" | "scheme">): Attributes {
  return { ...defaults(type === "application" ? application : network), "ipv6.deny_all_igw_traffic": String(scheme === "internal") };
}

export function groupDefaults({ protocol, targetType }: Pick<TargetGroupRecord, "protocol" | "targetType">): Attributes {
  if (targetType === "lambda") return defaults(functionGroup);
  if (isHttp(protocol)) return defaults(applicationGroup);
  const isUdp = protocol === "UDP" || protocol === "TCP_UDP";
  return {
    ...defaults(networkGroup),
    "deregistration_delay.connection_termination.enabled": String(isUdp),
    "preserve_client_ip.enabled": String(isUdp || targetType !== "ip"),
  };
}

export function listenerDefaults(type: LoadBalancerRecord["type"]): Attributes {
  return defaults(type === "application" ? applicationListener : networkListener);
}

export function setBalancerAttributes(call: Call, balancer: LoadBalancerRecord, given: readonly AttributePair[]): void {
  const known = balancer.type === "application" ? application : network;
  const wanted = { ...balancer.attributes, ...checked(given, known, "Load balancer") };
  if (balancer.type === "application" && wanted["load_balancing.cross_zone.enabled"] === "false")
    throw badConfiguration("Cross-zone load balancing cannot be disabled for Application Load Balancers");
  for (const log of ["access_logs", "connection_logs", "health_check_logs"]) {
    const bucket = wanted[`${log}.s3.bucket`];
    if (wanted[`${log}.s3.enabled`] !== "true") continue;
    if (!bucket) throw badConfiguration(`The value of '${log}.s3.bucket' cannot be empty`);
    // AWS writes a test file into the bucket. It gives the same error for a missing bucket and for one that forbids the write.
    if (!call.exists("bucket", bucket) || !takesLogs(call, bucket, wanted[`${log}.s3.prefix`] ?? "", balancer.type))
      throw badConfiguration(`Access Denied for bucket: ${bucket}. Please check S3bucket permission`);
  }
  balancer.attributes = wanted;
}

/**
 * Accounts of Elastic Load Balancing that write the logs in older regions (Elastic Load Balancing, "Enable access
 * logs for your Application Load Balancer").
 */
const account =
  /^(arn:aws[a-z-]*:iam::)?(127311923021|033677994240|027434742980|797873946194|156460612806|652711504416|009996457667|054676820928|582318560864|600734575887|114774131450|783225319266)(:root)?$/;

/** Whether the policy of a bucket lets the service write its logs. A bucket that exists only in the account's facts always does. */
function takesLogs(call: Call, name: string, prefix: string, type: LoadBalancerRecord["type"]): boolean {
  const bucket = buckets(call).get(name);
  if (bucket === undefined) return true;
  const service = type === "application" ? "logdelivery.elasticloadbalancing.amazonaws.com" : "delivery.logs.amazonaws.com";
  const object = `arn:${call.partition}:s3:::${name}/${prefix === "" ? "" : `${prefix}/`}AWSLogs/${call.account}/test`;
  const { Statement = [] } = JSON.parse(bucket.policy ?? "{}") as { readonly Statement?: Statement | readonly Statement[] };
  return [Statement].flat().some((statement) => {
    const principal = statement.Principal ?? {};
    const who = principal === "*" ? ["*"] : [principal.Service ?? [], principal.AWS ?? []].flat();
    const isFor = who.some((one) => one === "*" || one === service || (type === "application" && account.test(one)));
    const writes = [statement.Action ?? []].flat().some((action) => /^(\*|s3:(\*|Put(\*|Object)))$/i.test(action));
    const reaches = [statement.Resource ?? []].flat().some((resource) => {
      const pattern = resource
        .replace(/[.+^$()|[\]\\{}]/g, "\\$&")
        .replaceAll("*", ".*")
        .replaceAll("?", ".");
      return new RegExp(`^${pattern}$`).test(object);
    });
    return statement.Effect === "Allow" && isFor && writes && reaches;
  });
}

interface Statement {
  readonly Effect?: string;
  readonly Principal?: "*" | { readonly Service?: string | readonly string[]; readonly AWS?: string | readonly string[] };
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
}

function knownOf({ protocol, targetType }: TargetGroupRecord): Known {
  if (targetType === "lambda") return functionGroup;
  return isHttp(protocol) ? applicationGroup : networkGroup;
}

export function setGroupAttributes(group: TargetGroupRecord, given: readonly AttributePair[]): void {
  const wanted = { ...group.attributes, ...checked(given, knownOf(group), "Target group") };
  if (wanted["stickiness.type"] === "app_cookie" && wanted["stickiness.enabled"] === "true" && !wanted["stickiness.app_cookie.cookie_name"])
    throw badConfiguration("You must specify a cookie name for application-based stickiness");
  if (wanted["load_balancing.algorithm.anomaly_mitigation"] === "on" && wanted["load_balancing.algorithm.type"] !== "weighted_random")
    throw badConfiguration("Anomaly mitigation needs the algorithm weighted_random");
  if (
    wanted["slow_start.duration_seconds"] !== undefined &&
    wanted["slow_start.duration_seconds"] !== "0" &&
    wanted["load_balancing.algorithm.type"] !== "round_robin"
  )
    throw badConfiguration("Slow start needs the algorithm round_robin");
  group.attributes = wanted;
}

export function setListenerAttributes(
  { attributes, protocol }: Pick<ListenerRecord, "attributes" | "protocol">,
  type: LoadBalancerRecord["type"],
  given: readonly AttributePair[],
): void {
  const set = checked(given, type === "application" ? applicationListener : networkListener, "Listener");
  if (type === "network" && protocol !== "TCP") throw invalid(`The idle timeout cannot be set for listeners of protocol ${protocol}`);
  Object.assign(attributes, set);
}

export function attributeList(attributes: Attributes): { Key: string; Value: string }[] {
  return Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));
}

export function isHttp(protocol: string): boolean {
  return protocol === "HTTP" || protocol === "HTTPS";
}

function defaults(known: Known): Attributes {
  return Object.fromEntries(Object.entries(known).map(([key, [dflt]]) => [key, dflt]));
}

function checked(given: readonly AttributePair[], known: Known, what: string): Attributes {
  if (given.length === 0) throw invalid("At least one attribute must be specified");
  const set: Attributes = {};
  for (const { Key = "", Value = "" } of given) {
    const entry = known[Key];
    if (!entry) throw invalid(`${what} attribute key '${Key}' is not recognized`);
    if (!entry[1](Value)) throw invalid(`'${Value}' is not a valid value for the ${what.toLowerCase()} attribute '${Key}'`);
    if (Key in set) throw invalid(`The attribute key '${Key}' is given more than once`);
    set[Key] = Value;
  }
  return set;
}
