/** The tagged resources of all services: ARN, tags, and the key under which the store remembers their changes. */
import type { Call } from "../../model.ts";
import { typeSchema } from "@plumbline/aws-types";
import { objects, tagsOf } from "../cloudcontrol/state.ts";
import { certificates } from "../acm/state.ts";
import { alarms } from "../cloudwatch/alarms.ts";
import { idKinds } from "../ec2/ids.ts";
import { tags as ec2Tags } from "../ec2/state.ts";
import { accessPoints, arnOf as arnOfEfs, fileSystems } from "../efs/state.ts";
import { arn as cacheArn } from "../elasticache/names.ts";
import * as caches from "../elasticache/state.ts";
import { listeners, loadBalancers, rules, targetGroups } from "../elbv2/state.ts";
import { arn as rdsArn } from "../rds/names.ts";
import {
  blueGreens,
  clusterParameterGroups,
  clusters,
  clusterSnapshots,
  eventSubscriptions,
  instances,
  optionGroups,
  parameterGroups,
  proxies,
  snapshots,
  subnetGroups,
} from "../rds/state.ts";
import { arnOf as arnOfLogGroup, logGroups } from "../logs/state.ts";
import { zones } from "../route53/state.ts";
import { keys } from "../kms/state.ts";
import { buckets } from "../s3/state.ts";
import { secrets } from "../secretsmanager/state.ts";
import { topics } from "../sns/state.ts";
import { parametersOf } from "../ssm-parameters.ts";

export interface TaggedResource {
  readonly arn: string;
  readonly key: string;
  readonly tags: Readonly<Record<string, string>>;
}

export function taggedResources(call: Call): readonly TaggedResource[] {
  const all = [...ofEc2(call), ...ofBalancing(call), ...ofRds(call), ...ofCaches(call), ...ofOthers(call), ...ofTypes(call)];
  return all.filter(({ tags }) => Object.keys(tags).length > 0);
}

const typeByPrefix = new Map(Object.values(idKinds).map(({ prefix, type }) => [prefix, type]));

function ofEc2(call: Call): TaggedResource[] {
  return [...ec2Tags(call)].map(([id, tags]) => {
    const type = typeByPrefix.get(id.slice(0, id.lastIndexOf("-"))) ?? "unknown";
    return { arn: `arn:${call.partition}:ec2:${call.region}:${call.account}:${type}/${id}`, key: id, tags };
  });
}

function ofBalancing(call: Call): TaggedResource[] {
  const tables = [loadBalancers(call), targetGroups(call), listeners(call), rules(call)];
  return tables.flatMap((table) => [...table.values()].map(({ arn, tags }) => ({ arn, key: arn, tags })));
}

function ofRds(call: Call): TaggedResource[] {
  const one = (type: Parameters<typeof rdsArn>[1], key: string, name: string, tags: TaggedResource["tags"]) => ({
    arn: rdsArn(call, type, name),
    key,
    tags,
  });
  return [
    ...instances.all(call).map(({ id, tags }) => one("db", instances.key(id), id, tags)),
    ...blueGreens.all(call).map(({ id, tags }) => one("deployment", blueGreens.key(id), id, tags)),
    ...subnetGroups.all(call).map(({ name, tags }) => one("subgrp", subnetGroups.key(name), name, tags)),
    ...parameterGroups.all(call).map(({ name, tags }) => one("pg", parameterGroups.key(name), name, tags)),
    ...optionGroups.all(call).map(({ name, tags }) => one("og", optionGroups.key(name), name, tags)),
    ...eventSubscriptions.all(call).map(({ name, tags }) => one("es", eventSubscriptions.key(name), name, tags)),
    ...snapshots.all(call).map(({ id, tags }) => one("snapshot", snapshots.key(id), id, tags)),
    ...clusters.all(call).map(({ id, tags }) => one("cluster", clusters.key(id), id, tags)),
    ...clusterParameterGroups.all(call).map(({ name, tags }) => one("cluster-pg", clusterParameterGroups.key(name), name, tags)),
    ...clusterSnapshots.all(call).map(({ id, tags }) => one("cluster-snapshot", clusterSnapshots.key(id), id, tags)),
    ...proxies.all(call).map(({ id, name, tags }) => one("db-proxy", proxies.key(name), id, tags)),
  ];
}

/**
 * Caches with tags. A group that is being created is left out, because it is not known whether AWS
 * shows it. Its tags are also on its nodes.
 */
function ofCaches(call: Call): TaggedResource[] {
  const { cacheClusters, replicationGroups, serverlessCaches, subnetGroups, parameterGroups, snapshots } = caches;
  const groups = replicationGroups.all(call).filter(({ status }) => status !== "creating" && status !== "create-failed");
  return [
    ...groups.map(({ id, tags }) => ({ arn: cacheArn(call, "replicationgroup", id), key: replicationGroups.key(id), tags })),
    ...groups.flatMap(({ id, members, tags }) =>
      members.map((node) => ({ arn: cacheArn(call, "cluster", node.id), key: replicationGroups.key(id), tags })),
    ),
    ...cacheClusters
      .all(call)
      .filter(({ status }) => status !== "creating")
      .map(({ id, tags }) => ({ arn: cacheArn(call, "cluster", id), key: cacheClusters.key(id), tags })),
    ...serverlessCaches
      .all(call)
      .filter(({ status }) => status !== "creating")
      .map(({ name, tags }) => ({ arn: cacheArn(call, "serverlesscache", name), key: serverlessCaches.key(name), tags })),
    ...subnetGroups.all(call).map(({ name, tags }) => ({ arn: cacheArn(call, "subnetgroup", name), key: subnetGroups.key(name), tags })),
    ...parameterGroups
      .all(call)
      .map(({ name, tags }) => ({ arn: cacheArn(call, "parametergroup", name), key: parameterGroups.key(name), tags })),
    ...snapshots.all(call).map(({ name, tags }) => ({ arn: cacheArn(call, "snapshot", name), key: snapshots.key(name), tags })),
  ];
}

/** Objects of Cloud Control, of types with tags. */
function ofTypes(call: Call): TaggedResource[] {
  return [...objects(call).values()].map((record) => {
    const { tagProperty = "/properties/Tags" } = typeSchema(record.type)?.tagging ?? {};
    return { arn: record.arn, key: record.arn, tags: tagsOf(record, tagProperty.replace("/properties/", "")) };
  });
}

function ofOthers(call: Call): TaggedResource[] {
  // Hosted zones have no region; only the index of us-east-1 has them.
  const ofZones = call.region === "us-east-1" ? [...zones(call).values()] : [];
  return [
    ...ofZones.map(({ id, tags }) => ({ arn: `arn:${call.partition}:route53:::hostedzone/${id}`, key: id, tags })),
    ...[...topics(call).values()].map(({ arn, tags }) => ({ arn, key: arn, tags })),
    ...[...logGroups(call).values()].map(({ name, tags }) => ({ arn: arnOfLogGroup(call, name), key: name, tags })),
    ...[...buckets(call).values()].map(({ name, tags }) => ({ arn: `arn:${call.partition}:s3:::${name}`, key: name, tags })),
    ...[...certificates(call).values()].map(({ arn, tags }) => ({ arn, key: arn, tags })),
    ...[...keys(call).values()].map(({ id, arn, tags }) => ({ arn, key: id, tags })),
    ...[...fileSystems(call).values()].map(({ id, tags }) => ({ arn: arnOfEfs(call, "file-system", id), key: id, tags })),
    ...[...accessPoints(call).values()].map(({ id, tags }) => ({ arn: arnOfEfs(call, "access-point", id), key: id, tags })),
    ...[...secrets(call).values()].map(({ arn, tags }) => ({ arn, key: arn, tags })),
    ...[...alarms(call).values()].map(({ arn, name, tags }) => ({ arn, key: name, tags })),
    ...[...parametersOf(call).values()].map(({ name, tags }) => ({
      arn: `arn:${call.partition}:ssm:${call.region}:${call.account}:parameter${name.startsWith("/") ? "" : "/"}${name}`,
      key: name,
      tags,
    })),
  ];
}
