import type { Authored, AwsId, Live, Remark, Spec } from "../kind.ts";
import { omit, without } from "../shared/authored.ts";
import { readAttributes } from "./attributes.ts";
import type { HealthCheck, Target, TargetGroup } from "./schema.ts";

/**
 * Returns a group as an author writes it. Its targets are the instances in the file. Other targets are maintained by whoever registers
 * them.
 */
export function authored(
  spec: Partial<TargetGroup>,
  _live: Live<TargetGroup>,
  specOf: (id: AwsId) => Spec | undefined,
): Authored<TargetGroup> {
  const { protocol, targetType } = spec;
  const given = { ...readAttributes([], { protocol, targetType }), ipAddressType: "ipv4", protocolVersion: "HTTP1" };
  const remarks: Remark[] = [];
  const all = (spec.targets ?? []) as readonly Target[];
  const targets = all.filter(({ instance }) => instance !== undefined && specOf(instance) !== undefined);
  const others = all.length - targets.length;
  if (others > 0)
    remarks.push({
      text: others === 1 ? "one more registered target is not in this file" : `${others} more registered targets are not in this file`,
    });
  return {
    spec: {
      ...without(omit(spec, ["healthCheck", "targets", "stickiness"]), given),
      ...(spec.stickiness?.enabled === true && { stickiness: stickinessOf(spec.stickiness) }),
      ...(spec.healthCheck && { healthCheck: healthOf(spec.healthCheck, spec) }),
      ...(targets.length > 0 && { targets: targets.map((target) => (target.port === undefined ? target.instance! : target)) }),
    } as Partial<TargetGroup>,
    remarks,
  };
}

function stickinessOf(stickiness: NonNullable<TargetGroup["stickiness"]>): TargetGroup["stickiness"] {
  const isOurs = stickiness.type === "app_cookie";
  return without(isOurs ? stickiness : omit(stickiness, ["cookieName"]), { enabled: true, duration: 86_400 });
}

/** Returns the health check without the defaults of a new group (Elastic Load Balancing API, CreateTargetGroup). */
function healthOf(health: HealthCheck, { protocol, protocolVersion, targetType }: Partial<TargetGroup>): HealthCheck {
  const isHttp = protocol === "HTTP" || protocol === "HTTPS";
  const speaks = health.protocol ?? (isHttp ? "HTTP" : "TCP");
  const isGrpc = protocolVersion === "GRPC";
  return without(health, {
    enabled: targetType !== "lambda",
    protocol: isHttp ? "HTTP" : "TCP",
    port: "traffic-port",
    path: isGrpc ? "/AWS.ALB/healthcheck" : "/",
    interval: 30,
    timeout: isHttp ? 5 : speaks === "HTTP" ? 6 : 10,
    healthyThreshold: 5,
    unhealthyThreshold: isHttp ? 2 : 5,
    matcher: isGrpc ? "12" : isHttp ? "200" : "200-399",
  });
}
