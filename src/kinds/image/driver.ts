import type { Aws } from "../../aws/aws.ts";
import { isNotFound } from "../../aws/errors.ts";
import { ec2Tagging, tagSpecifications } from "../../aws/tagging.ts";
import { environmentFilter, literal, ownership } from "../../resource/ownership.ts";
import type { AwsId, Driver, Live, Tags } from "../kind.ts";
import { idFilters, isMeant, tagFilters, type Filter } from "../shared/lookup.ts";
import type { Image } from "./schema.ts";
import { keepTag, keptTag, live, type Handle } from "./live.ts";

type Sdk = typeof import("../../aws/sdk/ec2.ts");

export function driver(ec2: Sdk): Driver<Image, Handle> {
  return {
    async *list(aws, scope) {
      for await (const found of described(ec2, aws, environmentFilter(scope))) yield live(found);
    },

    async get(aws, ids) {
      const lives = new Map<AwsId, Live<Image, Handle>>();
      for (const filters of idFilters("image-id", ids))
        for await (const found of described(ec2, aws, filters)) lives.set(found.ImageId!, live(found));
      return lives;
    },

    async create(aws, request, identity) {
      const made = await aws.ec2(
        new ec2.CreateImageCommand({
          InstanceId: request.from,
          Name: identity.name,
          ...(request.description ? { Description: request.description } : {}),
          NoReboot: request.noReboot ?? false,
          TagSpecifications: [...tagSpecifications("image", identity.tags), ...tagSpecifications("snapshot", snapshotTags(identity.tags))],
        }),
        { once: true },
      );
      return made.ImageId!;
    },

    async update(aws, _stage, found, request, changes) {
      if (changes.description)
        await aws.ec2(new ec2.ModifyImageAttributeCommand({ ImageId: found.id, Description: { Value: changes.description.after ?? "" } }));
      if (changes.keep) await ec2Tagging(aws, found, { [keepTag]: `${request.version ?? 1} ${request.keep ?? 1}` }, []);
    },

    /** Deletes an image. An image with a successor is kept instead, and the oldest kept images beyond the limit are deleted. */
    async delete(aws, found) {
      const address = found.tags[ownership.resource];
      if (!(ownership.superseded in found.tags) || address === undefined) return deregister(ec2, aws, found.id);
      await ec2Tagging(aws, found, { [keptTag]: address }, [ownership.resource, ownership.superseded]);
      const { project, environment } = ownership;
      const mine = { [keptTag]: address, [project]: found.tags[project] ?? "", [environment]: found.tags[environment] ?? "" };
      const kept: { readonly id: AwsId; readonly at: string }[] = [];
      for await (const one of described(ec2, aws, tagFilters(mine)))
        if (isMeant(one, mine, aws.account)) kept.push({ id: one.ImageId!, at: one.CreationDate ?? "" });
      const newestFirst = kept.sort((a, b) => (a.at < b.at ? 1 : -1));
      for (const { id } of newestFirst.slice(found.spec.keep ?? 1)) await deregister(ec2, aws, id);
    },

    tag: ec2Tagging,

    async named(aws, names) {
      const ids = new Map<string, AwsId>();
      for (const filters of idFilters("name", names.map(literal)))
        for await (const { Name, ImageId } of described(ec2, aws, filters)) if (Name && names.includes(Name)) ids.set(Name, ImageId!);
      return ids;
    },

    async find(aws, tags, owner = aws.account) {
      const ids: AwsId[] = [];
      for await (const found of described(ec2, aws, tagFilters(tags))) if (isMeant(found, tags, owner)) ids.push(found.ImageId!);
      return ids;
    },
  };
}

/** The tags of its snapshots. Snapshots belong to the environment, but are no resources of their own. */
function snapshotTags(tags: Tags): Tags {
  const { [ownership.resource]: _resource, [ownership.name]: _name, [keepTag]: _version, ...rest } = tags;
  return rest;
}

async function deregister(ec2: Sdk, aws: Aws, ImageId: AwsId): Promise<void> {
  await aws.ec2(new ec2.DeregisterImageCommand({ ImageId, DeleteAssociatedSnapshots: true })).catch((error) => {
    if (!isNotFound(error)) throw error;
  });
}

/** Images of this account only: a foreign image may have any tags. */
async function* described(ec2: Sdk, aws: Aws, Filters: Filter[]) {
  for await (const page of aws.ec2.pages(ec2.DescribeImagesCommand, {
    Filters,
    Owners: ["self"],
    IncludeDeprecated: true,
    MaxResults: 1000,
  }))
    yield* page.Images ?? [];
}
