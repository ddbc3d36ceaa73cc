/** The records and tables of Auto Scaling, one type and one table for each kind. They are plain JSON. */
import type {
  Activity,
  InstanceRefreshStatus,
  LifecycleState,
  MixedInstancesPolicy,
  RefreshPreferences,
  ScalingPolicy,
} from "@aws-sdk/client-auto-scaling";
import type { Call } from "../../model.ts";

/** The launch source: a template version, or a policy with several types around one. */
export interface LaunchSource {
  readonly template?: { readonly id: string; readonly name: string; readonly version: string };
  readonly mixed?: MixedInstancesPolicy;
}

export interface GroupRecord {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  source: LaunchSource;
  min: number;
  max: number;
  desired: number;
  subnets: string[];
  targetGroups: string[];
  /** ARNs of target groups of VPC Lattice. */
  lattice?: string[];
  healthCheckType: string;
  grace: number;
  cooldown: number;
  warmup?: number;
  terminationPolicies: string[];
  protect: boolean;
  maxLifetime?: number;
  capacityRebalance: boolean;
  maintenance?: { readonly min: number; readonly max: number };
  zoneStrategy?: "balanced-best-effort" | "balanced-only" | "reservations-then-balanced";
  capacity?: { readonly preference: string; readonly reservations: readonly string[] };
  /** The service-linked role, if it is not the default one. */
  role?: string;
  /** Tags by key. */
  tags: Record<string, { readonly value: string; readonly propagate: boolean }>;
  /** Reasons for suspension, by process. */
  suspended: Record<string, string>;
  metrics: string[];
  hooks: Record<string, HookRecord>;
  schedules: Record<string, ScheduleRecord>;
  /** Events by the ARN of the topic. */
  notifications: Record<string, string[]>;
  warmPool?: WarmPoolRecord;
  machines: Record<string, MachineRecord>;
  refreshes: RefreshRecord[];
  /** After failed launches: the time of the next try, and the number of failures in a row. */
  retry?: { readonly at: number; readonly failures: number };
  /** The time of the next `look` at the group; absent while nothing changes. */
  lookAt?: number;
  deleting?: true;
}

export interface MachineRecord {
  readonly id: string;
  readonly type: string;
  readonly zone: string;
  readonly subnet: string;
  readonly template: { readonly id: string; readonly name: string; readonly version: number };
  readonly launchedAt: number;
  readonly activity: string;
  state: LifecycleState;
  /** When it came into service, or when it began to wait for a hook. */
  since: number;
  healthy: boolean;
  protected: boolean;
  /** The activity that terminates it. */
  leaving?: string;
}

export interface HookRecord {
  readonly transition: string;
  readonly heartbeat: number;
  readonly result: string;
  readonly target?: string;
  readonly role?: string;
  readonly metadata?: string;
}

export interface ScheduleRecord {
  readonly recurrence?: string;
  readonly timeZone?: string;
  readonly end?: number;
  readonly min?: number;
  readonly max?: number;
  readonly desired?: number;
  /** Tells a scheduled run of this action from one of an earlier action with the same name. */
  readonly turn: string;
  start: number;
}

export interface WarmPoolRecord {
  readonly min: number;
  readonly max?: number;
  readonly state: string;
  readonly reuse: boolean;
  deleting?: true;
}

export interface RefreshRecord {
  readonly id: string;
  readonly startedAt: number;
  readonly preferences: RefreshPreferences;
  /** The requested source; the one below is the group's earlier source. */
  readonly wanted: LaunchSource;
  readonly before: LaunchSource;
  readonly total: number;
  status: InstanceRefreshStatus;
  reason?: string;
  endedAt?: number;
  percentage: number;
  failures: number;
  /** Number of passed checkpoints, and since when it waits at one. */
  passed?: number;
  waitsSince?: number;
  /** Since when all instances are new. */
  bakesSince?: number;
}

export type PolicyRecord = ScalingPolicy & { PolicyARN: string; AutoScalingGroupName: string; PolicyName: string };

/** An activity with its times as numbers, because JSON has no dates. */
export type ActivityRecord = Omit<Activity, "StartTime" | "EndTime"> & { readonly startedAt: number; endedAt?: number };

const table =
  <R extends object>(name: string) =>
  (call: Pick<Call, "store">): Map<string, R> =>
    call.store.table<R>(`autoscaling.${name}`);

export const groups = table<GroupRecord>("groups");
/** Policies by ARN. */
export const policies = table<PolicyRecord>("policies");
export const activities = table<ActivityRecord>("activities");
