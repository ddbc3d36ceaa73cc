import type { Aws } from "../aws/aws.ts";
import type { AwsId } from "../kinds/kind.ts";

/** Whether a field for images names one by its id, and not by a resource of the file. */
export function isImageId(value: string): boolean {
  return value.startsWith("ami-");
}

/** Those of the images that this account can launch. */
export async function availableImages(aws: Aws, ids: readonly AwsId[]): Promise<ReadonlySet<AwsId>> {
  const ec2 = await aws.clock.work(import("../aws/sdk/ec2.ts"));
  const there = new Set<AwsId>();
  for (let from = 0; from < ids.length; from += 200) {
    const Filters = [
      { Name: "image-id", Values: ids.slice(from, from + 200) },
      { Name: "state", Values: ["available"] },
    ];
    for await (const page of aws.ec2.pages(ec2.DescribeImagesCommand, { Filters, IncludeDeprecated: true, MaxResults: 1000 }))
      for (const { ImageId } of page.Images ?? []) there.add(ImageId!);
  }
  return there;
}
