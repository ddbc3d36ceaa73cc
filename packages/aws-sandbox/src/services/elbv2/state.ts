/** What Elastic Load Balancing remembers: one record type and one table a kind, by ARN. Plain JSON. */
import type {
  Action,
  MutualAuthenticationAttributes,
  RuleCondition,
  RuleTransform,
  TargetTypeEnum,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Call } from "../../model.ts";

export type Tags = Record<string, string>;
export type Attributes = Record<string, string>;

export interface LoadBalancerRecord {
  readonly arn: string;
  readonly name: string;
  readonly type: "application" | "network";
  readonly scheme: "internet-facing" | "internal";
  readonly vpcId: string;
  readonly createdAt: number;
  /** Provisioning until then. */
  readyAt: number;
  /** What it fails with, once it would be ready. */
  readonly failure?: string;
  ipAddressType: string;
  places: Place[];
  securityGroups: string[];
  attributes: Attributes;
  /** Capacity that is kept ready: since when, and when it was lowered. */
  reservation?: { readonly units: number; readonly at: number };
  lowered?: number[];
  tags: Tags;
  /** By port and protocol family. */
  listeners: Record<string, string>;
}

/** A subnet that a balancer stands in, and its interface there. */
export interface Place {
  readonly subnetId: string;
  readonly zone: string;
  readonly interfaceId: string;
  readonly allocationId?: string;
  readonly privateIp?: string;
}

export interface TargetGroupRecord {
  readonly arn: string;
  readonly name: string;
  /** Of groups of functions these are "", 0 and "". */
  readonly protocol: string;
  readonly port: number;
  readonly vpcId: string;
  readonly targetType: TargetTypeEnum;
  readonly protocolVersion?: string;
  readonly ipAddressType: string;
  health: HealthCheck;
  attributes: Attributes;
  tags: Tags;
  /** By id and port. */
  targets: Record<string, TargetRecord>;
  /** Listeners and rules that forward to it, the balancer of each, and since when. */
  users: Record<string, { readonly loadBalancer: string; readonly since: number }>;
}

export interface HealthCheck {
  /** Only of groups of functions, which go unchecked unless somebody asks. */
  enabled?: boolean;
  protocol: string;
  port: string;
  path?: string;
  interval: number;
  timeout: number;
  healthy: number;
  unhealthy: number;
  matcher?: string;
}

export interface TargetRecord {
  readonly id: string;
  readonly port: number;
  /** "all": outside the VPC. */
  readonly zone?: string;
  readonly since: number;
  /** It leaves: gone when the deregistration delay is over. */
  drainedAt?: number;
  /** Its checks fail, as was asked for by a fault. */
  readonly sick?: true;
}

export interface ListenerRecord {
  readonly arn: string;
  readonly loadBalancer: string;
  readonly port: number;
  readonly defaultRule: string;
  protocol: string;
  certificate?: string;
  certificates: string[];
  sslPolicy?: string;
  alpn?: string[];
  mutual?: MutualAuthenticationAttributes;
  actions: Action[];
  attributes: Attributes;
  tags: Tags;
  /** ARNs by priority. */
  rules: Record<string, string>;
}

export interface RuleRecord {
  readonly arn: string;
  readonly listener: string;
  priority: number;
  conditions: RuleCondition[];
  transforms?: RuleTransform[];
  actions: Action[];
  tags: Tags;
}

const table =
  <R extends object>(name: string) =>
  (call: Pick<Call, "store">): Map<string, R> =>
    call.store.table<R>(`elbv2.${name}`);

export const loadBalancers = table<LoadBalancerRecord>("loadBalancers");
export const targetGroups = table<TargetGroupRecord>("targetGroups");
export const listeners = table<ListenerRecord>("listeners");
export const rules = table<RuleRecord>("rules");
/** ARNs by name. */
export const balancerNames = table<{ arn: string }>("loadBalancerNames");
export const groupNames = table<{ arn: string }>("targetGroupNames");
