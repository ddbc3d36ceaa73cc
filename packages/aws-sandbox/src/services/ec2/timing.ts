/**
 * Durations in milliseconds, typical for real AWS. Where AWS varies, the object's own id decides, so a history always runs the same. With
 * the event "durations:typical" of a plan of faults, it is always the middle of the span.
 */
import type { Call } from "../../model.ts";

const second = 1000;
const minute = 60 * second;

export const timing = {
  vpcAvailable: 1.5 * second,
  subnetAvailable: 1 * second,
  cidrAssociated: 4 * second,
  cidrForgotten: 15 * minute,
  carrierGatewayAvailable: 8 * second,
  carrierGatewayDeleted: 10 * second,
  natAvailable: [75 * second, 130 * second],
  natFails: 25 * second,
  natDeleted: [60 * second, 150 * second],
  /** Answers show a deleted or failed gateway for about an hour. */
  natForgotten: 60 * minute,
  /** The address of a deleted gateway is not free at once: ReleaseAddress answers AuthFailure for some more seconds. */
  natLetsGo: 8 * second,
  natAddressAssociated: 20 * second,
  natAddressGone: 40 * second,
  instanceRunning: [12 * second, 30 * second],
  instanceFails: 6 * second,
  instanceStopped: [20 * second, 50 * second],
  instanceTerminated: [25 * second, 45 * second],
  instanceForgotten: 60 * minute,
  statusOk: 2.5 * minute,
  metadataApplied: 3 * second,
  profileAssociated: 5 * second,
  gatewayEndpointAvailable: 4 * second,
  gatewayEndpointDeleted: 5 * second,
  interfaceEndpointAvailable: 70 * second,
  interfaceEndpointDeleted: 45 * second,
  peeringRequested: 2 * second,
  peeringProvisioned: 3 * second,
  peeringDeleted: 3 * second,
  /** Answers show a deleted connection for hours. */
  peeringForgotten: 120 * minute,
  prefixListChanged: 4 * second,
  placementGroupAvailable: 1 * second,
  reservationActive: 3 * second,
  /** Answers still show cancelled reservations, with their tags. */
  reservationForgotten: 60 * minute,
  connectEndpointAvailable: [3 * minute, 5 * minute],
  connectEndpointModified: 60 * second,
  connectEndpointDeleted: [3 * minute, 6 * minute],
  endpointServiceAvailable: 20 * second,
  transitGatewayAvailable: [60 * second, 120 * second],
  transitGatewayModified: 15 * second,
  transitGatewayDeleted: [40 * second, 90 * second],
  transitAttachmentAvailable: [40 * second, 100 * second],
  transitAttachmentModified: 20 * second,
  transitAttachmentDeleted: [30 * second, 70 * second],
  transitTableAvailable: [10 * second, 30 * second],
  transitTableDeleted: 15 * second,
  transitAssociated: [10 * second, 30 * second],
  transitDisassociated: [15 * second, 40 * second],
  transitPropagated: 2 * second,
  /** Answers still show deleted objects. */
  transitForgotten: 60 * minute,
  vpnEndAvailable: 3 * second,
  vpnEndDeleted: 3 * second,
  vpnGatewayAttached: [40 * second, 90 * second],
  vpnGatewayDetached: [30 * second, 80 * second],
  vpnConnectionAvailable: [3 * minute, 7 * minute],
  vpnConnectionModified: 4 * minute,
  vpnConnectionDeleted: 2 * minute,
  vpnRouteAvailable: 5 * second,
  /** Answers still show deleted objects. */
  vpnForgotten: 60 * minute,
  imageAvailable: 4 * minute,
  volumeAvailable: 6 * second,
  volumeAttached: 5 * second,
  volumeDetached: 8 * second,
  volumeDeleted: 10 * second,
  volumeModifying: 20 * second,
  volumeOptimizing: 10 * minute,
} as const;

export type Span = number | readonly [from: number, to: number];

/** A duration within the span, the same for the same id. */
export function timeFor(call: Pick<Call, "fault">, id: string, span: Span): number {
  if (typeof span === "number") return span;
  const share = call.fault("durations:typical") ? 0.5 : Number.parseInt(id.slice(-5), 16) / 0xfffff;
  return Math.round(span[0] + (span[1] - span[0]) * (Number.isFinite(share) ? share : 0.5));
}
