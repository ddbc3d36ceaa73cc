/** Database proxies, each with its one target group, which is created with it, and the registered targets. */
import type {
  CreateDBProxyRequest,
  DBProxy,
  DBProxyTarget,
  DBProxyTargetGroup,
  DeleteDBProxyRequest,
  DeregisterDBProxyTargetsRequest,
  DescribeDBProxiesRequest,
  DescribeDBProxyTargetGroupsRequest,
  DescribeDBProxyTargetsRequest,
  ModifyDBProxyRequest,
  ModifyDBProxyTargetGroupRequest,
  RegisterDBProxyTargetsRequest,
  UserAuthConfig,
} from "@aws-sdk/client-rds";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { hash32 } from "../../random.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { createManagedInterface, deleteManagedInterface, setInterfaceGroups } from "../ec2/interfaces.ts";
import { subnets as ec2Subnets } from "../ec2/state.ts";
import { secrets } from "../secretsmanager/state.ts";
import { invalidState, invalidValue, noCluster, noInstance, required } from "./faults.ts";
import { identifier } from "./names.ts";
import { chooseGroups } from "./network.ts";
import { clusters, instances, proxies, type ProxyRecord } from "./state.ts";
import { newTags } from "./tags.ts";
import { timeFor } from "./timing.ts";

const families: Readonly<Record<string, { readonly engines: RegExp; readonly port: number }>> = {
  MYSQL: { engines: /^(mysql|mariadb|aurora-mysql)$/, port: 3306 },
  POSTGRESQL: { engines: /^(postgres|aurora-postgresql)$/, port: 5432 },
  SQLSERVER: { engines: /^sqlserver-/, port: 1433 },
};

/** The quota of proxies (Amazon RDS User Guide, "Quotas and constraints for Amazon RDS"). */
const mostProxies = 20;

export const proxyOperations: Readonly<Record<string, Handler>> = {
  CreateDBProxy(input: CreateDBProxyRequest, call) {
    refuseUnknown(
      call,
      input,
      [
        "DBProxyName",
        "EngineFamily",
        "Auth",
        "RoleArn",
        "VpcSubnetIds",
        "VpcSecurityGroupIds",
        "RequireTLS",
        "IdleClientTimeout",
        "DebugLogging",
        "Tags",
      ],
      { DefaultAuthScheme: "NONE", EndpointNetworkType: "IPV4", TargetConnectionNetworkType: "IPV4" },
    );
    const name = identifier(input.DBProxyName, "DBProxyName", 63);
    if (proxies.get(call, name)) throw nameTaken(name);
    if (proxies.all(call).length >= mostProxies)
      throw new AwsFault("DBProxyQuotaExceededFault", "Your account already has the maximum number of proxies in this Region.");
    const family = required(input.EngineFamily, "EngineFamily");
    if (!Object.hasOwn(families, family)) throw invalidValue(`Invalid engine family: ${family as string}`);
    const auth = checkAuth(call, input.Auth);
    checkRole(call, required(input.RoleArn, "RoleArn"));
    const subnets = [...new Set(required(input.VpcSubnetIds?.length ? input.VpcSubnetIds : undefined, "VpcSubnetIds"))].map((id) => {
      const subnet = ec2Subnets(call).get(id);
      if (!subnet || !call.sees(id, "id")) throw new AwsFault("InvalidSubnet", `The requested subnet is invalid: ${id}`);
      return subnet;
    });
    if (new Set(subnets.map(({ vpcId }) => vpcId)).size > 1)
      throw new AwsFault("InvalidSubnet", "The subnets are not all in the same VPC.");
    if (new Set(subnets.map(({ zone }) => zone)).size < 2)
      throw new AwsFault("InvalidSubnet", "At least two subnets in different Availability Zones are required.");
    const vpcId = subnets[0]!.vpcId;
    const securityGroups = chooseGroups(call, vpcId, input.VpcSecurityGroupIds);
    const tags = newTags(input.Tags);
    const record: ProxyRecord = {
      name,
      id: call.id("prx"),
      createdAt: call.now,
      status: "creating",
      family,
      vpcId,
      subnetIds: subnets.map(({ id }) => id),
      securityGroups,
      interfaceIds: subnets.map(
        ({ id }) =>
          createManagedInterface(call, {
            subnetId: id,
            groups: securityGroups,
            description: "Network interface for DBProxy",
            requesterId: "amazon-rds",
            publicAddress: false,
          }).id,
      ),
      auth,
      roleArn: input.RoleArn!,
      requireTls: input.RequireTLS ?? false,
      idle: checkIdle(input.IdleClientTimeout ?? 1800),
      debug: input.DebugLogging ?? false,
      pool: { max: 100, idlePercent: family === "SQLSERVER" ? 5 : 50, borrow: 120, pinning: [] },
      targets: [],
      tags,
    };
    proxies.set(call, name, record);
    call.later(timeFor(call, record.id, "proxyCreated"), "rds:proxyReady", { name, id: record.id });
    return { DBProxy: describe(record, call) };
  },

  DescribeDBProxies(input: DescribeDBProxiesRequest, call) {
    if (input.DBProxyName !== undefined) return { DBProxies: [describe(needProxy(call, input.DBProxyName), call)] };
    const all = proxies.all(call).filter(({ name }) => call.sees(proxies.key(name), "id"));
    const { items, next } = page(call, all, input, { key: ({ name }) => proxies.key(name), min: 20, max: 100, size: 100, names: "rds" });
    return { DBProxies: items.map((one) => describe(one, call)), ...next };
  },

  ModifyDBProxy(input: ModifyDBProxyRequest, call) {
    refuseUnknown(
      call,
      input,
      ["DBProxyName", "NewDBProxyName", "Auth", "RequireTLS", "IdleClientTimeout", "DebugLogging", "RoleArn", "SecurityGroups"],
      { DefaultAuthScheme: "NONE" },
    );
    const record = needAvailable(call, input.DBProxyName);
    // Terraform's provider sends the present name of the proxy with every change.
    const name = input.NewDBProxyName === undefined ? record.name : identifier(input.NewDBProxyName, "NewDBProxyName", 63);
    if (name !== record.name && proxies.get(call, name)) throw nameTaken(name);
    if (input.Auth !== undefined) record.auth = checkAuth(call, input.Auth);
    if (input.RoleArn !== undefined) {
      checkRole(call, input.RoleArn);
      record.roleArn = input.RoleArn;
    }
    if (input.RequireTLS !== undefined) record.requireTls = input.RequireTLS;
    if (input.IdleClientTimeout !== undefined) record.idle = checkIdle(input.IdleClientTimeout);
    if (input.DebugLogging !== undefined) record.debug = input.DebugLogging;
    if (input.SecurityGroups?.length) {
      record.securityGroups = chooseGroups(call, record.vpcId, input.SecurityGroups);
      for (const id of record.interfaceIds) setInterfaceGroups(call, id, record.securityGroups);
    }
    if (name !== record.name) {
      proxies.delete(call, record.name);
      record.name = name;
      proxies.set(call, name, record);
    }
    record.status = "modifying";
    call.later(timeFor(call, record.id, "adjusted"), "rds:proxyReady", { name: record.name, id: record.id });
    return { DBProxy: describe(record, call) };
  },

  /** Deletes a proxy with its target group and targets. */
  DeleteDBProxy(input: DeleteDBProxyRequest, call) {
    const record = needProxy(call, input.DBProxyName);
    if (record.status === "creating" || record.status === "deleting") throw stateFault(record);
    record.status = "deleting";
    call.later(timeFor(call, record.id, "proxyDeleted"), "rds:proxyGone", { name: record.name, id: record.id });
    return { DBProxy: describe(record, call) };
  },

  DescribeDBProxyTargetGroups(input: DescribeDBProxyTargetGroupsRequest, call) {
    return { TargetGroups: [describeGroup(needProxy(call, input.DBProxyName), call)] };
  },

  /** Changes the connection pool. The two percentages are checked against each other (RDS API, ConnectionPoolConfiguration). */
  ModifyDBProxyTargetGroup(input: ModifyDBProxyTargetGroupRequest, call) {
    // The group `default` cannot be renamed (RDS API, ModifyDBProxyTargetGroup).
    refuseUnknown(call, input, ["DBProxyName", "TargetGroupName", "ConnectionPoolConfig"], { NewName: "default" });
    const record = needAvailable(call, input.DBProxyName);
    checkGroup(input.TargetGroupName);
    const { MaxConnectionsPercent, MaxIdleConnectionsPercent, ConnectionBorrowTimeout, SessionPinningFilters, InitQuery } =
      input.ConnectionPoolConfig ?? {};
    const max = MaxConnectionsPercent ?? record.pool.max;
    const idlePercent = MaxIdleConnectionsPercent ?? Math.min(record.pool.idlePercent, max);
    if (max < 1 || max > 100 || idlePercent < 0 || idlePercent > max)
      throw invalidValue("MaxIdleConnectionsPercent is between 0 and MaxConnectionsPercent, and this is between 1 and 100.");
    if (MaxConnectionsPercent !== undefined && MaxIdleConnectionsPercent === undefined && record.pool.idlePercent > max)
      throw invalidValue("If you specify MaxConnectionsPercent, then you must also include a value for MaxIdleConnectionsPercent.");
    const borrow = ConnectionBorrowTimeout ?? record.pool.borrow;
    if (borrow < 0 || borrow > 300) throw invalidValue("ConnectionBorrowTimeout is between 0 and 300.");
    const initQuery = InitQuery ?? record.pool.initQuery;
    record.pool = {
      max,
      idlePercent,
      borrow,
      pinning: SessionPinningFilters ?? record.pool.pinning,
      ...(initQuery === undefined || initQuery === "" ? {} : { initQuery }),
    };
    return { DBProxyTargetGroup: describeGroup(record, call) };
  },

  RegisterDBProxyTargets(input: RegisterDBProxyTargetsRequest, call) {
    const record = needAvailable(call, input.DBProxyName);
    checkGroup(input.TargetGroupName);
    const added = namedIn(input);
    if (added.length === 0) throw invalidValue("Specify DBInstanceIdentifiers or DBClusterIdentifiers.");
    for (const target of added) {
      if (record.targets.some((one) => one.type === target.type && one.id === target.id))
        throw new AwsFault("DBProxyTargetAlreadyRegisteredFault", `${target.id} is registered already.`);
      checkTarget(call, record, target);
    }
    if (record.targets.length + added.length > 1)
      throw new AwsFault("InvalidDBProxyStateFault", "A target group has one database: deregister the one that it has.");
    record.targets.push(...added);
    return { DBProxyTargets: targetsOf(record, call) };
  },

  DeregisterDBProxyTargets(input: DeregisterDBProxyTargetsRequest, call) {
    const record = needProxy(call, input.DBProxyName);
    checkGroup(input.TargetGroupName);
    for (const target of namedIn(input)) {
      if (!record.targets.some((one) => one.type === target.type && one.id === target.id))
        throw new AwsFault("DBProxyTargetNotFoundFault", `${target.id} is not registered.`, 404);
      record.targets = record.targets.filter((one) => one.type !== target.type || one.id !== target.id);
    }
    return {};
  },

  DescribeDBProxyTargets(input: DescribeDBProxyTargetsRequest, call) {
    return { Targets: targetsOf(needProxy(call, input.DBProxyName), call) };
  },
};

interface Of {
  readonly name: string;
  readonly id: string;
}

export const proxyTransitions = {
  proxyReady(of: Of, call: Call) {
    const found = same(call, of);
    if (found && found.status !== "deleting") found.status = "available";
  },

  proxyGone(of: Of, call: Call) {
    const found = same(call, of);
    if (!found) return;
    for (const id of found.interfaceIds) call.later(timeFor(call, id, "interfacesLinger"), "rds:proxyInterfaceGone", { id });
    proxies.delete(call, found.name);
  },

  proxyInterfaceGone({ id }: { id: string }, call: Call) {
    deleteManagedInterface(call, id);
  },
};

function same(call: Call, { name, id }: Of): ProxyRecord | undefined {
  const found = proxies.get(call, name);
  return found?.id === id ? found : undefined;
}

function needProxy(call: Call, name: string | undefined): ProxyRecord {
  const wanted = required(name, "DBProxyName").toLowerCase();
  const found = proxies.get(call, wanted);
  if (!found || !call.sees(proxies.key(wanted), "id")) throw new AwsFault("DBProxyNotFoundFault", `DB Proxy not found: ${wanted}`, 404);
  return found;
}

function needAvailable(call: Call, name: string | undefined): ProxyRecord {
  const found = needProxy(call, name);
  if (found.status !== "available") throw stateFault(found);
  return found;
}

function nameTaken(name: string): AwsFault {
  return new AwsFault("DBProxyAlreadyExistsFault", `DB Proxy already exists with name ${name}`);
}

function stateFault({ name, status }: ProxyRecord): AwsFault {
  return new AwsFault("InvalidDBProxyStateFault", `DB Proxy ${name} is ${status}, and not in a valid state.`);
}

function checkGroup(name: string | undefined): void {
  if (name !== undefined && name !== "default")
    throw new AwsFault("DBProxyTargetGroupNotFoundFault", `Target group ${name} not found.`, 404);
}

function checkAuth(call: Call, auth: readonly UserAuthConfig[] | undefined): UserAuthConfig[] {
  const given = required(auth?.length ? auth : undefined, "Auth");
  for (const { AuthScheme = "SECRETS", SecretArn, IAMAuth = "DISABLED" } of given) {
    if (AuthScheme !== "SECRETS") throw invalidValue(`Invalid authentication scheme: ${AuthScheme as string}`);
    if (!["DISABLED", "REQUIRED", "ENABLED"].includes(IAMAuth)) throw invalidValue(`Invalid IAMAuth: ${IAMAuth}`);
    const arn = required(SecretArn, "SecretArn");
    // Secrets that RDS manages are not in the sandbox's Secrets Manager.
    if (!arn.includes(":secret:rds!") && !secrets(call).has(arn)) throw invalidValue(`Invalid SecretArn ${arn}`);
  }
  return given.map((one) => ({ AuthScheme: "SECRETS", IAMAuth: "DISABLED", ...one }));
}

function checkRole(call: Call, arn: string): void {
  if (!call.exists("role", arn))
    throw invalidValue(`IAM role ARN value is invalid or does not include the required permissions for: RDS Proxy (${arn})`);
}

function checkIdle(seconds: number): number {
  if (seconds < 1 || seconds > 28_800) throw invalidValue("IdleClientTimeout is between 1 and 28800.");
  return seconds;
}

type Target = ProxyRecord["targets"][number];

function namedIn(input: RegisterDBProxyTargetsRequest): Target[] {
  return [
    ...(input.DBInstanceIdentifiers ?? []).map((id): Target => ({ type: "RDS_INSTANCE", id: id.toLowerCase() })),
    ...(input.DBClusterIdentifiers ?? []).map((id): Target => ({ type: "TRACKED_CLUSTER", id: id.toLowerCase() })),
  ];
}

/** Checks a target. In some states a database cannot be registered (aws-cdk #31304). */
function checkTarget(call: Call, { family, vpcId }: ProxyRecord, { type, id }: Target): void {
  const found = type === "RDS_INSTANCE" ? instances.get(call, id) : clusters.get(call, id);
  if (!found) throw type === "RDS_INSTANCE" ? noInstance(id) : noCluster(id);
  if (!families[family]!.engines.test(found.engine)) throw invalidValue(`The engine ${found.engine} is not of the family ${family}.`);
  if (found.vpcId !== vpcId) throw invalidValue(`${id} is not in the VPC ${vpcId} of the proxy.`);
  if (!["available", "modifying", "backing-up", "creating"].includes(found.status))
    throw invalidState(
      `DB Instance ${id} is in an unsupported state - ${found.status.toUpperCase().replaceAll("-", "_")}, needs to be in [AVAILABLE, MODIFYING, BACKING_UP, CREATING]`,
    );
}

function describe(record: ProxyRecord, call: Call): DBProxy {
  const account = hash32(`${call.account}/${call.region}`).toString(36).padStart(12, "0");
  return {
    DBProxyName: record.name,
    DBProxyArn: proxyArn(record, call),
    Status: record.status as "available",
    EngineFamily: record.family,
    VpcId: record.vpcId,
    VpcSecurityGroupIds: [...record.securityGroups],
    VpcSubnetIds: [...record.subnetIds],
    DefaultAuthScheme: "NONE",
    Auth: record.auth.map((one) => ({ ...one })),
    RoleArn: record.roleArn,
    Endpoint: `${record.name}.proxy-${account}.${call.region}.rds.amazonaws.com`,
    RequireTLS: record.requireTls,
    IdleClientTimeout: record.idle,
    DebugLogging: record.debug,
    CreatedDate: new Date(record.createdAt),
    UpdatedDate: new Date(record.createdAt),
    EndpointNetworkType: "IPV4",
    TargetConnectionNetworkType: "IPV4",
  };
}

function proxyArn({ id }: Pick<ProxyRecord, "id">, call: Call): string {
  return `arn:${call.partition}:rds:${call.region}:${call.account}:db-proxy:${id}`;
}

function describeGroup(record: ProxyRecord, call: Call): DBProxyTargetGroup {
  const { max, idlePercent, borrow, pinning, initQuery } = record.pool;
  return {
    DBProxyName: record.name,
    TargetGroupName: "default",
    TargetGroupArn: `arn:${call.partition}:rds:${call.region}:${call.account}:target-group:${record.id.replace(/^prx-/, "prx-tg-")}`,
    IsDefault: true,
    Status: record.status,
    ConnectionPoolConfig: {
      MaxConnectionsPercent: max,
      MaxIdleConnectionsPercent: idlePercent,
      ConnectionBorrowTimeout: borrow,
      SessionPinningFilters: [...pinning],
      ...(initQuery === undefined ? {} : { InitQuery: initQuery }),
    },
    CreatedDate: new Date(record.createdAt),
    UpdatedDate: new Date(record.createdAt),
  };
}

/** The targets in AWS's form: a cluster is shown with each of its instances. */
function targetsOf(record: ProxyRecord, call: Call): DBProxyTarget[] {
  const port = families[record.family]!.port;
  return record.targets.flatMap((target): DBProxyTarget[] => {
    if (target.type === "RDS_INSTANCE")
      return [{ Type: "RDS_INSTANCE", RdsResourceId: target.id, Port: port, TargetHealth: { State: "AVAILABLE" } }];
    const members = instances.all(call).filter(({ clusterId }) => clusterId === target.id);
    return [
      { Type: "TRACKED_CLUSTER", RdsResourceId: target.id, Port: port },
      ...members.map(({ id }): DBProxyTarget => ({
        Type: "RDS_INSTANCE",
        RdsResourceId: id,
        TrackedClusterId: target.id,
        Port: port,
        TargetHealth: { State: "AVAILABLE" },
      })),
    ];
  });
}
