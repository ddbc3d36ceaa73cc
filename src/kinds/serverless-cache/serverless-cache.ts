import type { Fields, Kind, Problem, ResourceIndex, Subject } from "../kind.ts";
import { besides, namesOfCaches } from "../shared/cache/fields.ts";
import { tagsOfCaches } from "../shared/cache/tagging.ts";
import { finalSnapshotMark } from "../shared/final-snapshot.ts";
import { isSameKey } from "../shared/kms-keys.ts";
import { refKey, vpcOfSubnet, vpcOfSubnets } from "../shared/network/network-index.ts";
import { atLeast } from "../shared/slots.ts";
import { authored } from "./authored.ts";
import { driver } from "./driver.ts";
import { foreign } from "./foreign.ts";
import type { Handle } from "./observe.ts";
import { defaults, schema, type ServerlessCache } from "./schema.ts";
import { opensWithMore } from "../shared/urgency.ts";

const anew = "a new cache is created without the data, and the old one is deleted";

const fields: Fields<ServerlessCache> = {
  description: { change: "update", late: true },
  engine: {
    change: (was, now) => (was === "redis" && now === "valkey" ? "update" : "replace"),
    because: {
      update: "Redis OSS is changed to Valkey in place, which cannot be reverted",
      replace: `only Redis OSS can be changed to Valkey in place: ${anew}`,
    },
  },
  majorEngineVersion: {
    change: (was, now, { was: had, now: spec }) => (had.engine === spec.engine && Number(now) < Number(was) ? "replace" : "update"),
    because: { update: "an upgrade happens online and cannot be reverted", replace: `a cache cannot change to an older version: ${anew}` },
  },
  usageLimits: { change: "update", same: (request, have) => sameLimits(request, have) },
  subnets: { change: "replace", as: "set", because: `a cache cannot move to other subnets: ${anew}`, urgency: "traffic" },
  securityGroups: { change: "update", as: "set", whileGone: (left) => atLeast(1, left, "security group"), urgency: opensWithMore },
  kmsKey: {
    change: "replace",
    same: (request, have) => have !== undefined && isSameKey(request, have),
    because: `the key can only be chosen at creation: ${anew}`,
    urgency: "safety",
  },
  userGroup: { change: "update", because: "permissions to log in change at once; open connections are not closed", urgency: "safety" },
  snapshotRetention: { change: "update", urgency: "safety" },
  dailySnapshotTime: { change: "update", urgency: "safety" },
  finalSnapshot: { change: "never", default: { value: defaults.finalSnapshot, class: "create-only" } },
};

export const serverlessCache: Kind<ServerlessCache, Handle> = {
  name: "serverlessCache",
  section: "serverlessCaches",
  doc: "A serverless ElastiCache cache: Valkey, Redis OSS or Memcached that scales automatically, with TLS and without node types. It is deleted only when `allowDestroy` names it, with a final snapshot; a Memcached cache holds no lasting data.",
  wanted: ["endpoint", "port"],
  outputs: {
    arn: "The ARN.",
    endpoint: "The host name for reads and writes.",
    port: { doc: "The port.", type: "number" },
    readerEndpoint: "The host name for reads that may be slightly out of date; not with Memcached.",
  },
  foreign,
  schema,
  fields,
  stages: [
    { name: "create" },
    {
      name: "settings",
      fields: [
        "description",
        "engine",
        "majorEngineVersion",
        "usageLimits",
        "securityGroups",
        "userGroup",
        "snapshotRetention",
        "dailySnapshotTime",
      ],
    },
  ],
  create: "name",
  naming: namesOfCaches(40),
  replace: "delete-first",
  dataLoss: ({ engine }) => (engine === "memcached" ? undefined : "data"),
  waits: { create: { typical: 180, limit: 2400 }, delete: { typical: 240, limit: 2400 }, poll: 15 },
  tagIndex: { type: "elasticache:serverlesscache", inDoubt: true },
  // Lists all caches of the account, fifty on a page. Reads the tags of each cache that may be ours.
  readCost: (n) => Math.max(1, Math.ceil(n.account / 50)) + n.ours,
  iam: {
    read: ["elasticache:DescribeServerlessCaches", "elasticache:ListTagsForResource", "tag:GetResources"],
    write: [
      "elasticache:AddTagsToResource",
      "elasticache:CreateServerlessCache",
      "elasticache:DeleteServerlessCache",
      "elasticache:ModifyServerlessCache",
      "elasticache:RemoveTagsFromResource",
    ],
    remove: ["elasticache:DeleteServerlessCache"],
    access: {
      "elasticache:AddTagsToResource": tagsOfCaches("serverlesscache:*"),
      "elasticache:CreateServerlessCache": { made: ["serverlesscache:*"], free: ["usergroup:*"] },
      "elasticache:DeleteServerlessCache": { ours: ["serverlesscache:*"], free: ["serverlesscachesnapshot:*"] },
      "elasticache:ModifyServerlessCache": { ours: ["serverlesscache:*"], free: ["usergroup:*"] },
    },
    implied: ({ spec }, index, place) => [
      ...besides(spec, index, place),
      // ElastiCache creates an endpoint for the cache's addresses with its caller's permissions (AWS Managed Policy Reference,
      // AmazonElastiCacheFullAccess).
      {
        sid: "MakeEndpointsOfCaches",
        actions: ["ec2:CreateVpcEndpoint"],
        resources: ["vpc-endpoint/*"],
        condition: { StringLike: { "ec2:VpceServiceName": "com.amazonaws.elasticache.serverless.*" } },
      },
      {
        sid: "PlaceEndpointsOfCaches",
        actions: ["ec2:CreateVpcEndpoint"],
        resources: ["security-group/*", "subnet/*", "vpc/*"],
      },
      {
        sid: "TagEndpointsOfCaches",
        actions: ["ec2:CreateTags"],
        resources: ["vpc-endpoint/*"],
        condition: { StringEquals: { "aws:RequestTag/AmazonElastiCacheManaged": "true", "ec2:CreateAction": "CreateVpcEndpoint" } },
      },
    ],
  },
  after: ({ spec: { securityGroups = [] } }) => securityGroups.filter((one) => typeof one === "string"),
  check,
  liesIn(spec, index) {
    const place = vpcOfSubnets(index, spec.subnets ?? []);
    return place === undefined ? undefined : { place, field: "subnets" };
  },
  /**
   * Returns the endpoint. The cache answers in its subnets, on one port for writes and on the next one for reads (ElastiCache User Guide,
   * "Connecting to a serverless cache").
   */
  network: ({ address, spec }) => {
    const port = spec.engine === "memcached" ? 11211 : 6379;
    return [
      {
        is: "endpoint",
        id: address,
        subnets: (spec.subnets ?? []).map(refKey),
        firewalls: spec.securityGroups?.map(refKey) ?? "default",
        public: "no",
        listens: [{ protocol: "tcp", from: port, to: port + 1 }],
      },
    ];
  },
  marks: (spec) => finalSnapshotMark(spec.finalSnapshot),
  authored,
  drawn: ({ spec }) => ({
    as: "bar",
    at: (spec.subnets ?? []).map(refKey),
    glyph: "database",
    sub: [[spec.engine, spec.majorEngineVersion].filter(Boolean).join(" "), "serverless"].filter(Boolean).join(" · "),
    chips: (spec.securityGroups ?? []).map(refKey),
    sends: [],
  }),
  load: async () => driver(await import("../../aws/sdk/elasticache.ts")),
};

type Limits = NonNullable<ServerlessCache["usageLimits"]>;

/** Whether the written limits are those in AWS, which sets the others. */
function sameLimits(request: Limits, have: Limits | undefined): boolean {
  return (["dataStorage", "ecpuPerSecond"] as const).every((of) =>
    (["minimum", "maximum"] as const).every((bound) => request[of]?.[bound] === undefined || request[of][bound] === have?.[of]?.[bound]),
  );
}

function check({ spec }: Subject<ServerlessCache>, index: ResourceIndex): readonly Problem[] {
  const problems: Problem[] = [];
  if (spec.engine === "memcached")
    for (const path of ["userGroup", "snapshotRetention", "dailySnapshotTime"] as const)
      if (spec[path] !== undefined) problems.push({ code: "conflict", path, summary: `Memcached has no ${path}`, hint: `remove ${path}` });
  for (const of of ["dataStorage", "ecpuPerSecond"] as const) {
    const { minimum, maximum } = spec.usageLimits?.[of] ?? {};
    if (minimum !== undefined && maximum !== undefined && minimum > maximum)
      problems.push({
        code: "bad-value",
        path: `usageLimits.${of}.minimum`,
        summary: `the minimum ${minimum} is greater than the maximum ${maximum}`,
      });
  }
  const vpcs = new Set(spec.subnets.map((subnet) => vpcOfSubnet(index, subnet)).filter((vpc) => vpc !== undefined));
  if (vpcs.size > 1) problems.push({ code: "cache-network", summary: "the subnets are in different VPCs", path: "subnets" });
  const [vpc] = vpcs;
  for (const [i, group] of (spec.securityGroups ?? []).entries()) {
    const other = index.get(refKey(group))?.spec.vpc;
    if (vpc !== undefined && other !== undefined && refKey(other) !== vpc)
      problems.push({
        code: "cache-network",
        path: `securityGroups[${i}]`,
        summary: `${refKey(group)} is in ${refKey(other)}, and the subnets are in ${vpc}`,
      });
  }
  return problems;
}
