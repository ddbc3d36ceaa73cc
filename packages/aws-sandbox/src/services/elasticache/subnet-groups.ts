/** Cache subnet groups: subnets of one VPC. A cache in the group prevents its deletion. */
import type {
  CacheSubnetGroup,
  CreateCacheSubnetGroupMessage,
  DeleteCacheSubnetGroupMessage,
  DescribeCacheSubnetGroupsMessage,
  ModifyCacheSubnetGroupMessage,
} from "@aws-sdk/client-elasticache";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { interfaces, subnets as ec2Subnets, type SubnetRecord } from "../ec2/state.ts";
import { invalidValue, noSubnetGroup, required } from "./faults.ts";
import { arn } from "./names.ts";
import { cacheClusters, quota, replicationGroups, subnetGroups, type SubnetGroupRecord } from "./state.ts";
import { newTags } from "./tags.ts";

export const subnetGroupOperations: Readonly<Record<string, Handler>> = {
  CreateCacheSubnetGroup(input: CreateCacheSubnetGroupMessage, call) {
    const given = required(input.CacheSubnetGroupName, "CacheSubnetGroupName");
    // "Must contain no more than 255 alphanumeric characters or hyphens" (ElastiCache API, CreateCacheSubnetGroup).
    if (given.length > 255 || !/^[A-Za-z0-9-]+$/.test(given) || given.toLowerCase() === "default")
      throw invalidValue(`The parameter CacheSubnetGroupName is not a valid name: ${given}.`);
    const name = given.toLowerCase();
    const description = required(input.CacheSubnetGroupDescription, "CacheSubnetGroupDescription");
    if (subnetGroups.get(call, name)) throw new AwsFault("CacheSubnetGroupAlreadyExists", `Cache subnet group ${name} already exists.`);
    if (subnetGroups.all(call).length >= quota(call, "subnetGroups"))
      throw new AwsFault("CacheSubnetGroupQuotaExceeded", "The request would exceed the allowed number of cache subnet groups.");
    const subnets = checkedSubnets(call, input.SubnetIds);
    const record: SubnetGroupRecord = {
      name,
      vpcId: subnets[0]!.vpcId,
      description,
      subnetIds: subnets.map(({ id }) => id),
      tags: newTags(input.Tags),
    };
    subnetGroups.set(call, name, record);
    return { CacheSubnetGroup: describe(record, call) };
  },

  DescribeCacheSubnetGroups(input: DescribeCacheSubnetGroupsMessage, call) {
    if (input.CacheSubnetGroupName !== undefined)
      return { CacheSubnetGroups: [describe(needSubnetGroup(call, input.CacheSubnetGroupName), call)] };
    const all = subnetGroups.all(call).filter(({ name }) => call.sees(subnetGroups.key(name), "id"));
    const key = ({ name }: SubnetGroupRecord) => subnetGroups.key(name);
    const { items, next } = page(call, all, input, { key, min: 20, max: 100, size: 100, names: "rds" });
    return { CacheSubnetGroups: items.map((one) => describe(one, call)), ...next };
  },

  /** Changes a subnet group. Both parts are optional, unlike in RDS. */
  ModifyCacheSubnetGroup(input: ModifyCacheSubnetGroupMessage, call) {
    const record = needSubnetGroup(call, input.CacheSubnetGroupName);
    if (input.SubnetIds?.length) {
      const subnets = checkedSubnets(call, input.SubnetIds);
      if (subnets[0]!.vpcId !== record.vpcId)
        throw new AwsFault("InvalidSubnet", "The new subnets are not in the same VPC as the existing subnet group.");
      const kept = new Set(subnets.map(({ id }) => id));
      for (const { id, cards } of usersOf(call, record))
        for (const interfaceId of cards) {
          const { subnetId } = interfaces(call).get(interfaceId) ?? {};
          if (subnetId !== undefined && !kept.has(subnetId))
            throw new AwsFault("SubnetInUse", `The subnet ID ${subnetId} is in use by the cache ${id}.`);
        }
      record.subnetIds = [...kept];
    }
    if (input.CacheSubnetGroupDescription !== undefined) record.description = input.CacheSubnetGroupDescription;
    return { CacheSubnetGroup: describe(record, call) };
  },

  DeleteCacheSubnetGroup(input: DeleteCacheSubnetGroupMessage, call) {
    const record = needSubnetGroup(call, input.CacheSubnetGroupName);
    const [user] = usersOf(call, record);
    if (user)
      throw new AwsFault("CacheSubnetGroupInUse", `Cache subnet group ${record.name} is currently in use by a cache cluster: ${user.id}.`);
    subnetGroups.delete(call, record.name);
    return {};
  },
};

export function needSubnetGroup(call: Call, name: string | undefined): SubnetGroupRecord {
  const wanted = required(name, "CacheSubnetGroupName").toLowerCase();
  const found = subnetGroups.get(call, wanted);
  if (!found || !call.sees(subnetGroups.key(wanted), "id")) throw noSubnetGroup(wanted);
  return found;
}

/** The caches in a subnet group, with their interfaces. */
function usersOf(call: Call, { name }: SubnetGroupRecord): { readonly id: string; readonly cards: readonly string[] }[] {
  const groups = replicationGroups.all(call).map(({ id, subnetGroup, members }) => ({ id, subnetGroup, nodes: members }));
  const clusters = cacheClusters.all(call).map(({ id, subnetGroup, nodes }) => ({ id, subnetGroup, nodes }));
  return [...groups, ...clusters]
    .filter(({ subnetGroup }) => subnetGroup === name)
    .map(({ id, nodes }) => ({ id, cards: nodes.map(({ interfaceId }) => interfaceId) }));
}

function describe(record: SubnetGroupRecord, call: Call): CacheSubnetGroup {
  return {
    CacheSubnetGroupName: record.name,
    CacheSubnetGroupDescription: record.description,
    VpcId: record.vpcId,
    ARN: arn(call, "subnetgroup", record.name),
    SupportedNetworkTypes: ["ipv4"],
    Subnets: record.subnetIds.map((id) => ({
      SubnetIdentifier: id,
      SubnetAvailabilityZone: { Name: ec2Subnets(call).get(id)?.zone ?? "" },
      SupportedNetworkTypes: ["ipv4"],
    })),
  };
}

function checkedSubnets(call: Call, ids: readonly string[] | undefined): SubnetRecord[] {
  const wanted = [...new Set(required(ids?.length ? ids : undefined, "SubnetIds"))];
  if (wanted.length > quota(call, "subnetsPerGroup"))
    throw new AwsFault("CacheSubnetQuotaExceededFault", "The request would exceed the allowed number of subnets in a cache subnet group.");
  const found = wanted.map((id) => {
    const subnet = ec2Subnets(call).get(id);
    if (!subnet || !call.sees(id, "id")) throw new AwsFault("InvalidSubnet", `Some input subnets in :[${wanted.join(", ")}] are invalid.`);
    return subnet;
  });
  if (new Set(found.map(({ vpcId }) => vpcId)).size > 1)
    throw new AwsFault("InvalidSubnet", "The cache subnet group's subnets must all be in the same VPC.");
  return found;
}
