/** Durations in milliseconds, typical for AWS. Where AWS varies, the object's own id decides, so a history always runs the same. */
import type { Call } from "../../model.ts";
import { hash32 } from "../../random.ts";

const second = 1000;
const minute = 60 * second;

export const timing = {
  created: [6 * minute, 14 * minute],
  /** A change of settings without a change of nodes. */
  adjusted: [15 * second, 60 * second],
  scaled: [8 * minute, 20 * minute],
  upgraded: [8 * minute, 20 * minute],
  resharded: [10 * minute, 30 * minute],
  replicasChanged: [5 * minute, 12 * minute],
  encrypted: [5 * minute, 12 * minute],
  clusterCreated: [5 * minute, 10 * minute],
  clusterDeleted: [3 * minute, 8 * minute],
  serverlessCreated: [90 * second, 4 * minute],
  serverlessDeleted: [2 * minute, 5 * minute],
  deleted: [4 * minute, 9 * minute],
  snapshotTaken: [2 * minute, 4 * minute],
  /** How long tags cannot be read after a change of them. */
  tagged: 5 * second,
  interfacesLinger: [60 * second, 3 * minute],
} as const;

type Span = number | readonly [from: number, to: number];

/** A duration within the span, the same for the same id. */
export function timeFor(call: Pick<Call, "fault">, id: string, what: keyof typeof timing): number {
  const span: Span = timing[what];
  if (typeof span === "number") return span;
  const share = call.fault("durations:typical") ? 0.5 : hash32(`${what} ${id}`) / 2 ** 32;
  return Math.round(span[0] + (span[1] - span[0]) * share);
}
