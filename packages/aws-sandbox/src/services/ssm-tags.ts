/** Tags of parameters. */
import type * as Ssm from "@aws-sdk/client-ssm";
import { AwsFault } from "../model.ts";
import type { Call } from "../model.ts";
import { nameOf, parametersOf } from "./ssm-parameters.ts";
import type { Parameter } from "./ssm-parameters.ts";

const MOST_TAGS = 50;

export function addTags(input: Ssm.AddTagsToResourceRequest, call: Call): Ssm.AddTagsToResourceResult {
  const { tags } = tagged(input, call);
  const after = new Set([...Object.keys(tags), ...input.Tags!.map((tag) => tag.Key!)]);
  if (after.size > MOST_TAGS) throw new AwsFault("TooManyTagsError", `A parameter can have at most ${MOST_TAGS} tags.`);
  if (input.Tags!.some((tag) => tag.Key!.startsWith("aws:")))
    throw new AwsFault("ValidationException", "Tag keys that begin with aws: are reserved.");
  for (const tag of input.Tags!) tags[tag.Key!] = tag.Value!;
  return {};
}

export function removeTags(input: Ssm.RemoveTagsFromResourceRequest, call: Call): Ssm.RemoveTagsFromResourceResult {
  const { tags } = tagged(input, call);
  for (const key of input.TagKeys!) delete tags[key];
  return {};
}

export function listTags(input: Ssm.ListTagsForResourceRequest, call: Call): Ssm.ListTagsForResourceResult {
  return { TagList: Object.entries(tagged(input, call).tags).map(([Key, Value]) => ({ Key, Value })) };
}

function tagged(input: { ResourceType: string | undefined; ResourceId: string | undefined }, call: Call): Parameter {
  if (input.ResourceType !== "Parameter")
    throw new AwsFault("NotImplemented", `The sandbox has no Systems Manager resources of the type ${input.ResourceType}.`);
  const parameter = parametersOf(call).get(nameOf(input.ResourceId!));
  if (parameter === undefined)
    throw new AwsFault("InvalidResourceId", `The resource ID "${input.ResourceId}" is not valid. Verify the ID and try again.`);
  return parameter;
}
