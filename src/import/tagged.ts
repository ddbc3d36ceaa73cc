/** Objects that bear a tag, whatever their kind, as the index of the Resource Groups Tagging API shows them. */
import type { Aws } from "../aws/aws.ts";
import type { Kind } from "../kinds/kind.ts";
import type { Root } from "./discover.ts";
import { rootOfArn } from "./roots.ts";

/** Those of the kinds that are known here; the index shows no Auto Scaling groups. */
export async function rootsTagged(kinds: readonly Kind[], aws: Aws, [Key, value]: readonly [string, string]): Promise<Root[]> {
  const tagging = await import("../aws/sdk/tagging.ts");
  const roots: Root[] = [];
  const input = { TagFilters: [{ Key, Values: [value] }], ResourcesPerPage: 100 };
  for await (const page of aws.tagging.pages(tagging.GetResourcesCommand, input))
    for (const { ResourceARN } of page.ResourceTagMappingList ?? []) {
      const root = rootOfArn(kinds, ResourceARN!);
      if (root) roots.push(root);
    }
  return roots;
}
