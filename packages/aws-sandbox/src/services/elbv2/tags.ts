import type { AddTagsInput, DescribeTagsInput, DescribeTagsOutput, RemoveTagsInput, Tag } from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { atMost20, invalid, needBalancer, needGroup, needListener, needRule } from "./faults.ts";
import type { Tags } from "./state.ts";

const limit = 50;

/** Checks the tags of a create call. */
export function newTags(list: readonly Tag[] | undefined): Tags {
  return checked(list, {});
}

export const tagOperations: Record<string, Handler> = {
  AddTags(input: AddTagsInput, call) {
    const owners = ownersOf(call, input.ResourceArns);
    if (!input.Tags?.length) throw invalid("At least one tag must be specified");
    const added = owners.map((one) => checked(input.Tags, one.tags));
    owners.forEach((one, i) => Object.assign(one.tags, added[i]));
    for (const one of owners) call.tagged(one.arn);
    return {};
  },

  RemoveTags(input: RemoveTagsInput, call) {
    const owners = ownersOf(call, input.ResourceArns);
    if (!input.TagKeys?.length) throw invalid("At least one tag key must be specified");
    for (const one of owners) {
      for (const key of input.TagKeys) delete one.tags[key];
      call.tagged(one.arn);
    }
    return {};
  },

  /** Describes tags. One missing ARN fails the whole call. */
  DescribeTags(input: DescribeTagsInput, call): DescribeTagsOutput {
    return {
      TagDescriptions: ownersOf(call, input.ResourceArns).map((one) => ({
        ResourceArn: one.arn,
        Tags: Object.entries(one.tags).map(([Key, Value]) => ({ Key, Value })),
      })),
    };
  },
};

function ownersOf(call: Call, arns: readonly string[] | undefined): { readonly arn: string; readonly tags: Tags }[] {
  if (!arns?.length) throw invalid("At least one resource ARN must be specified");
  return atMost20(arns, "ResourceArns").map((arn) => {
    if (arn.includes(":loadbalancer/")) return needBalancer(call, arn);
    if (arn.includes(":targetgroup/")) return needGroup(call, arn);
    if (arn.includes(":listener-rule/")) return needRule(call, arn);
    return needListener(call, arn);
  });
}

function checked(list: readonly Tag[] | undefined, have: Tags): Tags {
  const tags: Tags = {};
  for (const { Key, Value = "" } of list ?? []) {
    if (!Key || Key.length > 128 || Value.length > 256) throw invalid("Tag keys have 1 to 128 characters and tag values 256 at most");
    if (/^aws:/i.test(Key)) throw invalid(`Tag keys beginning with aws: are reserved: ${Key}`);
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(Key + Value)) throw invalid(`The tag '${Key}' holds a character that tags cannot hold`);
    if (Key in tags) throw new AwsFault("DuplicateTagKeys", `The tag key '${Key}' was specified more than once`);
    tags[Key] = Value;
  }
  if (Object.keys({ ...have, ...tags }).length > limit) throw new AwsFault("TooManyTags", `A resource can have ${limit} tags at most`);
  return tags;
}
