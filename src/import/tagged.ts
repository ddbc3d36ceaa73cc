/** Finds the objects that have a tag, whatever their kind, in the index of the Resource Groups Tagging API. */
import type { Aws } from "../aws/aws.ts";
import type { Root } from "./discover.ts";

export interface Tagged {
  readonly roots: readonly Root[];
  /** ARNs of objects that have no kind here. */
  readonly unknown: readonly string[];
}

/**
 * Returns the objects that have a tag. `rootOf` returns the object that an ARN names, when a kind here has such objects. The index shows no
 * Auto Scaling groups.
 */
export async function rootsTagged(
  aws: Aws,
  [Key, value]: readonly [string, string],
  rootOf: (arn: string) => Root | undefined,
): Promise<Tagged> {
  const tagging = await import("../aws/sdk/tagging.ts");
  const roots: Root[] = [];
  const unknown: string[] = [];
  const input = { TagFilters: [{ Key, Values: [value] }], ResourcesPerPage: 100 };
  for await (const page of aws.tagging.pages(tagging.GetResourcesCommand, input))
    for (const { ResourceARN } of page.ResourceTagMappingList ?? []) {
      const root = rootOf(ResourceARN!);
      if (root) roots.push(root);
      else unknown.push(ResourceARN!);
    }
  return { roots, unknown: unknown.sort() };
}
