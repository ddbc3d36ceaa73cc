/** EC2 Instance Connect endpoints: a network interface in one subnet. A VPC has at most one. */
import type {
  CreateInstanceConnectEndpointRequest,
  CreateInstanceConnectEndpointResult,
  DeleteInstanceConnectEndpointRequest,
  DeleteInstanceConnectEndpointResult,
  DescribeInstanceConnectEndpointsRequest,
  DescribeInstanceConnectEndpointsResult,
  Ec2InstanceConnectEndpoint,
  ModifyInstanceConnectEndpointRequest,
  ModifyInstanceConnectEndpointResult,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { isLive } from "./blocks.ts";
import { list } from "./describe.ts";
import { invalidCombination, invalidValue, knownValue } from "./faults.ts";
import { arn, idKinds, need } from "./ids.ts";
import { createManagedInterface, deleteManagedInterface, setInterfaceGroups } from "./interfaces.ts";
import { within } from "./quotas.ts";
import { connectEndpoints, groups, interfaces, type ConnectEndpointRecord, type SubnetRecord } from "./state.ts";
import { dropTags, giveTags, tagList, tagsToBe } from "./tags.ts";
import { timeFor, timing } from "./timing.ts";
import { once } from "./tokens.ts";

const create: Handler<CreateInstanceConnectEndpointRequest, CreateInstanceConnectEndpointResult> = (input, call) => {
  const { ids } = once(call, input, () => [begin(call, input).id]);
  const made = connectEndpoints(call).get(ids[0]!);
  return { InstanceConnectEndpoint: made ? describe(call, made) : { InstanceConnectEndpointId: ids[0] } };
};

function begin(call: Call, input: CreateInstanceConnectEndpointRequest): ConnectEndpointRecord {
  const subnet = need(call, idKinds.subnet, input.SubnetId, "subnetId");
  const family = input.IpAddressType ?? "ipv4";
  checkFamily(subnet, family, input.PreserveClientIp ?? false);
  const given = input.SecurityGroupIds ?? [];
  checkGroups(call, subnet.vpcId, given);
  const tags = tagsToBe(input.TagSpecifications, "instance-connect-endpoint");
  const alive = [...connectEndpoints(call).values()].filter((one) => one.deletedAt === undefined);
  // EC2 User Guide, "Quotas for EC2 Instance Connect Endpoint": one in a VPC, five in a Region.
  if (alive.some((one) => one.vpcId === subnet.vpcId))
    throw new AwsFault("InstanceConnectEndpointLimitExceeded", `The VPC ${subnet.vpcId} has an EC2 Instance Connect Endpoint already.`);
  within(
    call,
    "connectEndpoints",
    alive.length,
    "InstanceConnectEndpointLimitExceeded",
    "The maximum number of EC2 Instance Connect Endpoints has been reached.",
  );
  const id = call.id("eice");
  const joined = given.length > 0 ? [...given] : [defaultGroup(call, subnet.vpcId)];
  const card = createManagedInterface(call, {
    subnetId: subnet.id,
    groups: joined,
    description: `EC2 Instance Connect Endpoint ${id}`,
    requesterId: "amazon-ec2-instance-connect",
    type: "ec2_instance_connect_endpoint",
  });
  const made: ConnectEndpointRecord = {
    id,
    subnetId: subnet.id,
    vpcId: subnet.vpcId,
    zone: subnet.zone,
    createdAt: call.now,
    interfaceId: card.id,
    groups: joined,
    preservesIp: input.PreserveClientIp ?? false,
    family,
  };
  connectEndpoints(call).set(id, made);
  giveTags(call, id, tags["instance-connect-endpoint"]);
  return made;
}

function checkFamily(subnet: SubnetRecord, family: string, preservesIp: boolean): void {
  knownValue(family, ["ipv4", "dualstack", "ipv6"], "ipAddressType");
  if (preservesIp && family !== "ipv4") throw invalidCombination("PreserveClientIp is for endpoints with IPv4 addresses only");
  if (family !== "ipv4" && !subnet.ipv6.some(isLive)) throw invalidValue(`The subnet ${subnet.id} has no IPv6 CIDR block.`);
}

function checkGroups(call: Call, vpcId: string, ids: readonly string[]): void {
  if (ids.length > 16) throw invalidValue("An endpoint takes 16 security groups at most.");
  for (const id of ids)
    if (need(call, idKinds.group, id, "groupId").vpcId !== vpcId)
      throw new AwsFault("InvalidGroup.NotFound", `The security group '${id}' does not exist in VPC '${vpcId}'`);
}

function defaultGroup(call: Call, vpcId: string): string {
  for (const group of groups(call).values()) if (group.vpcId === vpcId && group.name === "default") return group.id;
  throw new Error(`VPC ${vpcId} has no default security group`);
}

const modify: Handler<ModifyInstanceConnectEndpointRequest, ModifyInstanceConnectEndpointResult> = (input, call) => {
  const one = needAlive(call, input.InstanceConnectEndpointId);
  if (stateOf(call, one).endsWith("-in-progress"))
    throw new AwsFault("IncorrectState", `The EC2 Instance Connect Endpoint ${one.id} is in the state ${stateOf(call, one)}.`);
  const family = input.IpAddressType ?? one.family;
  const preservesIp = input.PreserveClientIp ?? one.preservesIp;
  checkFamily(need(call, idKinds.subnet, one.subnetId, "subnetId"), family, preservesIp);
  if (input.SecurityGroupIds) {
    checkGroups(call, one.vpcId, input.SecurityGroupIds);
    if (input.SecurityGroupIds.length === 0) throw invalidValue("An endpoint needs at least one security group");
    setInterfaceGroups(call, one.interfaceId, input.SecurityGroupIds);
    one.groups = [...input.SecurityGroupIds];
  }
  one.family = family;
  one.preservesIp = preservesIp;
  one.modifiedAt = call.now;
  return { Return: true };
};

const remove: Handler<DeleteInstanceConnectEndpointRequest, DeleteInstanceConnectEndpointResult> = (input, call) => {
  const one = need(call, idKinds.connectEndpoint, input.InstanceConnectEndpointId, "instanceConnectEndpointId");
  if (one.deletedAt === undefined) {
    one.deletedAt = call.now;
    call.later(timeFor(call, one.id, timing.connectEndpointDeleted), "ec2:connectEndpointGone", { id: one.id });
  }
  return { InstanceConnectEndpoint: describe(call, one) };
};

function gone({ id }: { readonly id: string }, call: Call): void {
  const one = connectEndpoints(call).get(id);
  if (!one) return;
  deleteManagedInterface(call, one.interfaceId);
  connectEndpoints(call).delete(id);
  dropTags(call, id);
}

function needAlive(call: Call, id: string | undefined): ConnectEndpointRecord {
  return need(call, idKinds.connectEndpoint, id, "instanceConnectEndpointId");
}

type State = "create-in-progress" | "create-complete" | "update-in-progress" | "update-complete" | "delete-in-progress";

function stateOf(call: Call, one: ConnectEndpointRecord): State {
  if (one.deletedAt !== undefined) return "delete-in-progress";
  if (one.modifiedAt !== undefined)
    return call.now < one.modifiedAt + timing.connectEndpointModified ? "update-in-progress" : "update-complete";
  return call.now < one.createdAt + timeFor(call, one.id, timing.connectEndpointAvailable) ? "create-in-progress" : "create-complete";
}

const describeEndpoints: Handler<DescribeInstanceConnectEndpointsRequest, DescribeInstanceConnectEndpointsResult> = (input, call) => {
  const { found, NextToken } = list<ConnectEndpointRecord>(call, input, {
    records: connectEndpoints(call).values(),
    ids: { kind: idKinds.connectEndpoint, given: input.InstanceConnectEndpointIds, parameter: "instanceConnectEndpointId" },
    pages: [1, 50],
    filters: {
      "instance-connect-endpoint-id": (one) => one.id,
      state: (one) => stateOf(call, one),
      "subnet-id": (one) => one.subnetId,
      "vpc-id": (one) => one.vpcId,
    },
  });
  return { NextToken, InstanceConnectEndpoints: found.map((one) => describe(call, one)) };
};

function describe(call: Call, one: ConnectEndpointRecord): Ec2InstanceConnectEndpoint {
  const name = `${one.id}.${one.id.slice(-8)}`;
  return {
    OwnerId: call.account,
    InstanceConnectEndpointId: one.id,
    InstanceConnectEndpointArn: arn(call, "instance-connect-endpoint", one.id),
    State: stateOf(call, one) as "create-complete",
    DnsName: `${name}.ec2-instance-connect-endpoint.${call.region}.amazonaws.com`,
    FipsDnsName: `${name}.fips.ec2-instance-connect-endpoint.${call.region}.amazonaws.com`,
    NetworkInterfaceIds: interfaces(call).has(one.interfaceId) ? [one.interfaceId] : [],
    VpcId: one.vpcId,
    AvailabilityZone: one.zone,
    CreatedAt: new Date(one.createdAt),
    SubnetId: one.subnetId,
    PreserveClientIp: one.preservesIp,
    SecurityGroupIds: [...one.groups],
    IpAddressType: one.family as "ipv4",
    Tags: tagList(call, one.id),
  };
}

export const connectEndpointOperations: Record<string, Handler> = {
  CreateInstanceConnectEndpoint: create,
  DeleteInstanceConnectEndpoint: remove,
  DescribeInstanceConnectEndpoints: describeEndpoints,
  ModifyInstanceConnectEndpoint: modify,
};

export const connectEndpointTransitions = { connectEndpointGone: gone };
