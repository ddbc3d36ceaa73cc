import type { Aws } from "../aws/aws.ts";
import { ownership } from "../resource/ownership.ts";

/**
 * Returns the project's environments that still have objects in EC2, by tag, with the number of objects. An environment without EC2 objects
 * is not found. Two paged calls.
 */
export async function liveEnvironments(aws: Aws, project: string): Promise<ReadonlyMap<string, number>> {
  const ec2 = await aws.clock.work(import("../aws/sdk/ec2.ts"));
  const ours = new Set<string>();
  const input = (key: string, value?: string) => ({
    Filters: [{ Name: "key", Values: [key] }, ...(value === undefined ? [] : [{ Name: "value", Values: [value] }])],
    MaxResults: 1000,
  });
  for await (const page of aws.ec2.pages(ec2.DescribeTagsCommand, input(ownership.project, project)))
    for (const tag of page.Tags ?? []) if (tag.Value === project) ours.add(tag.ResourceId!);
  const counts = new Map<string, number>();
  if (ours.size === 0) return counts;
  for await (const page of aws.ec2.pages(ec2.DescribeTagsCommand, input(ownership.environment)))
    for (const tag of page.Tags ?? [])
      if (tag.Key === ownership.environment && ours.has(tag.ResourceId!)) counts.set(tag.Value!, (counts.get(tag.Value!) ?? 0) + 1);
  return counts;
}
