import {
  count,
  countOrOff,
  flag,
  fromAttributes,
  word,
  type Attribute,
  type AttributeField,
  type AttributeTable,
} from "../shared/elbv2/attributes.ts";
import type { TargetGroup } from "./schema.ts";

type Stickiness = NonNullable<TargetGroup["stickiness"]>;

/** Load balancer cookies and application cookies have separate durations. The type decides which one counts. */
const stickiness: AttributeField = {
  read: (text) => {
    const type = text("stickiness.type", "lb_cookie");
    const duration =
      type === "app_cookie"
        ? text("stickiness.app_cookie.duration_seconds", "86400")
        : text("stickiness.lb_cookie.duration_seconds", "86400");
    return {
      enabled: text("stickiness.enabled", "false") === "true",
      type,
      duration: Number(duration),
      cookieName: text("stickiness.app_cookie.cookie_name", ""),
    };
  },
  write: (value: Stickiness) => {
    const duration = value.duration === undefined ? undefined : String(value.duration);
    const isOurs = value.type === "app_cookie" || value.cookieName !== undefined;
    return {
      "stickiness.enabled": String(value.enabled ?? true),
      "stickiness.type": value.type,
      [isOurs ? "stickiness.app_cookie.duration_seconds" : "stickiness.lb_cookie.duration_seconds"]: duration,
      "stickiness.app_cookie.cookie_name": value.cookieName,
    };
  },
};

function enough(key: string): AttributeField {
  const amount = countOrOff(`${key}.count`, "1");
  const share = countOrOff(`${key}.percentage`, "off");
  return {
    read: (text) => ({ count: amount.read(text), percentage: share.read(text) }),
    write: (value: { count?: number | "off"; percentage?: number | "off" }) => ({
      ...(value.count === undefined ? {} : amount.write(value.count as never)),
      ...(value.percentage === undefined ? {} : share.write(value.percentage as never)),
    }),
  };
}

/** The attributes of a target group and their defaults (Elastic Load Balancing API, TargetGroupAttribute). */
export const attributes = {
  deregistrationDelay: count("deregistration_delay.timeout_seconds", 300),
  slowStart: count("slow_start.duration_seconds", 0),
  algorithm: word("load_balancing.algorithm.type", "round_robin"),
  anomalyMitigation: word("load_balancing.algorithm.anomaly_mitigation", "off"),
  stickiness,
  crossZone: {
    read: (text) => {
      const value = text("load_balancing.cross_zone.enabled", "use_load_balancer_configuration");
      return value === "true" ? true : value === "false" ? false : value;
    },
    write: (value: boolean | string) => ({ "load_balancing.cross_zone.enabled": String(value) }),
  },
  preserveClientIp: flag("preserve_client_ip.enabled", true),
  proxyProtocolV2: flag("proxy_protocol_v2.enabled", false),
  connectionTermination: flag("deregistration_delay.connection_termination.enabled", false),
  dnsFailover: enough("target_group_health.dns_failover.minimum_healthy_targets"),
  unhealthyStateRouting: enough("target_group_health.unhealthy_state_routing.minimum_healthy_targets"),
  multiValueHeaders: flag("lambda.multi_value_headers.enabled", false),
} as const satisfies AttributeTable;

export const attributeFields = Object.keys(attributes) as (keyof typeof attributes)[];

/**
 * Returns the attributes of a group from AWS's list, or with the defaults of a new group. Three defaults depend on the group. A wrong
 * default would leave a written value unset.
 */
export function readAttributes(listed: readonly Attribute[], group: Pick<TargetGroup, "protocol" | "targetType">): Partial<TargetGroup> {
  const isUdp = group.protocol === "UDP" || group.protocol === "TCP_UDP";
  const hidesClients = group.targetType === "ip" && (group.protocol === "TCP" || group.protocol === "TLS");
  const isApplication = group.protocol === "HTTP" || group.protocol === "HTTPS";
  const defaults: Attribute[] = [
    { Key: "preserve_client_ip.enabled", Value: String(!hidesClients) },
    { Key: "deregistration_delay.connection_termination.enabled", Value: String(isUdp) },
    { Key: "stickiness.type", Value: isApplication ? "lb_cookie" : "source_ip" },
  ];
  return fromAttributes(attributes, [...defaults, ...listed]) as Partial<TargetGroup>;
}
