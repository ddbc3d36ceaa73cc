/** Instances as the Describe calls show them. */
import type {
  DescribeInstancesRequest,
  DescribeInstancesResult,
  DescribeInstanceStatusRequest,
  DescribeInstanceStatusResult,
  Instance,
  InstanceNetworkInterface,
  Reservation,
} from "@aws-sdk/client-ec2";
import type { Call, Handler } from "../../model.ts";
import { list, type Filters } from "./describe.ts";
import { idKinds } from "./ids.ts";
import { needType } from "./instance-types.ts";
import { associationOf, groupsOf, macOf } from "./interface-calls.ts";
import { privateName } from "./interfaces.ts";
import { groups, interfaces, instances, vpcs, type InstanceRecord, type InstanceState, type InterfaceRecord } from "./state.ts";
import { tagList } from "./tags.ts";
import { timing } from "./timing.ts";
import { zonesOf } from "./zones.ts";

const describeInstances: Handler<DescribeInstancesRequest, DescribeInstancesResult> = (input, call) => {
  const { found, NextToken } = list<InstanceRecord>(call, input, {
    records: instances(call).values(),
    ids: { kind: idKinds.instance, given: input.InstanceIds, parameter: "instancesSet" },
    idsExcludePages: true,
    pages: [5, 1000],
    filters: filtersOf(call),
  });
  const reservations = new Map<string, Reservation>();
  for (const instance of found) {
    const { reservationId, requesterId } = instance;
    const one = reservations.get(reservationId) ?? {
      ReservationId: reservationId,
      OwnerId: call.account,
      RequesterId: requesterId,
      Groups: [],
      Instances: [],
    };
    reservations.set(reservationId, one);
    one.Instances!.push(describeInstance(call, instance));
  }
  return { NextToken, Reservations: [...reservations.values()] };
};

function filtersOf(call: Call): Filters<InstanceRecord> {
  const own = (pick: (one: InterfaceRecord) => string | undefined | readonly (string | undefined)[]) => (instance: InstanceRecord) =>
    interfacesOf(call, instance).flatMap(pick);
  const groupIds = own((one) => one.groups);
  const groupNames = own((one) => one.groups.map((id) => groups(call).get(id)?.name));
  const publicIps = own((one) => one.privateIps.map((ip) => associationOf(call, one, ip)?.PublicIp));
  return {
    architecture: (one) => one.architecture,
    "availability-zone": (one) => one.zone,
    "block-device-mapping.device-name": (one) => Object.keys(one.devices),
    "block-device-mapping.volume-id": (one) => Object.values(one.devices).map((device) => device.volumeId),
    "client-token": (one) => one.clientToken,
    "dns-name": (one) => describeInstance(call, one).PublicDnsName,
    "group-id": groupIds,
    "group-name": groupNames,
    hypervisor: () => "xen",
    "iam-instance-profile.arn": (one) => one.profile?.arn,
    "iam-instance-profile.id": (one) => one.profile?.id,
    "image-id": (one) => one.imageId,
    "instance-id": (one) => one.id,
    "instance-lifecycle": (one) => (one.spotRequestId ? "spot" : undefined),
    "instance-state-code": (one) => stateCode(one.state),
    "instance-state-name": (one) => one.state,
    "instance-type": (one) => one.instanceType,
    "instance.group-id": groupIds,
    "instance.group-name": groupNames,
    "ip-address": publicIps,
    "key-name": (one) => one.keyName,
    "launch-index": (one) => one.launchIndex,
    "launch-time": (one) => new Date(one.launchedAt).toISOString(),
    "metadata-options.http-tokens": (one) => one.metadata.HttpTokens,
    "monitoring-state": (one) => (one.monitoring ? "enabled" : "disabled"),
    "network-interface.addresses.association.public-ip": publicIps,
    "network-interface.addresses.private-ip-address": own((one) => one.privateIps),
    "network-interface.group-id": groupIds,
    "network-interface.network-interface-id": (one) => one.interfaces,
    "network-interface.subnet-id": own((one) => one.subnetId),
    "network-interface.vpc-id": own((one) => one.vpcId),
    "owner-id": () => call.account,
    "placement-group-name": (one) => one.placementGroup,
    "private-dns-name": (one) => describeInstance(call, one).PrivateDnsName,
    "private-ip-address": own((one) => one.privateIps),
    "requester-id": (one) => one.requesterId,
    "reservation-id": (one) => one.reservationId,
    "root-device-name": (one) => one.rootDevice,
    "root-device-type": () => "ebs",
    "spot-instance-request-id": (one) => one.spotRequestId,
    "state-reason-code": (one) => one.reason?.code,
    "subnet-id": (one) => (isDead(one) ? undefined : one.subnetId),
    tenancy: (one) => one.tenancy,
    "virtualization-type": () => "hvm",
    "vpc-id": (one) => (isDead(one) ? undefined : one.vpcId),
  };
}

const codes: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 16,
  "shutting-down": 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

export function stateCode(state: InstanceState): number {
  return codes[state];
}

function isDead(instance: InstanceRecord): boolean {
  return instance.state === "terminated";
}

export function interfacesOf(call: Call, instance: InstanceRecord): InterfaceRecord[] {
  return instance.interfaces.flatMap((id) => interfaces(call).get(id) ?? []);
}

/** Describes an instance. A terminated one has lost its network and disks. */
export function describeInstance(call: Call, instance: InstanceRecord): Instance {
  const own = interfacesOf(call, instance);
  const primary = own.find((one) => one.attachment?.deviceIndex === 0);
  const association = primary && associationOf(call, primary, primary.privateIps[0]);
  const dead = isDead(instance);
  const named = vpcs(call).get(instance.vpcId)?.enableDnsHostnames ?? false;
  const type = needType(instance.instanceType);
  return {
    InstanceId: instance.id,
    ImageId: instance.imageId,
    State: { Code: stateCode(instance.state), Name: instance.state },
    StateReason: instance.reason && { Code: instance.reason.code, Message: instance.reason.message },
    StateTransitionReason: instance.reason
      ? `User initiated (${new Date(instance.reason.at).toISOString().slice(0, 19).replace("T", " ")} GMT)`
      : "",
    InstanceType: instance.instanceType as "t3.micro",
    KeyName: instance.keyName,
    AmiLaunchIndex: instance.launchIndex,
    ClientToken: instance.clientToken,
    LaunchTime: new Date(instance.launchedAt),
    UsageOperationUpdateTime: new Date(instance.createdAt),
    Architecture: instance.architecture,
    Hypervisor: "xen",
    VirtualizationType: "hvm",
    EnaSupport: true,
    PlatformDetails: "Linux/UNIX",
    UsageOperation: "RunInstances",
    BootMode: instance.architecture === "arm64" ? "uefi" : "uefi-preferred",
    EbsOptimized: instance.ebsOptimized,
    RootDeviceName: instance.rootDevice,
    RootDeviceType: "ebs",
    Monitoring: { State: instance.monitoring ? "enabled" : "disabled" },
    Placement: {
      AvailabilityZone: instance.zone,
      AvailabilityZoneId: zonesOf(call).find((zone) => zone.name === instance.zone)?.id,
      GroupName: instance.placementGroup ?? "",
      PartitionNumber: instance.partition,
      Tenancy: instance.tenancy as "default",
    },
    VpcId: dead ? undefined : instance.vpcId,
    SubnetId: dead ? undefined : instance.subnetId,
    PrivateIpAddress: dead ? undefined : instance.primaryIp,
    PrivateDnsName: dead ? "" : privateName(call, instance.primaryIp, instance.id),
    Ipv6Address: primary?.ipv6Ips?.[0],
    PublicIpAddress: association?.PublicIp,
    PublicDnsName: named ? (association?.PublicDnsName ?? "") : "",
    SourceDestCheck: primary?.sourceDestCheck,
    SecurityGroups: primary ? groupsOf(call, primary) : [],
    NetworkInterfaces: own.map((one) => describeOwn(call, one)),
    BlockDeviceMappings: Object.entries(instance.devices).map(([DeviceName, { volumeId, deleteOnTermination, attachedAt }]) => ({
      DeviceName,
      Ebs: {
        VolumeId: volumeId,
        DeleteOnTermination: deleteOnTermination,
        AttachTime: new Date(attachedAt),
        Status: call.now < attachedAt + timing.volumeAttached ? "attaching" : "attached",
      },
    })),
    IamInstanceProfile: instance.profile && { Arn: instance.profile.arn, Id: instance.profile.id },
    InstanceLifecycle: instance.spotRequestId ? "spot" : undefined,
    SpotInstanceRequestId: instance.spotRequestId,
    CpuOptions: {
      CoreCount: instance.cpuOptions?.cores ?? Math.max(1, type.architecture === "arm64" ? type.vcpus : type.vcpus / 2),
      ThreadsPerCore: instance.cpuOptions?.threads ?? (type.architecture === "arm64" || type.vcpus === 1 ? 1 : 2),
    },
    MetadataOptions: { State: call.now < instance.metadataSince + timing.metadataApplied ? "pending" : "applied", ...instance.metadata },
    EnclaveOptions: { Enabled: instance.enclave },
    HibernationOptions: { Configured: instance.hibernation },
    MaintenanceOptions: { AutoRecovery: instance.autoRecovery },
    PrivateDnsNameOptions: dead
      ? undefined
      : {
          HostnameType: instance.dnsOptions?.type ?? "ip-name",
          EnableResourceNameDnsARecord: instance.dnsOptions?.aRecord ?? false,
          EnableResourceNameDnsAAAARecord: instance.dnsOptions?.aaaaRecord ?? false,
        },
    CapacityReservationSpecification:
      instance.reservation === "open" || instance.reservation === "none"
        ? { CapacityReservationPreference: instance.reservation }
        : { CapacityReservationTarget: { CapacityReservationId: instance.reservation } },
    CurrentInstanceBootMode: instance.architecture === "arm64" || !instance.instanceType.startsWith("t2") ? "uefi" : "legacy-bios",
    ProductCodes: [],
    Tags: tagList(call, instance.id),
  };
}

function describeOwn(call: Call, one: InterfaceRecord): InstanceNetworkInterface {
  const association = associationOf(call, one, one.privateIps[0]);
  return {
    NetworkInterfaceId: one.id,
    OwnerId: call.account,
    VpcId: one.vpcId,
    SubnetId: one.subnetId,
    Description: one.description,
    InterfaceType: one.type,
    MacAddress: macOf(one),
    SourceDestCheck: one.sourceDestCheck,
    Status: "in-use",
    PrivateIpAddress: one.privateIps[0],
    PrivateDnsName: privateName(call, one.privateIps[0], one.attachment?.instanceId),
    PrivateIpAddresses: one.privateIps.map((ip, place) => ({
      PrivateIpAddress: ip,
      Primary: place === 0,
      Association: associationOf(call, one, ip),
    })),
    Association: association && {
      IpOwnerId: association.IpOwnerId,
      PublicIp: association.PublicIp,
      PublicDnsName: association.PublicDnsName,
    },
    Ipv6Addresses: (one.ipv6Ips ?? []).map((Ipv6Address) => ({ Ipv6Address, IsPrimaryIpv6: false })),
    Groups: groupsOf(call, one),
    Attachment: one.attachment && {
      AttachmentId: one.attachment.id,
      DeviceIndex: one.attachment.deviceIndex,
      NetworkCardIndex: 0,
      DeleteOnTermination: one.attachment.deleteOnTermination,
      AttachTime: new Date(one.attachment.attachedAt),
      Status: "attached",
    },
  };
}

/** Describes the status of running instances, or of all if the call asks for them. Both checks pass minutes after the start. */
const describeStatus: Handler<DescribeInstanceStatusRequest, DescribeInstanceStatusResult> = (input, call) => {
  const check = (instance: InstanceRecord) =>
    instance.state !== "running" ? "not-applicable" : call.now < instance.launchedAt + timing.statusOk ? "initializing" : "ok";
  const { found, NextToken } = list<InstanceRecord>(
    call,
    { Filters: input.Filters, MaxResults: input.MaxResults, NextToken: input.NextToken },
    {
      records: [...instances(call).values()].filter((one) => input.IncludeAllInstances || one.state === "running"),
      ids: { kind: idKinds.instance, given: input.InstanceIds, parameter: "instancesSet" },
      idsExcludePages: true,
      pages: [5, 1000],
      filters: {
        "availability-zone": (one) => one.zone,
        "instance-state-code": (one) => stateCode(one.state),
        "instance-state-name": (one) => one.state,
        "instance-status.status": check,
        "system-status.status": check,
      },
    },
  );
  return {
    NextToken,
    InstanceStatuses: found
      .filter((one) => input.IncludeAllInstances || one.state === "running")
      .map((instance) => {
        const status = check(instance);
        const Details =
          status === "not-applicable"
            ? undefined
            : [{ Name: "reachability" as const, Status: status === "ok" ? ("passed" as const) : ("initializing" as const) }];
        return {
          InstanceId: instance.id,
          AvailabilityZone: instance.zone,
          InstanceState: { Code: stateCode(instance.state), Name: instance.state },
          InstanceStatus: { Status: status, Details },
          SystemStatus: { Status: status, Details },
          Events: [],
        };
      }),
  };
};

export const instanceDescribeOperations: Record<string, Handler> = {
  DescribeInstances: describeInstances,
  DescribeInstanceStatus: describeStatus,
};
