/** DB subnet groups: subnets of one VPC in two or more zones. An instance in the group prevents its deletion. */
import type {
  CreateDBSubnetGroupMessage,
  DBSubnetGroup,
  DeleteDBSubnetGroupMessage,
  DescribeDBSubnetGroupsMessage,
  ModifyDBSubnetGroupMessage,
} from "@aws-sdk/client-rds";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { interfaces, subnets as ec2Subnets, vpcs, type SubnetRecord } from "../ec2/state.ts";
import { invalidValue, noSubnetGroup, required } from "./faults.ts";
import { arn, nameOf, subnetGroupName } from "./names.ts";
import { clusters, instances, quota, subnetGroups, type SubnetGroupRecord } from "./state.ts";
import { newTags } from "./tags.ts";

export const subnetGroupOperations: Readonly<Record<string, Handler>> = {
  CreateDBSubnetGroup(input: CreateDBSubnetGroupMessage, call) {
    const name = subnetGroupName(input.DBSubnetGroupName);
    const description = required(input.DBSubnetGroupDescription, "DBSubnetGroupDescription");
    if (subnetGroups.get(call, name)) throw new AwsFault("DBSubnetGroupAlreadyExists", `The DB subnet group '${name}' already exists.`);
    if (subnetGroups.all(call).length >= quota(call, "subnetGroups"))
      throw new AwsFault(
        "DBSubnetGroupQuotaExceeded",
        "The request would result in the user exceeding the allowed number of DB subnet groups.",
      );
    const subnets = coveringSubnets(call, input.SubnetIds);
    const record: SubnetGroupRecord = {
      name,
      vpcId: subnets[0]!.vpcId,
      description,
      subnetIds: subnets.map((subnet) => subnet.id),
      tags: newTags(input.Tags),
    };
    subnetGroups.set(call, name, record);
    return { DBSubnetGroup: describeSubnetGroup(record, call) };
  },

  DescribeDBSubnetGroups(input: DescribeDBSubnetGroupsMessage, call) {
    if (input.DBSubnetGroupName !== undefined)
      return { DBSubnetGroups: [describeSubnetGroup(needSubnetGroup(call, input.DBSubnetGroupName), call)] };
    const all = subnetGroups.all(call).filter(({ name }) => call.sees(subnetGroups.key(name), "id"));
    const { items, next } = page(call, all, input, {
      key: ({ name }) => subnetGroups.key(name),
      min: 20,
      max: 100,
      size: 100,
      names: "rds",
    });
    return { DBSubnetGroups: items.map((one) => describeSubnetGroup(one, call)), ...next };
  },

  ModifyDBSubnetGroup(input: ModifyDBSubnetGroupMessage, call) {
    const record = needSubnetGroup(call, input.DBSubnetGroupName);
    const subnets = coveringSubnets(call, input.SubnetIds);
    if (subnets[0]!.vpcId !== record.vpcId)
      throw new AwsFault("InvalidSubnet", "The new subnets are not in the same VPC as the existing subnet group");
    const kept = new Set(subnets.map((subnet) => subnet.id));
    for (const instance of instances.all(call))
      for (const id of instance.subnetGroup === record.name ? instance.interfaceIds : []) {
        const { subnetId } = interfaces(call).get(id) ?? {};
        if (subnetId !== undefined && !kept.has(subnetId))
          throw new AwsFault("SubnetAlreadyInUse", `The DB subnet ${subnetId} is already in use by ${instance.id}.`);
      }
    record.subnetIds = [...kept];
    if (input.DBSubnetGroupDescription !== undefined) record.description = input.DBSubnetGroupDescription;
    return { DBSubnetGroup: describeSubnetGroup(record, call) };
  },

  DeleteDBSubnetGroup(input: DeleteDBSubnetGroupMessage, call) {
    const record = needSubnetGroup(call, input.DBSubnetGroupName);
    const user = instances.all(call).find(({ subnetGroup }) => subnetGroup === record.name);
    if (user)
      throw new AwsFault(
        "InvalidDBSubnetGroupStateFault",
        `Cannot delete the subnet group '${record.name}' because at least one database instance: ${user.id} is still using it.`,
      );
    const cluster = clusters.all(call).find(({ subnetGroup }) => subnetGroup === record.name);
    if (cluster)
      throw new AwsFault(
        "InvalidDBSubnetGroupStateFault",
        `Cannot delete the subnet group '${record.name}' because at least one database cluster: ${cluster.id} is still using it.`,
      );
    subnetGroups.delete(call, record.name);
    return {};
  },
};

export function needSubnetGroup(call: Call, name: string | undefined): SubnetGroupRecord {
  const wanted = nameOf(required(name, "DBSubnetGroupName"));
  const found = subnetGroups.get(call, wanted);
  if (!found || !call.sees(subnetGroups.key(wanted), "id")) throw noSubnetGroup(wanted);
  return found;
}

/** The group for an instance that names none: the subnets of the default VPC. */
export function defaultSubnetGroup(call: Call): SubnetGroupRecord {
  const known = subnetGroups.get(call, "default");
  if (known) return known;
  const vpc = [...vpcs(call).values()].find(({ isDefault }) => isDefault);
  if (!vpc) throw invalidValue("No default subnet detected in VPC. Please contact AWS Support to recreate default Subnets.");
  const subnetIds = [...ec2Subnets(call).values()]
    .filter((subnet) => subnet.vpcId === vpc.id && subnet.defaultForAz)
    .map((subnet) => subnet.id);
  const record: SubnetGroupRecord = { name: "default", vpcId: vpc.id, description: "default", subnetIds, tags: {} };
  subnetGroups.set(call, "default", record);
  return record;
}

export function describeSubnetGroup(record: SubnetGroupRecord, call: Call): DBSubnetGroup {
  return {
    DBSubnetGroupName: record.name,
    DBSubnetGroupDescription: record.description,
    VpcId: record.vpcId,
    SubnetGroupStatus: "Complete",
    DBSubnetGroupArn: arn(call, "subgrp", record.name),
    SupportedNetworkTypes: ["IPV4"],
    Subnets: record.subnetIds.map((id) => ({
      SubnetIdentifier: id,
      SubnetAvailabilityZone: { Name: ec2Subnets(call).get(id)?.zone ?? "" },
      SubnetOutpost: {},
      SubnetStatus: "Active",
    })),
  };
}

function coveringSubnets(call: Call, ids: readonly string[] | undefined): SubnetRecord[] {
  const wanted = [...new Set(required(ids, "SubnetIds"))];
  if (wanted.length > quota(call, "subnetsPerGroup"))
    throw new AwsFault(
      "DBSubnetQuotaExceededFault",
      "The request would result in the user exceeding the allowed number of subnets in a DB subnet group.",
    );
  const found = wanted.map((id) => {
    const subnet = ec2Subnets(call).get(id);
    if (!subnet || !call.sees(id, "id")) throw new AwsFault("InvalidSubnet", `Some input subnets in :[${wanted.join(", ")}] are invalid.`);
    return subnet;
  });
  if (new Set(found.map((subnet) => subnet.vpcId)).size > 1)
    throw new AwsFault("InvalidSubnet", "The DB subnet group's subnets must all be in the same VPC.");
  const zones = [...new Set(found.map((subnet) => subnet.zone))];
  if (zones.length < 2)
    throw new AwsFault(
      "DBSubnetGroupDoesNotCoverEnoughAZs",
      `The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: ${zones.join(", ")}. Add subnets to cover at least 2 AZs.`,
    );
  return found;
}
