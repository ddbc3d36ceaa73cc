/** Capacity reservations: reserved room that instances use automatically, or because they name the reservation. */
import type {
  CancelCapacityReservationRequest,
  CancelCapacityReservationResult,
  CapacityReservation,
  CreateCapacityReservationRequest,
  CreateCapacityReservationResult,
  DescribeCapacityReservationsRequest,
  DescribeCapacityReservationsResult,
  ModifyCapacityReservationRequest,
  ModifyCapacityReservationResult,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { list } from "./describe.ts";
import { invalidCombination, invalidValue, knownValue, required } from "./faults.ts";
import { arn, idKinds, need } from "./ids.ts";
import { checkOffered, needType } from "./instance-types.ts";
import { placementGroupNamed } from "./placement.ts";
import { capacityReservations, instances, type CapacityReservationRecord, type InstanceRecord } from "./state.ts";
import { giveTags, tagList, tagsToBe } from "./tags.ts";
import { timing } from "./timing.ts";
import { once } from "./tokens.ts";
import { zonesOf } from "./zones.ts";

const modelled = [
  "AvailabilityZone",
  "ClientToken",
  "EbsOptimized",
  "EndDate",
  "EndDateType",
  "EphemeralStorage",
  "InstanceCount",
  "InstanceMatchCriteria",
  "InstancePlatform",
  "InstanceType",
  "PlacementGroupArn",
  "TagSpecifications",
  "Tenancy",
];

const create: Handler<CreateCapacityReservationRequest, CreateCapacityReservationResult> = (input, call) => {
  refuseUnknown(call, input, modelled);
  const { ids } = once(call, input, () => [begin(call, input).id]);
  const made = capacityReservations(call).get(ids[0]!);
  return { CapacityReservation: made ? describe(call, made) : { CapacityReservationId: ids[0] } };
};

function begin(call: Call, input: CreateCapacityReservationRequest): CapacityReservationRecord {
  const type = needType(required(input.InstanceType, "instanceType"));
  const platform = required(input.InstancePlatform, "instancePlatform");
  const zone = required(input.AvailabilityZone, "availabilityZone");
  if (!zonesOf(call).some(({ name }) => name === zone)) throw invalidValue(`Value (${zone}) for parameter availabilityZone is invalid.`);
  const count = checkCount(required(input.InstanceCount, "instanceCount"));
  knownValue(input.Tenancy, ["default", "dedicated"], "tenancy");
  knownValue(input.InstanceMatchCriteria, ["open", "targeted"], "instanceMatchCriteria");
  const endsAt = endOf(call, input);
  checkOffered(call, type, zone);
  const placementGroup = input.PlacementGroupArn === undefined ? undefined : clusterOf(call, input.PlacementGroupArn);
  if (placementGroup !== undefined && type.burstable)
    throw invalidCombination(`The instance type ${type.id} cannot be in a cluster placement group`);
  const tags = tagsToBe(input.TagSpecifications, "capacity-reservation");
  const made: CapacityReservationRecord = {
    id: call.id("cr"),
    instanceType: type.id,
    platform,
    zone,
    tenancy: input.Tenancy ?? "default",
    ebsOptimized: input.EbsOptimized ?? false,
    createdAt: call.now,
    ...(placementGroup === undefined ? {} : { placementGroup }),
    count,
    criteria: input.InstanceMatchCriteria ?? "open",
    ...(endsAt === undefined ? {} : { endsAt }),
  };
  capacityReservations(call).set(made.id, made);
  giveTags(call, made.id, tags["capacity-reservation"]);
  return made;
}

/** Checks the number of instances: 1 to 1,000 (EC2 API, CreateCapacityReservation). */
function checkCount(count: number): number {
  if (count < 1 || count > 1000) throw invalidValue(`Value (${count}) for parameter instanceCount is invalid.`);
  return count;
}

/** The end date. Only the type `limited` has one, and must have it. */
function endOf(
  call: Call,
  { EndDateType: type, EndDate: date }: Pick<CreateCapacityReservationRequest, "EndDate" | "EndDateType">,
): number | undefined {
  knownValue(type, ["limited", "unlimited"], "endDateType");
  if (type === "limited" && date === undefined) throw invalidCombination("An end date is required for the end date type limited");
  if (type !== "limited" && date !== undefined) throw invalidCombination("An end date is for the end date type limited");
  if (date !== undefined && date.getTime() <= call.now) throw invalidValue("The end date is in the past.");
  return date?.getTime();
}

function clusterOf(call: Call, groupArn: string): string {
  const name = groupArn.split(":placement-group/")[1] ?? "";
  const group = placementGroupNamed(call, name);
  if (!group) throw new AwsFault("InvalidPlacementGroup.Unknown", `The Placement Group '${groupArn}' is unknown.`);
  if (group.strategy !== "cluster") throw invalidCombination("Capacity Reservations can be made in cluster placement groups only");
  return name;
}

const modify: Handler<ModifyCapacityReservationRequest, ModifyCapacityReservationResult> = (input, call) => {
  refuseUnknown(call, input, ["CapacityReservationId", "InstanceCount", "EndDate", "EndDateType", "InstanceMatchCriteria"]);
  const one = need(call, idKinds.capacityReservation, input.CapacityReservationId, "capacityReservationId");
  if (stateOf(call, one) !== "active")
    throw new AwsFault("InvalidCapacityReservationState", `The capacity reservation ${one.id} is ${stateOf(call, one)}.`);
  knownValue(input.InstanceMatchCriteria, ["open", "targeted"], "instanceMatchCriteria");
  if (input.InstanceCount !== undefined) {
    checkCount(input.InstanceCount);
    if (Math.abs(input.InstanceCount - one.count) > 1000) throw invalidValue("The instance count can change by 1,000 at most.");
    if (input.InstanceCount < usersOf(call, one).length)
      throw invalidValue(`The instance count is less than the number of instances that use the reservation.`);
  }
  if (input.EndDateType !== undefined || input.EndDate !== undefined) {
    const endsAt = endOf(call, input);
    if (endsAt === undefined) delete one.endsAt;
    else one.endsAt = endsAt;
  }
  if (input.InstanceCount !== undefined) one.count = input.InstanceCount;
  if (input.InstanceMatchCriteria) one.criteria = input.InstanceMatchCriteria;
  return { Return: true };
};

const cancel: Handler<CancelCapacityReservationRequest, CancelCapacityReservationResult> = (input, call) => {
  const one = need(call, idKinds.capacityReservation, input.CapacityReservationId, "capacityReservationId");
  const state = stateOf(call, one);
  if (state === "expired") throw new AwsFault("InvalidCapacityReservationState", `The capacity reservation ${one.id} is expired.`);
  one.cancelledAt ??= call.now;
  return { Return: true };
};

function stateOf(call: Call, one: CapacityReservationRecord): "pending" | "active" | "cancelled" | "expired" {
  if (one.cancelledAt !== undefined) return "cancelled";
  if (one.endsAt !== undefined && call.now >= one.endsAt) return "expired";
  return call.now < one.createdAt + timing.reservationActive ? "pending" : "active";
}

/** Instances that run in a reservation: those that name it, and for an open one also those that fit. */
function usersOf(call: Call, one: CapacityReservationRecord): InstanceRecord[] {
  const running = [...instances(call).values()].filter(({ state }) => state === "running" || state === "pending");
  const named = running.filter((machine) => machine.reservation === one.id);
  if (one.criteria === "targeted") return named;
  const fitting = running.filter((machine) => machine.reservation === "open" && fits(one, machine));
  return [...named, ...fitting].slice(0, one.count);
}

function fits(one: CapacityReservationRecord, machine: Pick<InstanceRecord, "instanceType" | "zone" | "tenancy">): boolean {
  return one.instanceType === machine.instanceType && one.zone === machine.zone && one.tenancy === machine.tenancy;
}

/** Checks that the named reservation fits an instance and has room for it. */
export function takeReservation(
  call: Call,
  id: string,
  machine: Pick<InstanceRecord, "instanceType" | "zone" | "tenancy"> | undefined,
): string {
  const one = need(call, idKinds.capacityReservation, id, "capacityReservationId");
  if (stateOf(call, one) === "cancelled" || stateOf(call, one) === "expired")
    throw new AwsFault("InvalidCapacityReservationState", `The capacity reservation ${id} is ${stateOf(call, one)}.`);
  if (!machine) return id;
  if (!fits(one, machine)) throw invalidCombination(`The attributes of the instance do not match those of the capacity reservation ${id}.`);
  if (usersOf(call, one).length >= one.count)
    throw new AwsFault("ReservationCapacityExceeded", `The requested capacity of the capacity reservation ${id} is exceeded.`);
  return id;
}

const describeReservations: Handler<DescribeCapacityReservationsRequest, DescribeCapacityReservationsResult> = (input, call) => {
  const isListed = ({ cancelledAt, endsAt }: CapacityReservationRecord) =>
    call.now < Math.min(cancelledAt ?? Infinity, endsAt ?? Infinity) + timing.reservationForgotten;
  const { found, NextToken } = list<CapacityReservationRecord>(call, input, {
    records: [...capacityReservations(call).values()].filter(isListed),
    ids: { kind: idKinds.capacityReservation, given: input.CapacityReservationIds, parameter: "capacityReservationId" },
    pages: [1, 1000],
    filters: {
      "availability-zone": (one) => one.zone,
      "end-date-type": (one) => (one.endsAt === undefined ? "unlimited" : "limited"),
      "instance-match-criteria": (one) => one.criteria,
      "instance-platform": (one) => one.platform,
      "instance-type": (one) => one.instanceType,
      "owner-id": () => call.account,
      state: (one) => stateOf(call, one),
      tenancy: (one) => one.tenancy,
    },
  });
  return { NextToken, CapacityReservations: found.map((one) => describe(call, one)) };
};

function describe(call: Call, one: CapacityReservationRecord): CapacityReservation {
  return {
    CapacityReservationId: one.id,
    CapacityReservationArn: arn(call, "capacity-reservation", one.id),
    OwnerId: call.account,
    InstanceType: one.instanceType,
    InstancePlatform: one.platform as "Linux/UNIX",
    AvailabilityZone: one.zone,
    Tenancy: one.tenancy as "default",
    TotalInstanceCount: one.count,
    AvailableInstanceCount: stateOf(call, one) === "active" ? one.count - usersOf(call, one).length : 0,
    EbsOptimized: one.ebsOptimized,
    EphemeralStorage: false,
    State: stateOf(call, one),
    EndDateType: one.endsAt === undefined ? "unlimited" : "limited",
    ...(one.endsAt === undefined ? {} : { EndDate: new Date(one.endsAt) }),
    InstanceMatchCriteria: one.criteria as "open",
    CreateDate: new Date(one.createdAt),
    StartDate: new Date(one.createdAt),
    ...(one.placementGroup === undefined ? {} : { PlacementGroupArn: arn(call, "placement-group", one.placementGroup) }),
    ReservationType: "default",
    Tags: tagList(call, one.id),
  };
}

export const capacityReservationOperations: Record<string, Handler> = {
  CancelCapacityReservation: cancel,
  CreateCapacityReservation: create,
  DescribeCapacityReservations: describeReservations,
  ModifyCapacityReservation: modify,
};
