/** Settings of instances that have calls of their own: metadata options, monitoring, CPU credits, maintenance. */
import type {
  DescribeInstanceCreditSpecificationsRequest,
  DescribeInstanceCreditSpecificationsResult,
  ModifyInstanceCreditSpecificationRequest,
  ModifyInstanceCreditSpecificationResult,
  ModifyInstanceCapacityReservationAttributesRequest,
  ModifyInstanceCapacityReservationAttributesResult,
  ModifyInstancePlacementRequest,
  ModifyInstancePlacementResult,
  ModifyInstanceMaintenanceOptionsRequest,
  ModifyInstanceMaintenanceOptionsResult,
  ModifyInstanceMetadataOptionsRequest,
  ModifyInstanceMetadataOptionsResult,
  ModifyPrivateDnsNameOptionsRequest,
  ModifyPrivateDnsNameOptionsResult,
  MonitorInstancesRequest,
  MonitorInstancesResult,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Handler } from "../../model.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { list } from "./describe.ts";
import { invalidValue, knownValue, missingParameter, required } from "./faults.ts";
import { idKinds, isWellFormed, need, needAll } from "./ids.ts";
import { isBurstable } from "./instance-types.ts";
import { checkMetadata, reservationOf } from "./launch.ts";
import { needPlacementGroup } from "./placement.ts";
import { instances, type InstanceRecord } from "./state.ts";

/** Changes metadata options. Options that the call does not give stay as they are. */
const modifyMetadata: Handler<ModifyInstanceMetadataOptionsRequest, ModifyInstanceMetadataOptionsResult> = (input, call) => {
  const instance = need(call, idKinds.instance, input.InstanceId, "instanceId");
  const { HttpTokens, HttpPutResponseHopLimit, HttpEndpoint, HttpProtocolIpv6, InstanceMetadataTags } = input;
  const given = Object.fromEntries(
    Object.entries({ HttpTokens, HttpPutResponseHopLimit, HttpEndpoint, HttpProtocolIpv6, InstanceMetadataTags }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  if (Object.keys(given).length === 0)
    throw missingParameter("HttpTokens, HttpPutResponseHopLimit, HttpEndpoint, HttpProtocolIpv6 or InstanceMetadataTags");
  checkMetadata(given);
  checkAlive(instance);
  Object.assign(instance.metadata, given);
  instance.metadataSince = call.now;
  return { InstanceId: instance.id, InstanceMetadataOptions: { State: "pending", ...instance.metadata } };
};

function checkAlive(instance: InstanceRecord): void {
  if (instance.state === "terminated" || instance.state === "shutting-down")
    throw new AwsFault("IncorrectInstanceState", `The instance '${instance.id}' is terminated.`);
}

const monitor =
  (on: boolean): Handler<MonitorInstancesRequest, MonitorInstancesResult> =>
  (input, call) => {
    const all = needAll(call, idKinds.instance, required(input.InstanceIds, "instanceId"), "instanceId");
    for (const instance of all) checkAlive(instance);
    for (const instance of all) instance.monitoring = on;
    return { InstanceMonitorings: all.map(({ id }) => ({ InstanceId: id, Monitoring: { State: on ? "pending" : "disabling" } })) };
  };

/** Describes CPU credits. By id, refuses an instance without credits; without ids, lists the instances with `unlimited` credits. */
const describeCredits: Handler<DescribeInstanceCreditSpecificationsRequest, DescribeInstanceCreditSpecificationsResult> = (input, call) => {
  const byId = (input.InstanceIds ?? []).length > 0;
  for (const instance of needAll(call, idKinds.instance, input.InstanceIds ?? [], "instanceId"))
    if (!isBurstable(instance.instanceType))
      throw new AwsFault("InstanceCreditSpecification.NotSupported", `The instance '${instance.id}' has no credit specification.`);
  const { found, NextToken } = list<InstanceRecord>(call, input, {
    records: [...instances(call).values()].filter((one) => one.cpuCredits === "unlimited" && one.state !== "terminated"),
    ids: { kind: idKinds.instance, given: input.InstanceIds, parameter: "instanceId" },
    idsExcludePages: true,
    pages: [5, 1000],
    filters: { "instance-id": (one) => one.id },
  });
  return {
    NextToken,
    InstanceCreditSpecifications: found
      .filter((one) => byId || one.cpuCredits)
      .map((one) => ({ InstanceId: one.id, CpuCredits: one.cpuCredits })),
  };
};

/** Changes CPU credits. A successful answer reports failures instance by instance. */
const modifyCredits: Handler<ModifyInstanceCreditSpecificationRequest, ModifyInstanceCreditSpecificationResult> = (input, call) => {
  for (const { CpuCredits } of required(input.InstanceCreditSpecifications, "instanceCreditSpecification"))
    if (CpuCredits !== "standard" && CpuCredits !== "unlimited")
      throw invalidValue(`Value (${CpuCredits}) for parameter cpuCredits is invalid.`);
  const done: NonNullable<ModifyInstanceCreditSpecificationResult["SuccessfulInstanceCreditSpecifications"]> = [];
  const failed: NonNullable<ModifyInstanceCreditSpecificationResult["UnsuccessfulInstanceCreditSpecifications"]> = [];
  for (const { InstanceId, CpuCredits } of input.InstanceCreditSpecifications!) {
    const id = required(InstanceId, "instanceId");
    const instance = instances(call).get(id);
    const fail = (Code: string, Message: string) =>
      failed.push({ InstanceId: id, Error: { Code: Code as "InvalidInstanceID.NotFound", Message } });
    if (!isWellFormed(idKinds.instance, id)) fail("InvalidInstanceID.Malformed", `Invalid id: "${id}"`);
    else if (!instance) fail("InvalidInstanceID.NotFound", `The instance ID '${id}' does not exist`);
    else if (!isBurstable(instance.instanceType)) fail("InstanceCreditSpecification.NotSupported", "Only burstable instances have credits");
    else {
      instance.cpuCredits = CpuCredits as "standard";
      done.push({ InstanceId: id });
    }
  }
  return { SuccessfulInstanceCreditSpecifications: done, UnsuccessfulInstanceCreditSpecifications: failed };
};

const modifyMaintenance: Handler<ModifyInstanceMaintenanceOptionsRequest, ModifyInstanceMaintenanceOptionsResult> = (input, call) => {
  const instance = need(call, idKinds.instance, input.InstanceId, "instanceId");
  checkAlive(instance);
  knownValue(input.AutoRecovery, ["default", "disabled"], "autoRecovery");
  if (input.AutoRecovery) instance.autoRecovery = input.AutoRecovery;
  return { InstanceId: instance.id, AutoRecovery: instance.autoRecovery };
};

/**
 * Changes the options of the private DNS name. The kind of host name can change only on a stopped instance (EC2 API,
 * ModifyPrivateDnsNameOptions).
 */
const modifyDnsNames: Handler<ModifyPrivateDnsNameOptionsRequest, ModifyPrivateDnsNameOptionsResult> = (input, call) => {
  const instance = need(call, idKinds.instance, input.InstanceId, "instanceId");
  checkAlive(instance);
  knownValue(input.PrivateDnsHostnameType, ["ip-name", "resource-name"], "privateDnsHostnameType");
  const was = instance.dnsOptions ?? { type: "ip-name" as const, aRecord: false, aaaaRecord: false };
  if (input.PrivateDnsHostnameType && input.PrivateDnsHostnameType !== was.type) checkStopped(instance);
  instance.dnsOptions = {
    type: input.PrivateDnsHostnameType ?? was.type,
    aRecord: input.EnableResourceNameDnsARecord ?? was.aRecord,
    aaaaRecord: input.EnableResourceNameDnsAAAARecord ?? was.aaaaRecord,
  };
  return { Return: true };
};

/** Changes the placement of a stopped instance. An empty group name takes the instance out of its placement group. */
const modifyPlacement: Handler<ModifyInstancePlacementRequest, ModifyInstancePlacementResult> = (input, call) => {
  refuseUnknown(call, input, ["InstanceId", "GroupName", "PartitionNumber", "Tenancy"]);
  const instance = need(call, idKinds.instance, input.InstanceId, "instanceId");
  if (input.GroupName) needPlacementGroup(call, input.GroupName);
  checkStopped(instance);
  if (input.GroupName) instance.placementGroup = input.GroupName;
  if (input.GroupName === "") delete instance.placementGroup;
  if (input.PartitionNumber !== undefined) instance.partition = input.PartitionNumber;
  if (input.Tenancy) instance.tenancy = input.Tenancy;
  return { Return: true };
};

const modifyReservation: Handler<ModifyInstanceCapacityReservationAttributesRequest, ModifyInstanceCapacityReservationAttributesResult> = (
  input,
  call,
) => {
  const instance = need(call, idKinds.instance, input.InstanceId, "instanceId");
  const reservation = reservationOf(call, required(input.CapacityReservationSpecification, "capacityReservationSpecification"), instance);
  checkStopped(instance);
  instance.reservation = reservation;
  return { Return: true };
};

function checkStopped(instance: InstanceRecord): void {
  if (instance.state !== "stopped")
    throw new AwsFault("IncorrectInstanceState", `The instance '${instance.id}' is not in the 'stopped' state.`);
}

export const instanceSettingOperations: Record<string, Handler> = {
  DescribeInstanceCreditSpecifications: describeCredits,
  ModifyInstanceCapacityReservationAttributes: modifyReservation,
  ModifyInstanceCreditSpecification: modifyCredits,
  ModifyInstanceMaintenanceOptions: modifyMaintenance,
  ModifyInstanceMetadataOptions: modifyMetadata,
  ModifyInstancePlacement: modifyPlacement,
  ModifyPrivateDnsNameOptions: modifyDnsNames,
  MonitorInstances: monitor(true),
  UnmonitorInstances: monitor(false),
};
