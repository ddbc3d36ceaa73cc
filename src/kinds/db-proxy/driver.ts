import type { ConnectionPoolConfiguration, DBProxy as AwsProxy, DBProxyTarget, UserAuthConfig } from "@aws-sdk/client-rds";
import type { Aws } from "../../aws/aws.ts";
import { hasCode, isNotFound } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import type { Changes, Driver, Live, Member, Run, Tags } from "../kind.ts";
import { isAskedFor } from "../shared/asked-for.ts";
import { networksOf } from "../shared/lookup.ts";
import type { Listed } from "../shared/marked-description.ts";
import { filled, withoutUndefined } from "../shared/rds/fields.ts";
import { deleteWhenTaken, rdsReads, whenTaken } from "../shared/rds/objects.ts";
import { rdsTagging, rdsTagsOf } from "../shared/rds/tagging.ts";
import { defaults, type DbProxy } from "./schema.ts";

type Sdk = typeof import("../../aws/sdk/rds.ts");

export interface Handle {
  readonly arn: string;
  readonly status: string;
}

type LiveProxy = Live<DbProxy, Handle>;
type ProxyRun = Run<DbProxy, Handle>;

const busy = { codes: ["InvalidDBProxyStateFault", "InvalidDBProxyState"], limit: 1800, poll: 15 };

export function driver(rds: Sdk): Driver<DbProxy, Handle> {
  return {
    ...rdsReads({ kind: "dbProxy", all, one, told, read }),

    async within(aws, found) {
      const networks = new Set(networksOf(found));
      const members: Member[] = [];
      if (networks.size > 0)
        for await (const { DBProxyName: id, VpcId = "" } of all(aws))
          if (networks.has(VpcId)) members.push({ id: id!, what: `database proxy ${id} in ${VpcId}` });
      return members;
    },

    async create(aws, request, identity) {
      await aws.rds(
        new rds.CreateDBProxyCommand({
          DBProxyName: identity.name,
          EngineFamily: request.engineFamily,
          Auth: authSent(request.auth),
          RoleArn: request.role,
          VpcSubnetIds: [...request.subnets],
          VpcSecurityGroupIds: filled(request.securityGroups),
          RequireTLS: request.requireTls ?? defaults.requireTls,
          IdleClientTimeout: request.idleClientTimeout,
          DebugLogging: request.debugLogging,
          Tags: tagList(identity.tags),
        }),
        { once: true },
      );
      return identity.name;
    },

    async update(aws, stage, found, request, changes, run) {
      if (stage === "pool") return setPool(aws, found, request, run);
      if (stage === "target") return setTarget(aws, found.id, request, run);
      await whenTaken(found.id, run, busy, () =>
        aws.rds(new rds.ModifyDBProxyCommand({ DBProxyName: found.id, ...settings(request, changes) })),
      );
      await run.wait(`${found.id} to be modified`, busy.limit, (now) => now === undefined || now.handle.status === "available");
    },

    async delete(aws, found, run) {
      if (found.state === "deleting") return;
      const { id } = found;
      const send = () => aws.rds(new rds.DeleteDBProxyCommand({ DBProxyName: id }));
      await deleteWhenTaken(id, run, busy, send, async () => (await one(aws, id))?.Status);
    },

    tag: (aws, found, set, remove) => rdsTagging(aws, found.handle.arn, set, remove),

    /** Reads the health of the targets. A wrong secret or a closed port shows only here. */
    async details(aws, lives) {
      const told = lives.map(async ({ id }) => {
        const targets = await targetsOf(aws, id);
        const parts = targets.map(({ RdsResourceId = "", Type, TargetHealth: health }) => ({
          id: RdsResourceId,
          text: [Type === "TRACKED_CLUSTER" ? "cluster" : "instance", health?.State, health?.Reason, health?.Description]
            .filter(Boolean)
            .join(" · "),
        }));
        return [id, { parts }] as const;
      });
      return new Map(await Promise.all(told));
    },
  };

  async function* all(aws: Aws): AsyncIterable<AwsProxy> {
    for await (const page of aws.rds.pages(rds.DescribeDBProxiesCommand, { MaxRecords: 100 })) yield* page.DBProxies ?? [];
  }

  async function one(aws: Aws, DBProxyName: string): Promise<AwsProxy | undefined> {
    return (await unlessGone(aws.rds(new rds.DescribeDBProxiesCommand({ DBProxyName }))))?.DBProxies?.[0];
  }

  async function targetsOf(aws: Aws, DBProxyName: string): Promise<DBProxyTarget[]> {
    const found: DBProxyTarget[] = [];
    const pages = aws.rds.pages(rds.DescribeDBProxyTargetsCommand, { DBProxyName, TargetGroupName: "default" });
    try {
      for await (const page of pages) found.push(...(page.Targets ?? []));
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    return found;
  }

  /** Tags, pool and target need calls of their own. */
  async function read(aws: Aws, found: AwsProxy): Promise<LiveProxy | undefined> {
    const DBProxyName = found.DBProxyName!;
    const tags = await rdsTagsOf(aws, found.DBProxyArn!);
    if (tags === undefined) return undefined;
    const [groups, targets] = await Promise.all([
      unlessGone(aws.rds(new rds.DescribeDBProxyTargetGroupsCommand({ DBProxyName }))),
      targetsOf(aws, DBProxyName),
    ]);
    return live(found, tags, groups?.TargetGroups?.find(({ IsDefault }) => IsDefault)?.ConnectionPoolConfig, targets);
  }

  /** AWS checks the percentages against each other, so all of them are sent (RDS API, ConnectionPoolConfiguration). */
  async function setPool(aws: Aws, found: LiveProxy, request: DbProxy, run: ProxyRun): Promise<void> {
    const pool = { ...found.spec.connectionPool, ...request.connectionPool };
    await whenTaken(found.id, run, busy, () =>
      aws.rds(
        new rds.ModifyDBProxyTargetGroupCommand({
          DBProxyName: found.id,
          TargetGroupName: "default",
          ConnectionPoolConfig: {
            MaxConnectionsPercent: pool.maxConnectionsPercent,
            MaxIdleConnectionsPercent: pool.maxIdleConnectionsPercent,
            ConnectionBorrowTimeout: pool.connectionBorrowTimeout,
            SessionPinningFilters: pool.sessionPinningFilters && [...pool.sessionPinningFilters],
            InitQuery: pool.initQuery,
          },
        }),
      ),
    );
  }

  /**
   * Sets the one database of the proxy; the old one is removed first. In some passing states a database accepts no proxy, so the call is
   * repeated (aws-cdk #31304).
   */
  async function setTarget(aws: Aws, DBProxyName: string, request: DbProxy, run: ProxyRun): Promise<void> {
    const wanted = request.dbInstance ?? request.dbCluster;
    const type = request.dbInstance === undefined ? "TRACKED_CLUSTER" : "RDS_INSTANCE";
    const have = (await targetsOf(aws, DBProxyName)).filter(isRegistered);
    const isWanted = (one: DBProxyTarget) => one.Type === type && one.RdsResourceId === wanted;
    for (const old of have)
      if (!isWanted(old))
        await unlessGone(
          aws.rds(
            new rds.DeregisterDBProxyTargetsCommand({ DBProxyName, TargetGroupName: "default", ...namedAs(old.Type, old.RdsResourceId!) }),
          ),
        );
    if (wanted === undefined || have.some(isWanted)) return;
    await run.until(`${DBProxyName} to accept ${wanted}`, 3600, 15, async () => {
      try {
        await aws.rds(new rds.RegisterDBProxyTargetsCommand({ DBProxyName, TargetGroupName: "default", ...namedAs(type, wanted) }));
        return true;
      } catch (error) {
        if (hasCode(error, "DBProxyTargetAlreadyRegisteredFault", "DBProxyTargetAlreadyRegistered")) return true;
        if (hasCode(error, "InvalidDBInstanceState", "InvalidDBClusterStateFault", ...busy.codes)) return false;
        throw error;
      }
    });
  }
}

/** Whether somebody registered the target. The instances of a cluster come with the cluster. */
function isRegistered({ Type, TrackedClusterId }: DBProxyTarget): boolean {
  return Type === "TRACKED_CLUSTER" || (Type === "RDS_INSTANCE" && TrackedClusterId === undefined);
}

function namedAs(type: string | undefined, id: string) {
  return type === "TRACKED_CLUSTER" ? { DBClusterIdentifiers: [id] } : { DBInstanceIdentifiers: [id] };
}

function settings(request: DbProxy, changes: Changes<DbProxy>) {
  return {
    ...(changes.auth && { Auth: authSent(request.auth) }),
    ...(changes.role && { RoleArn: request.role }),
    ...(changes.requireTls && { RequireTLS: request.requireTls ?? defaults.requireTls }),
    ...(changes.idleClientTimeout?.after !== undefined && { IdleClientTimeout: changes.idleClientTimeout.after }),
    ...(changes.debugLogging?.after !== undefined && { DebugLogging: changes.debugLogging.after }),
    ...(changes.securityGroups?.after?.length && { SecurityGroups: [...changes.securityGroups.after] }),
  };
}

/** AWS takes the whole list each time (RDS API, ModifyDBProxy). */
function authSent(auth: DbProxy["auth"]): UserAuthConfig[] {
  return auth.map(({ login, iamAuth, clientPasswordAuthType, description }) => ({
    AuthScheme: "SECRETS",
    SecretArn: login,
    IAMAuth: iamAuth ?? "DISABLED",
    ClientPasswordAuthType: clientPasswordAuthType,
    Description: description,
  }));
}

function told({ DBProxyName: name, DBProxyArn: arn }: AwsProxy): Listed {
  return { name: name!, arn: arn!, description: undefined };
}

function live(found: AwsProxy, tags: Tags, pool: ConnectionPoolConfiguration | undefined, targets: readonly DBProxyTarget[]): LiveProxy {
  const status = found.Status ?? "creating";
  const registered = targets.filter(isRegistered);
  const target = (type: string) => registered.find(({ Type }) => Type === type)?.RdsResourceId;
  return {
    id: found.DBProxyName!,
    aliases: [found.DBProxyArn!],
    tags,
    name: found.DBProxyName!,
    owner: found.DBProxyArn!.split(":")[4],
    state: stateOf(status),
    isUnderWay: isAskedFor(status),
    spec: {
      engineFamily: found.EngineFamily as DbProxy["engineFamily"],
      dbInstance: target("RDS_INSTANCE"),
      dbCluster: target("TRACKED_CLUSTER"),
      subnets: found.VpcSubnetIds ?? [],
      securityGroups: found.VpcSecurityGroupIds ?? [],
      role: found.RoleArn,
      auth: (found.Auth ?? []).map(({ SecretArn, IAMAuth, ClientPasswordAuthType, Description }) =>
        withoutUndefined({
          login: SecretArn!,
          iamAuth: IAMAuth ?? "DISABLED",
          clientPasswordAuthType: ClientPasswordAuthType,
          description: Description || undefined,
        }),
      ),
      requireTls: found.RequireTLS ?? false,
      idleClientTimeout: found.IdleClientTimeout,
      debugLogging: found.DebugLogging ?? false,
      ...(pool && {
        connectionPool: withoutUndefined({
          maxConnectionsPercent: pool.MaxConnectionsPercent,
          maxIdleConnectionsPercent: pool.MaxIdleConnectionsPercent,
          connectionBorrowTimeout: pool.ConnectionBorrowTimeout,
          sessionPinningFilters: pool.SessionPinningFilters ?? [],
          initQuery: pool.InitQuery || undefined,
        }),
      }),
    } as Partial<DbProxy>,
    handle: { arn: found.DBProxyArn!, status },
    outputs: withoutUndefined<Record<string, string>>({ arn: found.DBProxyArn, endpoint: found.Endpoint, status }) as Readonly<
      Record<string, string>
    >,
    ...(found.CreatedDate ? { createdAt: found.CreatedDate.toISOString() } : {}),
    ...(status !== "available" && { status }),
  };
}

/** The states of RDS API, DBProxy: Status. A suspended proxy resumes by itself when it is used. */
function stateOf(status: string): LiveProxy["state"] {
  if (status === "available" || status === "suspended") return "ready";
  if (status === "deleting") return "deleting";
  return status === "incompatible-network" || status === "insufficient-resource-limits" ? { failed: status } : "pending";
}
