import { needsIpv4 } from "../shared/network/ipv6-only.ts";
import { asRead } from "../shared/authored.ts";
import { foreign } from "./foreign.ts";
import type { DBSubnetGroup as AwsGroup } from "@aws-sdk/client-rds";
import type { Static } from "typebox";
import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { list, object, ref } from "../../resource/fields.ts";
import { isInScope } from "../shared/in-scope.ts";
import { networksOf } from "../shared/lookup.ts";
import type { AwsId, Blocker, Driver, Kind, Live, Member, Problem, Subject, Tags, ResourceIndex } from "../kind.ts";
import { mayBeOurs, type Listed } from "../shared/marked-description.ts";
import { preflightRdsQuota } from "../shared/rds/limits.ts";
import { atLeast } from "../shared/slots.ts";
import { describeGroup, groupDescription, liveGroup, tagGroup, whenSubnetsAreSeen } from "../shared/subnet-groups.ts";
import { vpcOfSubnets } from "../shared/network/network-index.ts";
import { rdsTagging, rdsTagsOf, tagsOfRds } from "../shared/rds/tagging.ts";
import { textOf } from "../shared/told.ts";

const schema = object({
  subnets: list(ref("subnet", "A subnet."), "The subnets for databases, in at least two zones and all of one VPC.", {
    minItems: 2,
    maxItems: 20,
  }),
  description: groupDescription,
});

export type DbSubnetGroup = Static<typeof schema>;

interface Handle {
  readonly arn: string;
  readonly description: string;
}

type LiveGroup = Live<DbSubnetGroup, Handle>;

export const dbSubnetGroup: Kind<DbSubnetGroup, Handle> = {
  name: "dbSubnetGroup",
  section: "dbSubnetGroups",
  file: "data",
  doc: "The subnets of a VPC from which RDS chooses those of a database.",
  outputs: { vpc: "The id of the VPC." },
  foreign,
  summary: ({ subnets = [] }) => ({ line: `of ${subnets.map(textOf).join(", ")}`, tells: ["subnets"] }),
  schema,
  fields: {
    subnets: {
      change: "update",
      as: "set",
      whileGone: (left) => atLeast(2, left, "subnet"),
      because: "a subnet with a database in it cannot be removed",
      urgency: "traffic",
    },
    description: { change: "update", late: true },
  },
  stages: [{ name: "create" }],
  create: "name",
  naming: { max: 255, forbidden: /[^A-Za-z0-9-]/, lower: true },
  replace: "delete-first",
  waits: { create: "instant", delete: "instant" },
  tagIndex: { type: "rds:subgrp", inDoubt: true },
  // All groups of the account are listed. The tags are read one by one for the groups whose description says that they are ours.
  readCost: (n) => Math.max(1, Math.ceil(n.account / 100)) + n.ours,
  iam: {
    read: ["rds:DescribeDBSubnetGroups", "rds:ListTagsForResource"],
    write: [
      "rds:AddTagsToResource",
      "rds:CreateDBSubnetGroup",
      "rds:DeleteDBSubnetGroup",
      "rds:DescribeAccountAttributes",
      "rds:ModifyDBSubnetGroup",
      "rds:RemoveTagsFromResource",
    ],
    remove: ["rds:DeleteDBSubnetGroup"],
    access: { "rds:AddTagsToResource": tagsOfRds("subgrp:*"), "rds:CreateDBSubnetGroup": { made: ["subgrp:*"] } },
  },
  // RDS: "The new Subnets are not in the same Vpc as the existing subnet group".
  liesIn(spec, index) {
    const place = vpcOfSubnets(index, spec.subnets ?? []);
    return place === undefined ? undefined : { place, field: "subnets" };
  },
  check,
  authored: asRead,
  drawn: () => ({ as: "hidden", sub: "database subnet group" }),
  withoutNetwork: "it only lists the subnets of databases",
  load: async () => driver(await import("../../aws/sdk/rds.ts")),
};

function check({ spec }: Subject<DbSubnetGroup>, index: ResourceIndex): readonly Problem[] {
  const declared = spec.subnets.map((subnet) => index.get(subnet)?.spec as { vpc?: unknown; availabilityZone?: string } | undefined);
  const problems = needsIpv4(
    index,
    "a database",
    spec.subnets.map((subnet, i) => [`subnets[${i}]`, subnet]),
  );
  // AWS judges subnets that are not declared here.
  if (declared.some((subnet) => subnet === undefined)) return problems;
  const zones = new Set(declared.map((subnet) => subnet?.availabilityZone));
  const vpcs = new Set(declared.map((subnet) => JSON.stringify(subnet?.vpc)));
  if (zones.size < 2)
    problems.push({
      code: "db-zones",
      summary: "a database needs subnets in at least two zones, and these are in one zone",
      path: "subnets",
      hint: "add a subnet in another zone",
    });
  if (vpcs.size > 1) problems.push({ code: "db-network", summary: "the subnets are in different VPCs", path: "subnets" });
  return problems;
}

function driver(rds: typeof import("../../aws/sdk/rds.ts")): Driver<DbSubnetGroup, Handle> {
  return {
    async *list(aws, scope) {
      for await (const page of aws.rds.pages(rds.DescribeDBSubnetGroupsCommand, { MaxRecords: 100 }))
        for (const found of await mayBeOurs(page.DBSubnetGroups ?? [], told, scope, "dbSubnetGroup")) {
          const tags = await rdsTagsOf(aws, found.DBSubnetGroupArn!);
          if (tags && isInScope(tags, scope)) yield live(found, tags);
        }
    },

    async get(aws, ids) {
      const lives = new Map<string, LiveGroup>();
      for (const name of ids) {
        const found = await one(aws, name);
        const tags = found && (await rdsTagsOf(aws, found.DBSubnetGroupArn!));
        if (found && tags) lives.set(name, live(found, tags));
      }
      return lives;
    },

    async within(aws, found) {
      const networks = new Set(networksOf(found));
      const members: Member[] = [];
      if (networks.size > 0)
        for await (const page of aws.rds.pages(rds.DescribeDBSubnetGroupsCommand, { MaxRecords: 100 }))
          for (const { DBSubnetGroupName: name, VpcId = "" } of page.DBSubnetGroups ?? [])
            if (networks.has(VpcId))
              members.push({ id: name!, what: `DB subnet group ${name} in ${VpcId}`, isMadeByService: name === "default" });
      return members;
    },

    async create(aws, request, identity) {
      await whenSubnetsAreSeen(aws, () =>
        aws.rds(
          new rds.CreateDBSubnetGroupCommand({
            DBSubnetGroupName: identity.name,
            DBSubnetGroupDescription: describeGroup(request.description, identity.tags),
            SubnetIds: [...request.subnets],
            Tags: tagList(identity.tags),
          }),
          { once: true },
        ),
      );
      return identity.name;
    },

    async update(aws, _stage, found, request, changes, run) {
      const description = changes.description?.after;
      // SubnetIds is required in every change.
      await whenSubnetsAreSeen(aws, () =>
        aws.rds(
          new rds.ModifyDBSubnetGroupCommand({
            DBSubnetGroupName: found.id,
            SubnetIds: [...request.subnets],
            ...(description === undefined ? {} : { DBSubnetGroupDescription: describeGroup(description, run.identity.tags) }),
          }),
        ),
      );
    },

    async delete(aws, found) {
      await unlessGone(aws.rds(new rds.DeleteDBSubnetGroupCommand({ DBSubnetGroupName: found.id })));
    },

    tag: (aws, found, set, remove) =>
      tagGroup(found, set, remove, {
        tag: () => rdsTagging(aws, found.handle.arn, set, remove),
        setDescription: (DBSubnetGroupDescription) =>
          aws.rds(
            new rds.ModifyDBSubnetGroupCommand({
              DBSubnetGroupName: found.id,
              SubnetIds: [...(found.spec.subnets ?? [])],
              DBSubnetGroupDescription,
            }),
          ),
      }),

    async named(aws, names) {
      const found = await Promise.all(names.map((name) => one(aws, name)));
      return new Map(names.filter((_name, i) => found[i] !== undefined).map((name) => [name, name]));
    },

    preflight: (aws, planned, { thorough }) => preflightRdsQuota(aws, planned, "DBSubnetGroups", thorough),

    async blockers(aws, lives) {
      const users = new Map<AwsId, Blocker[]>(lives.map(({ id }) => [id, []]));
      for await (const page of aws.rds.pages(rds.DescribeDBInstancesCommand, { MaxRecords: 100 }))
        for (const user of page.DBInstances ?? []) {
          const id = user.DBInstanceIdentifier!;
          // An instance of a cluster is deleted together with the cluster.
          users.get(user.DBSubnetGroup?.DBSubnetGroupName ?? "")?.push({
            id,
            what: `database ${id} (${user.DBInstanceStatus})`,
            holder: user.DBClusterIdentifier ?? id,
          });
        }
      return users;
    },
  };

  async function one(aws: Aws, name: string): Promise<AwsGroup | undefined> {
    return (await unlessGone(aws.rds(new rds.DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: name }))))?.DBSubnetGroups?.[0];
  }
}

function told({ DBSubnetGroupName: name, DBSubnetGroupArn: arn, DBSubnetGroupDescription: description }: AwsGroup): Listed {
  return { name: name!, arn: arn!, description };
}

function live(found: AwsGroup, tags: Tags): LiveGroup {
  return liveGroup(found.DBSubnetGroupName!, found.DBSubnetGroupArn!, tags, found.DBSubnetGroupDescription, found);
}
