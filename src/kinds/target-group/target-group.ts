import { authored } from "./authored.ts";
import { foreign } from "./foreign.ts";
import type { Kind } from "../kind.ts";
import { textOf } from "../shared/told.ts";
import { attributeFields } from "./attributes.ts";
import { check } from "./check.ts";
import { targetGroupCodes } from "./codes.ts";
import type { Handle } from "./live.ts";
import { network } from "./network.ts";
import { schema, type TargetGroup } from "./schema.ts";
import { keyOf, normalise } from "./targets.ts";

export type { TargetGroup } from "./schema.ts";

const replaced = (what: string) => ({ change: "replace", because: `the ${what} of a target group cannot change in place` }) as const;

export const targetGroup: Kind<TargetGroup, Handle> = {
  name: "targetGroup",
  section: "targetGroups",
  doc: "The instances, IP addresses, functions or load balancers to which a load balancer sends traffic, with their health checks.",
  outputs: { arn: "The ARN.", name: "The name in AWS." },
  foreign,
  summary: ({ protocol, port, vpc }) =>
    vpc === undefined || protocol === undefined
      ? { line: vpc === undefined && protocol === undefined ? "a function" : "", tells: [] }
      : { line: `${protocol} ${port ?? ""} in ${textOf(vpc)}`, tells: ["protocol", "port", "vpc"] },
  codes: targetGroupCodes,
  schema,
  fields: {
    vpc: replaced("VPC"),
    protocol: replaced("protocol"),
    port: replaced("port"),
    targetType: { ...replaced("target type"), default: { value: "instance", class: "create-only" }, urgency: "traffic" },
    protocolVersion: replaced("protocol version"),
    ipAddressType: replaced("address family"),
    healthCheck: { change: "update", urgency: "traffic" },
    deregistrationDelay: { change: "update" },
    slowStart: { change: "update" },
    algorithm: { change: "update" },
    anomalyMitigation: { change: "update" },
    stickiness: { change: "update", of: { enabled: { change: "update" } } },
    crossZone: { change: "update", urgency: "traffic" },
    preserveClientIp: { change: "update", urgency: "traffic" },
    proxyProtocolV2: { change: "update", urgency: "traffic" },
    connectionTermination: { change: "update" },
    dnsFailover: { change: "update", urgency: "traffic" },
    unhealthyStateRouting: { change: "update", urgency: "traffic" },
    multiValueHeaders: { change: "update" },
    // Auto Scaling, ECS, Kubernetes and deployment tools also register targets, so targets that are not listed stay.
    targets: { change: "update", as: { key: keyOf, unlisted: "keep" }, made: "entries", whileGone: "free", urgency: "traffic" },
  },
  stages: [{ name: "create" }, { name: "attributes", fields: attributeFields }, { name: "targets", fields: ["targets"] }],
  create: "name",
  naming: { max: 32, forbidden: /[^A-Za-z0-9-]/ },
  // A group that a listener forwards to cannot be deleted, so the new one is created first, under another name.
  replace: "create-first",
  waits: { create: "instant", delete: "instant" },
  tagIndex: { type: "elasticloadbalancing:targetgroup", idOf: (arn) => arn },
  // Lists all groups of the account in pages of 400 and their tags in calls of 20. Reads the attributes and targets of our groups, where
  // the YAML writes any.
  readCost: (n) => Math.max(1, Math.ceil(n.account / 400)) + Math.ceil(n.account / 20) + 2 * n.ours,
  iam: {
    read: [
      "elasticloadbalancing:DescribeTags",
      "elasticloadbalancing:DescribeTargetGroupAttributes",
      "elasticloadbalancing:DescribeTargetGroups",
      "elasticloadbalancing:DescribeTargetHealth",
    ],
    write: [
      "elasticloadbalancing:AddTags",
      "elasticloadbalancing:CreateTargetGroup",
      "elasticloadbalancing:DeleteTargetGroup",
      "elasticloadbalancing:DeregisterTargets",
      "elasticloadbalancing:DescribeAccountLimits",
      "elasticloadbalancing:ModifyTargetGroup",
      "elasticloadbalancing:ModifyTargetGroupAttributes",
      "elasticloadbalancing:RegisterTargets",
      "elasticloadbalancing:RemoveTags",
    ],
    remove: ["elasticloadbalancing:DeleteTargetGroup", "elasticloadbalancing:DeregisterTargets"],
    onlyFor: {
      "elasticloadbalancing:DeregisterTargets": ["targets"],
      "elasticloadbalancing:ModifyTargetGroup": ["healthCheck"],
      "elasticloadbalancing:ModifyTargetGroupAttributes": attributeFields,
      "elasticloadbalancing:RegisterTargets": ["targets"],
    },
    access: { "elasticloadbalancing:CreateTargetGroup": { made: ["targetgroup/*"] } },
  },
  check,
  network,
  normalise,
  authored,
  drawn: () => ({ as: "hidden", sub: "target group" }),
  load: async () => (await import("./driver.ts")).driver(await import("../../aws/sdk/elbv2.ts")),
};
