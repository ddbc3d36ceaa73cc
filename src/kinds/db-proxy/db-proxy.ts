import { needsIpv4 } from "../shared/network/ipv6-only.ts";
import type { Authored, Fields, Kind, Problem, ResourceIndex, Subject } from "../kind.ts";
import { passRole, roleArns, serviceRole } from "../../resource/iam.ts";
import { without } from "../shared/authored.ts";
import { refKey, vpcOfSubnet, vpcOfSubnets } from "../shared/network/network-index.ts";
import { atLeast } from "../shared/slots.ts";
import { tagsOfRds } from "../shared/rds/tagging.ts";
import type { Handle } from "./driver.ts";
import { foreign } from "./foreign.ts";
import { defaults, portOf, schema, type DbProxy } from "./schema.ts";
import { opensWhen, opensWithMore } from "../shared/urgency.ts";

const anew = "a new proxy with another endpoint is created under the same name, and clients are disconnected";

const fields: Fields<DbProxy> = {
  engineFamily: { change: "replace", because: `the engines can only be chosen at creation: ${anew}` },
  dbInstance: { change: "restart", whileGone: "free", because: "connections to the old database are closed", urgency: "traffic" },
  dbCluster: { change: "restart", whileGone: "free", because: "connections to the old database are closed", urgency: "traffic" },
  subnets: { change: "replace", as: "set", because: `a proxy cannot move to other subnets: ${anew}`, urgency: "traffic" },
  securityGroups: { change: "update", as: "set", whileGone: (left) => atLeast(1, left, "security group"), urgency: opensWithMore },
  role: { change: "update", urgency: "safety" },
  auth: { change: "update", late: true, same: isSameAuth, urgency: "safety" },
  requireTls: { change: "update", default: { value: defaults.requireTls, class: "create-only" }, urgency: opensWhen(false) },
  idleClientTimeout: { change: "update" },
  debugLogging: { change: "update", urgency: "safety" },
  connectionPool: { change: "update" },
};

export const dbProxy: Kind<DbProxy, Handle> = {
  name: "dbProxy",
  section: "dbProxies",
  doc: "An RDS proxy for an instance or a cluster: it pools the connections to the database and keeps client connections open during a failover. It logs in with secrets that it reads with a role.",
  wanted: ["endpoint"],
  outputs: { arn: "The ARN.", endpoint: "The host name that clients use instead of the database's." },
  foreign,
  schema,
  fields,
  stages: [
    { name: "create" },
    {
      name: "settings",
      sentWithCreate: true,
      fields: ["securityGroups", "role", "auth", "requireTls", "idleClientTimeout", "debugLogging"],
    },
    { name: "pool", fields: ["connectionPool"] },
    { name: "target", fields: ["dbInstance", "dbCluster"] },
  ],
  create: "name",
  naming: {
    max: 63,
    forbidden: /[^A-Za-z0-9-]/,
    lower: true,
    whyNot: (name) =>
      /^[A-Za-z](-?[A-Za-z0-9])*$/.test(name)
        ? undefined
        : "it must begin with a letter, and must not contain two consecutive hyphens or end with a hyphen",
  },
  replace: "delete-first",
  waits: { create: { typical: 390, limit: 1800 }, delete: { typical: 300, limit: 3600 }, poll: 15 },
  tagIndex: { type: "rds:db-proxy", inDoubt: true },
  // All proxies of the account. For those that may be ours: tags, pool and targets.
  readCost: (n) => Math.max(1, Math.ceil(n.account / 100)) + 3 * n.ours,
  iam: {
    read: ["rds:DescribeDBProxies", "rds:DescribeDBProxyTargetGroups", "rds:DescribeDBProxyTargets", "rds:ListTagsForResource"],
    write: [
      "rds:AddTagsToResource",
      "rds:CreateDBProxy",
      "rds:DeleteDBProxy",
      "rds:DeregisterDBProxyTargets",
      "rds:ModifyDBProxy",
      "rds:ModifyDBProxyTargetGroup",
      "rds:RegisterDBProxyTargets",
      "rds:RemoveTagsFromResource",
    ],
    remove: ["rds:DeleteDBProxy"],
    onlyFor: {
      "rds:DeregisterDBProxyTargets": ["dbInstance", "dbCluster"],
      "rds:ModifyDBProxyTargetGroup": ["connectionPool"],
      "rds:RegisterDBProxyTargets": ["dbInstance", "dbCluster"],
    },
    access: {
      "rds:AddTagsToResource": tagsOfRds("db-proxy:*"),
      "rds:CreateDBProxy": { made: ["*"] },
      "rds:DeleteDBProxy": { ours: ["db-proxy:*"] },
      "rds:DeregisterDBProxyTargets": { ours: ["db-proxy:*"], free: ["cluster:*", "db:*", "target-group:*"] },
      "rds:ModifyDBProxy": { ours: ["db-proxy:*"] },
      // AWS does not document whether a target group has the tags of its proxy.
      "rds:ModifyDBProxyTargetGroup": { free: ["target-group:*"] },
      "rds:RegisterDBProxyTargets": { free: ["db:*", "target-group:*"] },
    },
    implied: ({ spec: { role } }, index, place) => [
      passRole(roleArns(role, index, place), "rds.amazonaws.com"),
      serviceRole("rds.amazonaws.com"),
    ],
  },
  /** The create call also sends references of a later stage, so the referenced objects must exist before. */
  after: ({ spec: { securityGroups = [], role, auth = [] } }) =>
    [...securityGroups, role, ...auth.map(({ login }) => login)].filter((one) => typeof one === "string"),
  liesIn(spec, index) {
    const place = vpcOfSubnets(index, spec.subnets ?? []);
    return place === undefined ? undefined : { place, field: "subnets" };
  },
  check,
  /** It ends connections, so access to the proxy is no network access to the database (Amazon RDS User Guide, "Amazon RDS Proxy"). */
  network: ({ address, spec }) => {
    const port = portOf(spec.engineFamily);
    return [
      {
        is: "endpoint",
        id: address,
        subnets: (spec.subnets ?? []).map(refKey),
        firewalls: spec.securityGroups?.map(refKey) ?? "default",
        public: "no",
        listens: [{ protocol: "tcp", from: port, to: port }],
      },
    ];
  },
  authored,
  drawn: ({ spec }) => ({
    as: "bar",
    at: (spec.subnets ?? []).map(refKey),
    glyph: "database",
    sub: ["proxy", spec.engineFamily].filter(Boolean).join(" · "),
    chips: (spec.securityGroups ?? []).map(refKey),
    sends: [portOf(spec.engineFamily)],
  }),
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/rds.ts")),
};

/** Compares by secret, in any order. Members that are not written are AWS's choice. */
function isSameAuth(request: DbProxy["auth"], have: DbProxy["auth"] | undefined): boolean {
  if (have === undefined || request.length !== have.length) return false;
  return request.every((one) => {
    const other = have.find(({ login }) => login === one.login);
    if (other === undefined || (one.iamAuth ?? "DISABLED") !== other.iamAuth || one.description !== other.description) return false;
    return one.clientPasswordAuthType === undefined || one.clientPasswordAuthType === other.clientPasswordAuthType;
  });
}

/** Checks from the RDS API: CreateDBProxy, RegisterDBProxyTargets. */
function check({ spec }: Subject<DbProxy>, index: ResourceIndex): readonly Problem[] {
  const problems: Problem[] = [];
  if (spec.dbInstance !== undefined && spec.dbCluster !== undefined)
    problems.push({
      code: "conflict",
      path: "dbCluster",
      summary: "a proxy has only one database",
      hint: "remove dbInstance or dbCluster",
    });
  problems.push(
    ...needsIpv4(
      index,
      "a proxy",
      spec.subnets.map((subnet, i) => [`subnets[${i}]`, subnet]),
    ),
  );
  const vpcs = new Set(spec.subnets.map((subnet) => vpcOfSubnet(index, subnet)).filter((vpc) => vpc !== undefined));
  if (vpcs.size > 1) problems.push({ code: "db-network", path: "subnets", summary: "the subnets are in different VPCs" });
  const zones = spec.subnets.map((subnet) => index.get(refKey(subnet))?.spec.availabilityZone as string | undefined);
  if (!zones.includes(undefined) && new Set(zones).size < 2)
    problems.push({
      code: "db-zones",
      path: "subnets",
      summary: "a proxy needs subnets in at least two zones, and these are in one zone",
      hint: "add a subnet in another zone",
    });
  const [vpc] = vpcs;
  for (const [i, group] of (spec.securityGroups ?? []).entries()) {
    const other = index.get(refKey(group))?.spec.vpc;
    if (vpc !== undefined && other !== undefined && refKey(other) !== vpc)
      problems.push({
        code: "db-network",
        path: `securityGroups[${i}]`,
        summary: `${refKey(group)} is in ${refKey(other)}, and the subnets are in ${vpc}`,
      });
  }
  const database = index.get(refKey(spec.dbInstance ?? spec.dbCluster))?.spec as { engine?: string } | undefined;
  const wanted = familyOf(database?.engine);
  if (wanted !== undefined && wanted !== spec.engineFamily)
    problems.push({
      code: "conflict",
      path: "engineFamily",
      summary: `${refKey(spec.dbInstance ?? spec.dbCluster)} has the engine ${database?.engine}`,
      hint: `write ${wanted}`,
    });
  const most = spec.engineFamily === "SQLSERVER" ? 10 : 100;
  const { maxConnectionsPercent: max = most, maxIdleConnectionsPercent: idle = 0 } = spec.connectionPool ?? {};
  if (idle > max)
    problems.push({
      code: "bad-value",
      path: "connectionPool.maxIdleConnectionsPercent",
      summary: `maxIdleConnectionsPercent (${idle}) is greater than maxConnectionsPercent (${max})`,
    });
  const seen = new Set<string>();
  for (const [i, { login }] of spec.auth.entries()) {
    if (seen.has(refKey(login))) problems.push({ code: "conflict", path: `auth[${i}].login`, summary: `${refKey(login)} is listed twice` });
    seen.add(refKey(login));
  }
  return problems;
}

function familyOf(engine: string | undefined): DbProxy["engineFamily"] | undefined {
  if (engine === undefined) return undefined;
  if (/mysql|mariadb/.test(engine)) return "MYSQL";
  return /postgres/.test(engine) ? "POSTGRESQL" : undefined;
}

function authored(spec: Partial<DbProxy>): Authored<DbProxy> {
  const { auth, connectionPool, requireTls, ...rest } = spec;
  const pool =
    connectionPool &&
    without(connectionPool, {
      maxConnectionsPercent: 100,
      maxIdleConnectionsPercent: 50,
      connectionBorrowTimeout: 120,
      sessionPinningFilters: [],
    });
  return {
    spec: {
      ...without<DbProxy>(rest, { idleClientTimeout: 1800, debugLogging: false }),
      ...(requireTls === false ? { requireTls } : {}),
      ...(auth && { auth: auth.map((one) => without(one, { iamAuth: "DISABLED" }) as DbProxy["auth"][number]) }),
      ...(pool && Object.keys(pool).length > 0 ? { connectionPool: pool } : {}),
    } as Partial<DbProxy>,
  };
}
