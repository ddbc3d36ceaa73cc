/** What Auto Scaling remembers: one record type and one table a kind. Plain JSON. */
import type {
  Activity,
  InstanceRefreshStatus,
  LifecycleState,
  MixedInstancesPolicy,
  RefreshPreferences,
  ScalingPolicy,
} from "@aws-sdk/client-auto-scaling";
import type { Call } from "../../model.ts";

/** What machines are launched from: a template's version, or a policy of several types around one. */
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
  /** Target groups of VPC Lattice. */
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
  /** The service-linked role, where it is not the usual one. */
  role?: string;
  /** By key. */
  tags: Record<string, { readonly value: string; readonly propagate: boolean }>;
  /** By process, why. */
  suspended: Record<string, string>;
  metrics: string[];
  hooks: Record<string, HookRecord>;
  schedules: Record<string, ScheduleRecord>;
  /** By topic. */
  notifications: Record<string, string[]>;
  warmPool?: WarmPoolRecord;
  machines: Record<string, MachineRecord>;
  refreshes: RefreshRecord[];
  /** After launches that failed: not again before then, and how often in a row. */
  retry?: { readonly at: number; readonly failures: number };
  /** When the next look at the group is due; absent while nothing moves. */
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
  /** The activity that takes it away. */
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
  /** Tells an order to fire from one for an action of the same name that was there before. */
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
  /** What was asked for, and what the group had before. */
  readonly wanted: LaunchSource;
  readonly before: LaunchSource;
  readonly total: number;
  status: InstanceRefreshStatus;
  reason?: string;
  endedAt?: number;
  percentage: number;
  failures: number;
  /** Checkpoints that were passed, and since when it waits at one. */
  passed?: number;
  waitsSince?: number;
  /** Since when all machines are new. */
  bakesSince?: number;
}

export type PolicyRecord = ScalingPolicy & { PolicyARN: string; AutoScalingGroupName: string; PolicyName: string };

/** An activity with its times as numbers, because dates do not survive JSON. */
export type ActivityRecord = Omit<Activity, "StartTime" | "EndTime"> & { readonly startedAt: number; endedAt?: number };

const table =
  <R extends object>(name: string) =>
  (call: Pick<Call, "store">): Map<string, R> =>
    call.store.table<R>(`autoscaling.${name}`);

export const groups = table<GroupRecord>("groups");
/** By ARN. */
export const policies = table<PolicyRecord>("policies");
export const activities = table<ActivityRecord>("activities");
