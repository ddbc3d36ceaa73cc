/** The records and tables of Elastic Load Balancing, one type and one table for each kind, by ARN. They are plain JSON. */
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
  /** Until this time it is being provisioned. */
  readyAt: number;
  /** The error that it ends with instead of becoming active. */
  readonly failure?: string;
  ipAddressType: string;
  places: Place[];
  securityGroups: string[];
  attributes: Attributes;
  /** Reserved capacity, and when it was set. `lowered` holds the times at which it was lowered. */
  reservation?: { readonly units: number; readonly at: number };
  lowered?: number[];
  tags: Tags;
  /** ARNs of its listeners by port and protocol family. */
  listeners: Record<string, string>;
}

/** A subnet of a load balancer, and the interface in it. */
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
  /** In target groups of functions these are "", 0 and "". */
  readonly protocol: string;
  readonly port: number;
  readonly vpcId: string;
  readonly targetType: TargetTypeEnum;
  readonly protocolVersion?: string;
  readonly ipAddressType: string;
  health: HealthCheck;
  attributes: Attributes;
  tags: Tags;
  /** Targets by id and port. */
  targets: Record<string, TargetRecord>;
  /** Listeners and rules that forward to it, with the load balancer of each and its start time. */
  users: Record<string, { readonly loadBalancer: string; readonly since: number }>;
}

export interface HealthCheck {
  /** Only in target groups of functions. Their health checks are off unless a call switches them on. */
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
  /** Its zone; "all" means outside the VPC. */
  readonly zone?: string;
  readonly since: number;
  /** When its deregistration delay ends. Present only while it is draining. */
  drainedAt?: number;
  /** Its health checks fail, because the plan of faults asked for it. */
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
  /** ARNs of its rules by priority. */
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
