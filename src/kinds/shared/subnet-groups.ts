/** The marks of subnet groups of RDS and ElastiCache, and retries for subnets that these services do not see yet. */
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import { optional, string } from "../../resource/fields.ts";
import { ownership } from "../../resource/ownership.ts";
import type { Tags } from "../kind.ts";
import { descriptionOf, markedDescription, remarked } from "./marked-description.ts";

export const groupDescription = optional(
  string("A description of the group. In AWS, the description ends with the owner: `(infra PROJECT/ENVIRONMENT)`.", {
    minLength: 1,
    maxLength: 200,
    pattern: "^[^()]*$",
  }),
);

/** Returns the description in AWS: the author's text, or the name in the file, followed by the owner. */
export function describeGroup(description: string | undefined, tags: Tags): string {
  const text = description ?? (tags[ownership.resource] ?? "").split("/").at(-1) ?? "";
  return markedDescription(text, tags[ownership.project] ?? "", tags[ownership.environment] ?? "");
}

/**
 * Writes tags and keeps the mark in the description correct. A mark that exists is corrected before the tags are written. A description
 * without a mark stays as it is. When the ownership tags are removed, so is the mark.
 */
export async function tagGroup(
  { id, tags, handle: { description } }: { readonly id: string; readonly tags: Tags; readonly handle: { readonly description: string } },
  set: Tags,
  remove: readonly string[],
  calls: { readonly tag: () => Promise<unknown>; readonly setDescription: (text: string) => Promise<unknown> },
): Promise<void> {
  const text = descriptionOf(description) || id;
  const setDescription = async (now: string) => {
    if (now !== description) await calls.setDescription(now);
  };
  if (set[ownership.environment] !== undefined) await setDescription(remarked(description, describeGroup(text, { ...tags, ...set })));
  await calls.tag();
  if (remove.includes(ownership.environment)) await setDescription(text);
}

/**
 * Sends a request again while the service does not see a new subnet. Both services see new subnets late, so for two minutes "InvalidSubnet"
 * may mean "not yet".
 */
export async function whenSubnetsAreSeen(aws: Aws, send: () => Promise<unknown>): Promise<void> {
  const began = aws.clock.now();
  for (;;)
    try {
      await send();
      return;
    } catch (error) {
      if (!hasCode(error, "InvalidSubnet") || aws.clock.now() - began > 120_000) throw error;
      await aws.clock.sleep(10_000);
    }
}

/** A subnet as both services list it. */
interface ListedSubnet {
  readonly SubnetIdentifier?: string | undefined;
  readonly SubnetAvailabilityZone?: { readonly Name?: string | undefined } | undefined;
}

/** Returns the members of a Live that are the same for both services. */
export function liveGroup(
  name: string,
  arn: string,
  tags: Tags,
  description: string | undefined,
  { Subnets = [], VpcId = "" }: { readonly Subnets?: readonly ListedSubnet[] | undefined; readonly VpcId?: string | undefined },
) {
  const zones = new Set(Subnets.map((subnet) => subnet.SubnetAvailabilityZone?.Name ?? ""));
  return {
    id: name,
    aliases: [arn],
    tags,
    name,
    owner: arn.split(":")[4],
    state: "ready" as const,
    spec: { subnets: Subnets.map((subnet) => subnet.SubnetIdentifier!), description: descriptionOf(description) },
    handle: { arn, description: description ?? "" },
    outputs: { vpc: VpcId, zones: [...zones].sort().join(", ") },
  };
}
