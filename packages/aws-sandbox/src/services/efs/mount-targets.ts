/** Mount targets: one in each zone, each with an interface in its subnet. */
import type {
  CreateMountTargetRequest,
  DeleteMountTargetRequest,
  DescribeMountTargetSecurityGroupsRequest,
  DescribeMountTargetsRequest,
  ModifyMountTargetSecurityGroupsRequest,
  MountTargetDescription,
} from "@aws-sdk/client-efs";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { createManagedInterface, deleteManagedInterface, setInterfaceGroups } from "../ec2/interfaces.ts";
import { groups as ec2Groups, subnets as ec2Subnets } from "../ec2/state.ts";
import { accessPoints, badRequest, mountTargets, needAvailable, needFileSystem, targetsOf, type MountTargetRecord } from "./state.ts";

const second = 1000;

export const mountTargetOperations: Readonly<Record<string, Handler>> = {
  CreateMountTarget(input: CreateMountTargetRequest, call) {
    refuseUnknown(call, input, ["FileSystemId", "SubnetId", "IpAddress", "SecurityGroups"], { IpAddressType: "IPV4_ONLY" });
    const fileSystem = needAvailable(call, input.FileSystemId);
    const subnet = ec2Subnets(call).get(input.SubnetId!);
    if (!subnet || !call.sees(subnet.id, "id"))
      throw new AwsFault("SubnetNotFound", `The subnet ID '${input.SubnetId}' does not exist`, 400);
    const standing = targetsOf(call, fileSystem.id);
    if (standing.some(({ vpcId }) => vpcId !== subnet.vpcId))
      throw new AwsFault(
        "MountTargetConflict",
        "requested subnet for new mount target is not in the same VPC as existing mount targets",
        409,
      );
    if (standing.some(({ zone }) => zone === subnet.zone))
      throw new AwsFault("MountTargetConflict", "mount target already exists in this AZ", 409);
    if (fileSystem.zone !== undefined && fileSystem.zone !== subnet.zone)
      throw new AwsFault("AvailabilityZonesMismatch", `The file system is in ${fileSystem.zone}, and the subnet in ${subnet.zone}.`);
    const securityGroups = chosen(call, subnet.vpcId, input.SecurityGroups);
    const id = call.id("fsmt");
    const { id: interfaceId, privateIps } = createManagedInterface(call, {
      subnetId: subnet.id,
      groups: securityGroups,
      description: `EFS mount target for ${fileSystem.id} (${id})`,
      requesterId: "EFS",
      publicAddress: false,
      ...(input.IpAddress === undefined ? {} : { privateIp: input.IpAddress }),
    });
    const record: MountTargetRecord = {
      id,
      fileSystemId: fileSystem.id,
      subnetId: subnet.id,
      vpcId: subnet.vpcId,
      zone: subnet.zone,
      ipAddress: privateIps[0]!,
      interfaceId,
      state: "creating",
      securityGroups,
    };
    mountTargets(call).set(id, record);
    call.later((60 + (id.charCodeAt(8) % 60)) * second, "efs:mountTargetReady", { id });
    return describe(record, call);
  },

  DescribeMountTargets(input: DescribeMountTargetsRequest, call) {
    const { FileSystemId: of, MountTargetId: id, AccessPointId: point } = input;
    if ([of, id, point].filter((one) => one !== undefined).length !== 1)
      throw badRequest("Specify exactly one of FileSystemId, MountTargetId and AccessPointId.");
    if (id !== undefined) return { MountTargets: [describe(needTarget(call, id), call)] };
    const all = targetsOf(call, needFileSystem(call, of ?? accessPoints(call).get(point!)?.fileSystemId).id).filter((one) =>
      call.sees(one.id, "id"),
    );
    // "Currently, this number is automatically set to 10" (EFS API, DescribeMountTargets: MaxItems).
    const { items, next } = page(call, all, { Marker: input.Marker }, { key: (one) => one.id, max: 10, size: 10, names: "efs" });
    return { MountTargets: items.map((one) => describe(one, call)), ...next };
  },

  DescribeMountTargetSecurityGroups(input: DescribeMountTargetSecurityGroupsRequest, call) {
    return { SecurityGroups: settled(needTarget(call, input.MountTargetId)).securityGroups };
  },

  ModifyMountTargetSecurityGroups(input: ModifyMountTargetSecurityGroupsRequest, call) {
    const target = settled(needTarget(call, input.MountTargetId));
    target.securityGroups = chosen(call, target.vpcId, input.SecurityGroups);
    setInterfaceGroups(call, target.interfaceId, target.securityGroups);
    return {};
  },

  DeleteMountTarget(input: DeleteMountTargetRequest, call) {
    const target = needTarget(call, input.MountTargetId);
    if (target.state === "deleting") return {};
    target.state = "deleting";
    call.later((30 + (target.id.charCodeAt(8) % 60)) * second, "efs:mountTargetGone", { id: target.id });
    return {};
  },
};

export const mountTargetTransitions = {
  mountTargetReady({ id }: { id: string }, call: Call) {
    const found = mountTargets(call).get(id);
    if (found?.state === "creating") found.state = "available";
  },

  mountTargetGone({ id }: { id: string }, call: Call) {
    const found = mountTargets(call).get(id);
    if (!found) return;
    deleteManagedInterface(call, found.interfaceId);
    mountTargets(call).delete(id);
  },
};

function needTarget(call: Call, id: string | undefined): MountTargetRecord {
  const found = mountTargets(call).get(id ?? "");
  if (!found || !call.sees(found.id, "id")) throw new AwsFault("MountTargetNotFound", `Mount target '${id}' does not exist.`, 404);
  return found;
}

/**
 * The mount target, if it is available. Otherwise its security groups can be neither read nor changed (EFS API: IncorrectMountTargetState).
 */
function settled(target: MountTargetRecord): MountTargetRecord {
  if (target.state !== "available")
    throw new AwsFault("IncorrectMountTargetState", `Mount target '${target.id}' is ${target.state}, and not available.`, 409);
  return target;
}

function chosen(call: Call, vpcId: string, asked: readonly string[] | undefined): string[] {
  if (!asked?.length) return [[...ec2Groups(call).values()].find((group) => group.vpcId === vpcId && group.name === "default")!.id];
  const unique = [...new Set(asked)];
  if (unique.length > 100) throw new AwsFault("SecurityGroupLimitExceeded", "A mount target has 100 security groups at most.");
  for (const id of unique) {
    const group = ec2Groups(call).get(id);
    if (!group || !call.sees(id, "id") || group.vpcId !== vpcId)
      throw new AwsFault("SecurityGroupNotFound", `The security group ID '${id}' does not exist in the VPC of the subnet.`);
  }
  return unique;
}

function describe(target: MountTargetRecord, call: Call): MountTargetDescription {
  return {
    OwnerId: call.account,
    MountTargetId: target.id,
    FileSystemId: target.fileSystemId,
    SubnetId: target.subnetId,
    LifeCycleState: target.state as "available",
    IpAddress: target.ipAddress,
    NetworkInterfaceId: target.interfaceId,
    AvailabilityZoneName: target.zone,
    VpcId: target.vpcId,
  };
}
