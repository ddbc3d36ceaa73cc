import type { TagIndex } from "../kind.ts";

/** How the tag index names objects of EC2, by their type in an ARN. Their tags take all characters (Amazon EC2 User Guide, "Tag restrictions"). */
export function ec2Index(type: string): TagIndex {
  return { type: `ec2:${type}`, anyCharacters: true };
}
