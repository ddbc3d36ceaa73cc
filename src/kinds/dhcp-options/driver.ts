import type { Aws } from "../../aws/aws.ts";
import { hasCode, isNotFound } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { ec2Tagging, tagSpecifications } from "../../aws/tagging.ts";
import { environmentFilter, ownership, tagsOf } from "../../resource/ownership.ts";
import type { AwsId, Blocker, Driver, Live, Member, Run } from "../kind.ts";
import { byEach, idFilters, isMeant, networksOf, tagFilters, type Filter } from "../shared/lookup.ts";
import type { DhcpOptions } from "./schema.ts";
import { configurations, isAwsOwn, live } from "./options.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");

export function driver(ec2: Sdk): Driver<DhcpOptions, null> {
  return {
    async *list(aws, scope) {
      for await (const found of described(ec2, aws, environmentFilter(scope))) yield live(found);
    },

    get: (aws, ids) => read(ec2, aws, ids),

    async create(aws, request, identity) {
      const { DhcpOptions: made } = await aws.ec2(
        new ec2.CreateDhcpOptionsCommand({
          DhcpConfigurations: configurations(request),
          TagSpecifications: tagSpecifications("dhcp-options", identity.tags),
        }),
        { once: true },
      );
      return made!.DhcpOptionsId!;
    },

    initialState: (request) => ({ spec: request, handle: null }),

    /**
     * Deletes the set. A VPC that stays may still have it although its file no longer writes DHCP options. Such a VPC gets AWS's own set
     * instead.
     */
    async delete(aws, { id: DhcpOptionsId, tags }, run) {
      const remove = () => aws.ec2(new ec2.DeleteDhcpOptionsCommand({ DhcpOptionsId }));
      try {
        await remove();
      } catch (error) {
        if (isNotFound(error)) return;
        if (!hasCode(error, "DependencyViolation") || !(await letGo(ec2, aws, DhcpOptionsId, tags, run))) throw error;
        await remove();
      }
    },

    tag: ec2Tagging,

    async defaults(aws) {
      const found = await defaultSet(ec2, aws);
      return new Map(found ? [["", found]] : []);
    },

    blockers: (aws, lives) =>
      byEach(lives, async ({ id, tags }) => {
        const users = await usersOf(ec2, aws, id);
        return users
          .filter((user) => !isOfSameEnvironment(user.tags, tags))
          .map(({ id: vpc }): Blocker => ({
            id: vpc,
            what: "VPC that uses these DHCP options",
            holder: vpc,
          }));
      }),

    async find(aws, tags, owner = aws.account) {
      const ids: AwsId[] = [];
      for await (const found of described(ec2, aws, tagFilters(tags))) if (isMeant(found, tags, owner)) ids.push(found.DhcpOptionsId!);
      return ids;
    },

    /** The sets of the VPCs that were found. */
    async within(aws, found) {
      const uses = new Map<AwsId, AwsId>();
      for (const Filters of idFilters("vpc-id", networksOf(found)))
        for await (const page of aws.ec2.pages(ec2.DescribeVpcsCommand, { Filters, MaxResults: 1000 }))
          for (const { DhcpOptionsId, VpcId } of page.Vpcs ?? []) if (DhcpOptionsId?.startsWith("dopt-")) uses.set(DhcpOptionsId, VpcId!);
      const sets = await read(ec2, aws, [...uses.keys()]);
      return [...sets.values()].map((one): Member => ({
        id: one.id,
        what: `DHCP options of ${uses.get(one.id)}`,
        isMadeByService: isAwsOwn(one, aws.region),
      }));
    },
  };
}

async function* described(ec2: Sdk, aws: Aws, Filters: Filter[]) {
  for await (const page of aws.ec2.pages(ec2.DescribeDhcpOptionsCommand, { Filters, MaxResults: 1000 })) yield* page.DhcpOptions ?? [];
}

async function read(ec2: Sdk, aws: Aws, ids: readonly AwsId[]): Promise<ReadonlyMap<AwsId, Live<DhcpOptions, null>>> {
  const lives = new Map<AwsId, Live<DhcpOptions, null>>();
  for (const Filters of idFilters("dhcp-options-id", ids))
    for await (const found of described(ec2, aws, Filters)) lives.set(found.DhcpOptionsId!, live(found));
  return lives;
}

/** The set that AWS made. If somebody made another one with the same content, either will do. */
async function defaultSet(ec2: Sdk, aws: Aws): Promise<Live<DhcpOptions, null> | undefined> {
  const found: Live<DhcpOptions, null>[] = [];
  for await (const one of described(ec2, aws, [{ Name: "value", Values: ["AmazonProvidedDNS"] }])) found.push(live(one));
  return found.filter((one) => isAwsOwn(one, aws.region)).sort((a, b) => (a.id < b.id ? -1 : 1))[0];
}

interface User {
  readonly id: AwsId;
  readonly tags: Live["tags"];
}

async function usersOf(ec2: Sdk, aws: Aws, set: AwsId): Promise<readonly User[]> {
  const users: User[] = [];
  for await (const page of aws.ec2.pages(ec2.DescribeVpcsCommand, {
    Filters: [{ Name: "dhcp-options-id", Values: [set] }],
    MaxResults: 1000,
  }))
    for (const { VpcId, Tags } of page.Vpcs ?? []) users.push({ id: VpcId!, tags: tagsOf(Tags) });
  return users;
}

/** Gives AWS's own set to the VPCs of this environment. Returns false, and changes nothing, where foreign VPCs use the set, too. */
async function letGo(ec2: Sdk, aws: Aws, set: AwsId, tags: Live["tags"], run: Pick<Run, "say">): Promise<boolean> {
  const users = await usersOf(ec2, aws, set);
  const ours = users.filter((user) => isOfSameEnvironment(user.tags, tags));
  if (ours.length < users.length) return false;
  // If AWS's set does not exist, `default` leaves a VPC without any options (EC2 API, AssociateDhcpOptions).
  const instead = ours.length > 0 ? ((await defaultSet(ec2, aws))?.id ?? "default") : "default";
  for (const { id } of ours) {
    await unlessGone(aws.ec2(new ec2.AssociateDhcpOptionsCommand({ VpcId: id, DhcpOptionsId: instead })));
    run.say(`${id} still used these DHCP options, and now uses AWS's own set`);
  }
  return true;
}

function isOfSameEnvironment(one: Live["tags"], other: Live["tags"]): boolean {
  return [ownership.project, ownership.environment].every((key) => one[key] === other[key]);
}
