import type { DBCluster, DBInstance } from "@aws-sdk/client-rds";
import type { Aws } from "../../aws/aws.ts";
import { ownership, tagsOf } from "../../resource/ownership.ts";
import type { AwsId, Driver, Kind, Member as Found, Scope } from "../kind.ts";
import { isInScope } from "../shared/in-scope.ts";
import { networksOf } from "../shared/lookup.ts";
import { finalSnapshotMark } from "../shared/final-snapshot.ts";
import { rdsTagging } from "../shared/rds/tagging.ts";
import { isNewer } from "../shared/rds/versions.ts";
import { authored } from "./authored.ts";
import { check } from "./checks.ts";
import { create } from "./create.ts";
import { drawn } from "./drawn.ts";
import { foreign } from "./foreign.ts";
import { iam } from "./iam.ts";
import { isOurs, memberTags } from "./members.ts";
import { modify } from "./modify.ts";
import { network } from "./network.ts";
import type { Handle, LiveCluster } from "./live.ts";
import { isOurKind, live } from "./observe.ts";
import { preflight } from "./preflight.ts";
import { remove } from "./remove.ts";
import { fields, runbook } from "./rules.ts";
import { engines, isRestored, schema, type DbCluster } from "./schema.ts";
import { snapshotsOf } from "./snapshots.ts";
import { dbClusterCodes } from "./codes.ts";

export type { DbCluster } from "./schema.ts";

export const dbCluster: Kind<DbCluster, Handle> = {
  name: "dbCluster",
  section: "dbClusters",
  file: "data",
  doc: "A database cluster: Aurora MySQL or PostgreSQL with its instances, or a Multi-AZ cluster of RDS. It holds data: it is never replaced, and deleted only when `allowDestroy` names it.",
  wanted: ["endpoint", "readerEndpoint", "port"],
  outputs: {
    arn: "The ARN.",
    endpoint: "The host name of the writer.",
    readerEndpoint: "The host name for the readers, each in turn, or for the writer if there are none.",
    port: { doc: "The port.", type: "number", changesWith: ["port"] },
    secret: { doc: "The ARN of the secret with the master password, if RDS manages it.", changesWith: ["masterPassword"] },
    resourceId: "The resource id, for IAM policies for database users.",
  },
  foreign,
  codes: dbClusterCodes,
  schema,
  fields,
  stages: [
    { name: "create" },
    {
      name: "settings",
      // One call makes all changes. The fields that are left to the first stage can only be chosen at creation.
      fields: [
        "engineVersion",
        "serverlessV2Scaling",
        "instanceClass",
        "storageType",
        "allocatedStorage",
        "iops",
        "securityGroups",
        "port",
        "parameterGroup",
        "backupRetention",
        "backupWindow",
        "maintenanceWindow",
        "autoMinorVersionUpgrade",
        "backtrackWindow",
        "httpEndpoint",
        "localWriteForwarding",
        "performanceInsights",
        "performanceInsightsRetention",
        "performanceInsightsKmsKey",
        "databaseInsightsMode",
        "monitoringInterval",
        "monitoringRole",
        "logExports",
        "iamAuthentication",
        "masterPassword",
        "copyTagsToSnapshot",
        "deletionProtection",
        "applyImmediately",
      ],
    },
    { name: "instances", fields: ["instances"] },
  ],
  create: "name",
  naming: {
    max: 52,
    forbidden: /[^A-Za-z0-9-]/,
    lower: true,
    whyNot: (name) =>
      /^[A-Za-z](-?[A-Za-z0-9])*$/.test(name)
        ? undefined
        : "it must begin with a letter, and must not contain two consecutive hyphens or end with a hyphen",
  },
  neverReplaced: runbook,
  dataLoss: "data",
  waits: {
    create: { typical: 180, limit: 3600, limitOf: (spec) => (isRestored(spec) ? 4 * 3600 : 3600) },
    delete: { typical: 900, limit: 7200 },
    poll: 15,
  },
  tagIndex: { type: "rds:cluster", idOf: (arn) => arn.split(":").at(-1)! },
  // Clusters of our engines in the whole account, and the instances of our clusters.
  readCost: (n) => Math.max(1, Math.ceil(n.account / 100)) + (n.ours > 0 ? 1 : 0),
  iam,
  // The create call also sends references of a later stage, so the referenced objects must exist before.
  after: ({ spec: { securityGroups = [], parameterGroup, performanceInsightsKmsKey: key, instances = {} } }) =>
    [...securityGroups, parameterGroup, key, ...Object.values(instances).map((member) => member.parameterGroup)].filter(
      (one) => typeof one === "string",
    ),
  check,
  network,
  marks: (spec) => finalSnapshotMark(spec.finalSnapshot),
  notes: (_self, found, resolved) => {
    const [runs, declared] = [found.spec.engineVersion, resolved.engineVersion];
    if (runs === undefined || declared === undefined || !isNewer(runs, declared)) return [];
    return [`runs ${runs}, newer than the declared ${declared}: AWS upgraded it, and a downgrade is not possible`];
  },
  authored,
  drawn,
  load: async () => driver(await import("../../aws/sdk/rds.ts")),
};

function driver(rds: typeof import("../../aws/sdk/rds.ts")): Driver<DbCluster, Handle> {
  return {
    async *list(aws, scope) {
      const all = scope.candidates ? await described(aws, "db-cluster-id", scope.candidates) : await described(aws, "engine", engines);
      yield* await withMembers(
        aws,
        all.filter((found) => isInScope(tagsOf(found.TagList), scope)),
        scope,
      );
    },

    async get(aws, ids, scope) {
      const found = await withMembers(aws, await described(aws, "db-cluster-id", ids), scope);
      return new Map(found.map((one) => [one.id, one]));
    },

    /** A cluster shows the name of its subnet group, but not its VPC. */
    async within(aws, found) {
      const networks = new Set(networksOf(found));
      if (networks.size === 0) return [];
      const inside = new Map<string, string>();
      for await (const page of aws.rds.pages(rds.DescribeDBSubnetGroupsCommand, { MaxRecords: 100 }))
        for (const { DBSubnetGroupName = "", VpcId = "" } of page.DBSubnetGroups ?? [])
          if (networks.has(VpcId)) inside.set(DBSubnetGroupName, VpcId);
      const members: Found[] = [];
      for (const { DBClusterIdentifier: id, DBSubnetGroup = "", Engine } of await described(aws, "engine", engines)) {
        const vpc = inside.get(DBSubnetGroup);
        if (vpc !== undefined) members.push({ id: id!, what: `database cluster ${id} (${Engine}) in ${vpc}` });
      }
      return members;
    },

    create,
    update: modify,
    delete: remove,

    /** Tags the cluster and its instances. The instances have the ownership tags and the tags of the YAML, like the cluster. */
    async tag(aws, found, set, unset) {
      const own = found.handle.members.filter((member) => isOurs(member, found.tags));
      // The ownership tags of the cluster are removed last: if a run dies in between, the next one still finds the instances.
      for (const { arn } of own)
        await rdsTagging(
          aws,
          arn,
          memberTags(set),
          unset.filter((key) => !key.startsWith("infra:") || isOwnerKey(key)),
        );
      await rdsTagging(aws, found.handle.arn, set, unset);
    },

    async claim(aws, found, _field, keys, identity) {
      for (const { arn, key } of found.handle.members) if (keys.includes(key)) await rdsTagging(aws, arn, memberTags(identity.tags), []);
    },

    async named(aws, names) {
      const found = await described(aws, "db-cluster-id", names);
      return new Map<string, AwsId>(found.map(({ DBClusterIdentifier: id }) => [id!, id!]));
    },

    async blockers(_aws, lives) {
      return new Map(
        lives.map((one) => [
          one.id,
          one.handle.members
            .filter((member) => !isOurs(member, one.tags))
            .map(({ id, status }) => ({ id, what: `instance ${id} (${status}), which infra did not make`, holder: id })),
        ]),
      );
    },

    preflight,
    details: snapshotsOf,

    async find(aws, tags) {
      const all = await described(aws, "engine", engines);
      return all
        .filter((found) => Object.entries(tags).every(([key, value]) => tagsOf(found.TagList)[key] === value))
        .map(({ DBClusterIdentifier }) => DBClusterIdentifier!);
    },
  };

  /** The filter for engines keeps Neptune and DocumentDB out of the pages. The answer is checked all the same. */
  async function described(aws: Aws, filter: "engine" | "db-cluster-id", values: readonly string[]): Promise<DBCluster[]> {
    const all: DBCluster[] = [];
    const wanted = new Set(values);
    const Filters = [{ Name: filter, Values: [...values] }];
    if (values.length > 0)
      for await (const page of aws.rds.pages(rds.DescribeDBClustersCommand, { Filters, MaxRecords: 100 }))
        for (const found of page.DBClusters ?? [])
          if (isOurKind(found) && (filter === "engine" || wanted.has(found.DBClusterIdentifier!))) all.push(found);
    return all;
  }

  /** One listing returns the instances of all clusters. */
  async function withMembers(aws: Aws, found: readonly DBCluster[], scope: Scope): Promise<LiveCluster[]> {
    const members = new Map<string, DBInstance[]>(found.map(({ DBClusterIdentifier }) => [DBClusterIdentifier!, []]));
    const Filters = [{ Name: "db-cluster-id", Values: [...members.keys()] }];
    if (found.length > 0)
      for await (const page of aws.rds.pages(rds.DescribeDBInstancesCommand, { Filters, MaxRecords: 100 }))
        for (const one of page.DBInstances ?? []) members.get(one.DBClusterIdentifier ?? "")?.push(one);
    return found.map((one) => live(one, members.get(one.DBClusterIdentifier!)!, scope));
  }
}

function isOwnerKey(key: string): boolean {
  return key === ownership.project || key === ownership.environment || key === ownership.resource;
}
