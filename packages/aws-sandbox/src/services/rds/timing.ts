/**
 * Durations in milliseconds, typical for AWS. Where AWS varies, the object's own id decides, so a history always runs the same. With the
 * event "durations:typical" of a plan of faults, it is always the middle of the span.
 */
import type { Call } from "../../model.ts";
import { hash32 } from "../../random.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

export const timing = {
  created: [4 * minute, 7 * minute],
  createdMultiAz: [9 * minute, 14 * minute],
  createFails: 3 * minute,
  replicaCreated: [9 * minute, 15 * minute],
  restored: [6 * minute, 10 * minute],
  /** The first backup; the instance becomes available after it. */
  firstBackup: [60 * second, 100 * second],
  /** How long the status still says "available" after a change was accepted. */
  statusLag: [25 * second, 55 * second],
  classChanged: [4 * minute, 9 * minute],
  storageChanged: [2 * minute, 5 * minute],
  storageOptimized: 3 * hour,
  storageLocked: 6 * hour,
  storageLoaded: 5 * hour,
  multiAzChanged: [8 * minute, 15 * minute],
  upgraded: [6 * minute, 12 * minute],
  majorUpgraded: [15 * minute, 30 * minute],
  restarted: [60 * second, 150 * second],
  adjusted: [20 * second, 45 * second],
  secretActive: 45 * second,
  promoted: [4 * minute, 8 * minute],
  snapshotTaken: [2 * minute, 5 * minute],
  deleted: [3 * minute, 6 * minute],
  finalSnapshot: [2 * minute, 4 * minute],
  /** How long interfaces stay in the subnets after the instance is gone. */
  interfacesLinger: [90 * second, 4 * minute],
  clusterCreated: [60 * second, 150 * second],
  /** A Multi-AZ cluster is created together with its three instances. */
  multiAzClusterCreated: [14 * minute, 24 * minute],
  failedOver: [25 * second, 60 * second],
  clusterDeleted: [2 * minute, 4 * minute],
  endpointSwitched: [5 * second, 15 * second],
  proxyCreated: [3 * minute, 10 * minute],
  proxyDeleted: [2 * minute, 8 * minute],
  /** How long creating or changing, and deleting, an event subscription takes. */
  subscribed: 12 * second,
  unsubscribed: 20 * second,
  switchedOver: 50 * second,
  deploymentDeleted: 40 * second,
  applied: 5 * second,
} as const;

type Span = number | readonly [from: number, to: number];

/** A duration within the span, the same for the same id. */
export function timeFor(call: Pick<Call, "fault">, id: string, what: keyof typeof timing): number {
  const span: Span = timing[what];
  if (typeof span === "number") return span;
  const share = call.fault("durations:typical") ? 0.5 : hash32(`${what} ${id}`) / 2 ** 32;
  return Math.round(span[0] + (span[1] - span[0]) * share);
}
