import { authored } from "./authored.ts";
import { foreign } from "./foreign.ts";
import type { DBInstance } from "@aws-sdk/client-rds";
import type { Aws } from "../../aws/aws.ts";
import { tagsOf } from "../../resource/ownership.ts";
import { rdsTagging, tagsOfRds } from "../shared/rds/tagging.ts";
import { leaveGreen } from "./blue-green.ts";
import { check, vpcsOf } from "./checks.ts";
import { create } from "./create.ts";
import { preflight } from "./preflight.ts";
import { permissions } from "./iam.ts";
import { modify } from "./modify.ts";
import { isPlainInstance, live, type Handle } from "./observe.ts";
import { remove } from "./remove.ts";
import { peersOf } from "./replication.ts";
import { fields, runbook } from "./rules.ts";
import { engines, isReplica, isRestored, schema, type DbInstance } from "./schema.ts";
import { isAurora, type Engine } from "../shared/rds/engines.ts";
import { finalSnapshotMark } from "../shared/final-snapshot.ts";
import { snapshotsOf } from "./snapshots.ts";
import { isNewer } from "../shared/rds/versions.ts";
import { isInScope } from "../shared/in-scope.ts";
import { networksOf } from "../shared/lookup.ts";
import type { AwsId, Driver, Kind, Member, ResourceIndex } from "../kind.ts";
import { drawn } from "./drawn.ts";

export type { DbInstance } from "./schema.ts";
import { network } from "./network.ts";
import { textOf } from "../shared/told.ts";
import { dbInstanceCodes } from "./codes.ts";

export const dbInstance: Kind<DbInstance, Handle> = {
  name: "dbInstance",
  section: "dbInstances",
  file: "data",
  doc: "A MySQL, MariaDB or PostgreSQL database of RDS, or a read replica of one. It holds data: it is never replaced, and deleted only when `allowDestroy` names it.",
  wanted: ["endpoint", "port"],
  outputs: {
    arn: "The ARN.",
    endpoint: "The host name.",
    port: { doc: "The port.", type: "number", changesWith: ["port"] },
    zone: { doc: "The Availability Zone.", changesWith: "update" },
    secret: { doc: "The ARN of the secret with the master password, if RDS manages it.", changesWith: ["masterPassword"] },
    resourceId: { doc: "The resource id, for IAM policies for database users.", changesWith: ["blueGreenUpdate"] },
  },
  foreign,
  summary: ({ replicaOf, engine, engineVersion, instanceClass }) => ({
    line:
      replicaOf === undefined || replicaOf === "none"
        ? written(engine, engineVersion, instanceClass)
        : [`replica of ${textOf(replicaOf)}`, written(engineVersion, instanceClass)].filter(Boolean).join(", "),
    tells: ["replicaOf", "engine", "engineVersion", "instanceClass"],
  }),
  codes: dbInstanceCodes,
  schema,
  fields,
  stages: [
    { name: "create" },
    {
      name: "settings",
      sentWithCreate: true,
      // One call makes all changes. The fields that are left to the first stage can only be chosen at creation.
      fields: [
        "engineVersion",
        "instanceClass",
        "storageType",
        "allocatedStorage",
        "iops",
        "storageThroughput",
        "maxAllocatedStorage",
        "multiAz",
        "securityGroups",
        "port",
        "parameterGroup",
        "optionGroup",
        "backupRetention",
        "backupWindow",
        "maintenanceWindow",
        "autoMinorVersionUpgrade",
        "engineLifecycleSupport",
        "caCertificate",
        "performanceInsights",
        "performanceInsightsRetention",
        "performanceInsightsKmsKey",
        "databaseInsightsMode",
        "logExports",
        "iamAuthentication",
        "publiclyAccessible",
        "masterPassword",
        "copyTagsToSnapshot",
        "monitoringInterval",
        "monitoringRole",
        "deletionProtection",
        "applyImmediately",
        "blueGreenUpdate",
      ],
    },
  ],
  create: "name",
  naming: { max: 63, forbidden: /[^A-Za-z0-9-]/, lower: true },
  neverReplaced: runbook,
  // A replica holds a copy: losing it costs an instance, not data.
  dataLoss: (spec) => (isReplica(spec) ? "machine" : "data"),
  waits: {
    // A replica begins as a snapshot of its source, which takes hours for a large source.
    create: { typical: 480, limit: 2400, limitOf: (spec) => (isReplica(spec) || isRestored(spec) ? 4 * 3600 : 2400) },
    delete: { typical: 400, limit: 3600 },
    poll: 15,
  },
  tagIndex: { type: "rds:db", idOf: (arn) => arn.split(":").at(-1)! },
  // Instances of our engines in the whole account.
  readCost: (n) => Math.max(1, Math.ceil(n.account / 100)),
  iam: {
    read: ["rds:DescribeDBInstanceAutomatedBackups", "rds:DescribeDBInstances", "rds:DescribeDBSnapshots", "rds:ListTagsForResource"],
    write: [
      "rds:AddTagsToResource",
      "rds:CreateBlueGreenDeployment",
      "rds:CreateDBInstance",
      "rds:CreateDBInstanceReadReplica",
      "rds:DeleteBlueGreenDeployment",
      "rds:DeleteDBInstance",
      "rds:DescribeAccountAttributes",
      "rds:DescribeBlueGreenDeployments",
      "rds:DescribeOrderableDBInstanceOptions",
      "rds:ModifyDBInstance",
      "rds:PromoteReadReplica",
      "rds:RemoveTagsFromResource",
      "rds:RestoreDBInstanceFromDBSnapshot",
      "rds:RestoreDBInstanceToPointInTime",
      "rds:SwitchoverBlueGreenDeployment",
      "ec2:DescribeAccountAttributes",
      "ec2:DescribeAvailabilityZones",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcs",
    ],
    // A protected database is changed before it is deleted.
    remove: ["rds:DeleteDBInstance", "rds:ModifyDBInstance"],
    onlyFor: {
      "rds:CreateBlueGreenDeployment": ["blueGreenUpdate"],
      "rds:CreateDBInstance": ["engine"],
      "rds:CreateDBInstanceReadReplica": ["replicaOf"],
      "rds:DeleteBlueGreenDeployment": ["blueGreenUpdate"],
      "rds:DescribeBlueGreenDeployments": ["blueGreenUpdate"],
      "rds:SwitchoverBlueGreenDeployment": ["blueGreenUpdate"],
      "rds:DescribeDBInstanceAutomatedBackups": ["restoreToPointInTime"],
      "rds:RestoreDBInstanceFromDBSnapshot": ["snapshot"],
      "rds:RestoreDBInstanceToPointInTime": ["restoreToPointInTime"],
    },
    access: {
      "rds:AddTagsToResource": tagsOfRds("db:*"),
      "rds:CreateBlueGreenDeployment": { made: ["deployment:*"], ours: ["db:*"], free: ["pg:*"] },
      "rds:CreateDBInstance": { made: ["db:*"], free: ["og:*", "pg:*", "subgrp:*"] },
      "rds:CreateDBInstanceReadReplica": { made: ["db:*"], free: ["og:*", "pg:*", "subgrp:*"] },
      "rds:ModifyDBInstance": { ours: ["db:*"], free: ["og:*", "pg:*", "subgrp:*"] },
      "rds:RestoreDBInstanceFromDBSnapshot": { made: ["db:*"], free: ["og:*", "pg:*", "subgrp:*"] },
      "rds:RestoreDBInstanceToPointInTime": { made: ["db:*"], free: ["og:*", "pg:*", "subgrp:*"] },
    },
    implied: ({ spec }, index, place) => permissions(spec, index, place),
  },
  after: ({ address, spec }, index) => [...needed(spec), ...namedIn(spec, index), ...replicasOf(address, index)],
  check,
  network,
  marks: (spec) => (isReplica(spec) ? {} : finalSnapshotMark(spec.finalSnapshot)),
  notes: (_self, found, resolved) => {
    const [runs, declared] = [found.spec.engineVersion, resolved.engineVersion];
    if (runs === undefined || declared === undefined || !isNewer(runs, declared)) return [];
    return [`runs ${runs}, newer than the declared ${declared}: AWS upgraded it, and a downgrade is not possible`];
  },
  authored,
  drawn,
  load: async () => driver(await import("../../aws/sdk/rds.ts")),
};

/** The create call also sends references of a later stage, so the referenced objects must exist before. */
function needed({ securityGroups = [], parameterGroup, optionGroup, performanceInsightsKmsKey: key }: DbInstance): string[] {
  return [...securityGroups, parameterGroup, optionGroup, key].filter((one) => one !== undefined);
}

/** The VPCs that must come first: AWS makes a database public only where the VPC already has DNS host names. */
function namedIn(spec: DbInstance, index: ResourceIndex): readonly string[] {
  return spec.publiclyAccessible === true ? [...vpcsOf(spec, index)] : [];
}

/** The replicas of a database. Changes reach them first: MySQL and MariaDB refuse to upgrade a source whose replicas are older. */
function replicasOf(address: string, index: ResourceIndex): string[] {
  return index
    .of("dbInstance")
    .filter(({ spec }) => (spec as DbInstance).replicaOf === address)
    .map((replica) => replica.address);
}

function driver(rds: typeof import("../../aws/sdk/rds.ts")): Driver<DbInstance, Handle> {
  return {
    async *list(aws, scope) {
      const all = scope.candidates
        ? await withPeers(aws, await described(aws, "db-instance-id", scope.candidates))
        : await described(aws, "engine", engines);
      for (const found of all.values()) if (isInScope(tagsOf(found.TagList), scope)) yield live(found, scope, peersOf(found, all, scope));
    },

    async get(aws, ids, scope) {
      const found = await described(aws, "db-instance-id", ids);
      return new Map([...found].map(([id, one]) => [id, live(one, scope)]));
    },

    /**
     * Includes databases of other engines (Neptune, DocumentDB), which infra can name but not read. Instances of a cluster of ours are left
     * out, because the cluster stands for them.
     */
    async within(aws, found) {
      const networks = new Set(networksOf(found));
      const members: Member[] = [];
      if (networks.size > 0)
        for await (const page of aws.rds.pages(rds.DescribeDBInstancesCommand, { MaxRecords: 100 }))
          for (const one of page.DBInstances ?? []) {
            const { DBInstanceIdentifier: id, DBSubnetGroup, DBClusterIdentifier: cluster, Engine } = one;
            if (!networks.has(DBSubnetGroup?.VpcId ?? "")) continue;
            if (cluster !== undefined && isOfOurs(Engine)) continue;
            const more = isPlainInstance(one) ? "" : ` (${Engine}${cluster === undefined ? "" : `, of the cluster ${cluster}`})`;
            members.push({ id: id!, what: `database ${id}${more} in ${DBSubnetGroup?.VpcId}` });
          }
      return members;
    },

    create,
    update: (aws, _stage, found, request, changes, run) => modify(aws, found, request, changes, run),
    delete: async (aws, found, run) => remove(aws, await leaveGreen(aws, found, run), run),
    tag: (aws, found, set, unset) => rdsTagging(aws, found.handle.arn, set, unset),

    async named(aws, names) {
      const found = new Map<string, AwsId>();
      const Filters = [{ Name: "db-instance-id", Values: [...names] }];
      for await (const page of aws.rds.pages(rds.DescribeDBInstancesCommand, { Filters, MaxRecords: 100 }))
        for (const { DBInstanceIdentifier } of page.DBInstances ?? []) found.set(DBInstanceIdentifier!, DBInstanceIdentifier!);
      return found;
    },

    preflight,
    details: snapshotsOf,

    async find(aws, tags) {
      const matching: string[] = [];
      for await (const page of aws.rds.pages(rds.DescribeDBInstancesCommand, { MaxRecords: 100 }))
        for (const found of page.DBInstances ?? []) {
          const has = tagsOf(found.TagList);
          if (isPlainInstance(found) && Object.entries(tags).every(([key, value]) => has[key] === value))
            matching.push(found.DBInstanceIdentifier!);
        }
      return matching;
    },
  };

  /**
   * Reads databases by id. The filter for engines keeps Aurora, Neptune and DocumentDB out of the pages. The answer is checked all the
   * same.
   */
  async function described(aws: Aws, filter: "engine" | "db-instance-id", values: readonly string[]): Promise<Map<string, DBInstance>> {
    const all = new Map<string, DBInstance>();
    const Filters = [{ Name: filter, Values: [...values] }];
    if (values.length > 0)
      for await (const page of aws.rds.pages(rds.DescribeDBInstancesCommand, { Filters, MaxRecords: 100 }))
        for (const found of page.DBInstances ?? []) if (isPlainInstance(found)) all.set(found.DBInstanceIdentifier!, found);
    return all;
  }

  /** Adds the sources and replicas of these databases. They decide which changes are possible. */
  async function withPeers(aws: Aws, all: Map<string, DBInstance>): Promise<Map<string, DBInstance>> {
    const peers = [...all.values()].flatMap(({ ReadReplicaSourceDBInstanceIdentifier: source, ReadReplicaDBInstanceIdentifiers = [] }) => [
      ...(source === undefined || source.startsWith("arn:") ? [] : [source]),
      ...ReadReplicaDBInstanceIdentifiers.filter((id) => !id.startsWith("arn:")),
    ]);
    const missing = [...new Set(peers)].filter((id) => !all.has(id));
    return new Map([...all, ...(await described(aws, "db-instance-id", missing))]);
  }
}

/** Whether infra has a kind for clusters of the engine. */
function isOfOurs(engine: string | undefined): boolean {
  return isAurora(engine as Engine) || (engines as readonly string[]).includes(engine ?? "");
}

/** Joins the known facts of a database into one line. */
function written(...words: readonly unknown[]): string {
  return words.filter((word) => word !== undefined).join(" ");
}
