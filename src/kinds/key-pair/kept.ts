/**
 * The parameter that stores a private key. It is written once and never overwritten. It is read only to finish a key pair whose import was
 * interrupted.
 */
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import { batches, soon, unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { addressOfTag, ownership, tagsOf } from "../../resource/ownership.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { CreateIdentity, Tags } from "../kind.ts";
import { privateKeyOfTag } from "../shared/instances/private-keys.ts";
import { newPrivateKey, publicLineOf } from "./private-key.ts";
import { parameterTag, type KeyPair } from "./schema.ts";

type Place = NonNullable<KeyPair["privateKey"]>;

const sdk = (aws: Aws) => aws.clock.work(import("../../aws/sdk/ssm.ts"));

/** Stores a new private key and returns its public line. If an interrupted run stored one already, returns the public line of that key. */
export async function keepNewKey(aws: Aws, generate: NonNullable<KeyPair["generate"]>, place: Place, identity: CreateIdentity) {
  const ssm = await sdk(aws);
  const tags = tagsOfParameter(identity.tags);
  const text = await aws.clock.work(newPrivateKey(generate));
  try {
    await aws.ssm(
      new ssm.PutParameterCommand({
        Name: place.ssmParameter,
        Description: `The private key of the key pair ${identity.name}`,
        Type: "SecureString",
        Value: text,
        Tags: tagList(tags),
        ...(place.kmsKey !== undefined && { KeyId: place.kmsKey }),
      }),
    );
    return publicLineOf(text)!.line;
  } catch (error) {
    if (!hasCode(error, "ParameterAlreadyExists")) throw error;
    return soon(aws, () => publicHalf(aws, generate, place.ssmParameter, tags));
  }
}

async function publicHalf(aws: Aws, generate: string, Name: string, tags: Tags): Promise<string> {
  const ssm = await sdk(aws);
  const whose = await tagsOfExisting(aws, Name);
  if (!isOf(whose, tags)) throw new Refusal(`${whyTaken(Name, whose)}.`);
  const { Parameter } = await aws.ssm(new ssm.GetParameterCommand({ Name, WithDecryption: true }));
  const found = publicLineOf(Parameter?.Value ?? "");
  if (!found) throw new Refusal(`The parameter ${Name} does not contain a private key that infra can read.`);
  if (found.type !== generate)
    throw new Refusal(`The parameter ${Name} contains a key of type ${found.type}, but the file says \`generate: ${generate}\`.`);
  return found.line;
}

/** The names, among these, of parameters that exist as a SecureString. */
export async function existingParameters(aws: Aws, names: readonly string[]): Promise<ReadonlySet<string>> {
  const ssm = await sdk(aws);
  const found = new Set<string>();
  for (const Values of batches([...new Set(names)], 50))
    for await (const page of aws.ssm.pages(ssm.DescribeParametersCommand, {
      ParameterFilters: [{ Key: "Name", Option: "Equals", Values }],
      MaxResults: 50,
    }))
      for (const { Name, Type } of page.Parameters ?? []) if (Type === "SecureString") found.add(Name!);
  return found;
}

/** Deletes the parameter of a key pair, unless its tags now belong to something else. */
export async function forgetKey(aws: Aws, Name: string, pair: Tags): Promise<boolean> {
  const ssm = await sdk(aws);
  const tags = await unlessGone(tagsOfExisting(aws, Name));
  if (!tags || !isOf(tags, tagsOfParameter(pair))) return false;
  await unlessGone(aws.ssm(new ssm.DeleteParameterCommand({ Name })));
  return true;
}

/** Why an existing parameter cannot store the private key of this key pair. Undefined when it is the key pair's own, or does not exist. */
export async function whyNotKept(aws: Aws, Name: string, pair: Tags): Promise<string | undefined> {
  const tags = await unlessGone(tagsOfExisting(aws, Name));
  return tags === undefined || isOf(tags, tagsOfParameter(pair)) ? undefined : whyTaken(Name, tags);
}

async function tagsOfExisting(aws: Aws, ResourceId: string): Promise<Tags> {
  const ssm = await sdk(aws);
  const { TagList } = await aws.ssm(new ssm.ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId }));
  return tagsOf(TagList);
}

/** The tags of the parameter. It belongs to the environment, but no file declares it. */
function tagsOfParameter(pair: Tags): Tags {
  const { [ownership.resource]: address = "", [ownership.name]: _name, [ownership.token]: _token, [parameterTag]: _kept, ...rest } = pair;
  return { ...rest, [privateKeyOfTag]: address };
}

function isOf(have: Tags, want: Tags): boolean {
  return [ownership.project, ownership.environment, privateKeyOfTag].every((key) => have[key] === want[key]);
}

function whyTaken(name: string, tags: Tags): string {
  const [project, environment, pair] = [tags[ownership.project], tags[ownership.environment], tags[privateKeyOfTag]];
  const holder =
    pair === undefined
      ? "it does not have the tags of infra"
      : `it contains the private key of ${addressOfTag(pair)} of ${project ?? "?"}/${environment ?? "?"}`;
  return `The parameter ${name} already exists, and ${holder}; infra does not overwrite it`;
}
