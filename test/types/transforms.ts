/** Properties that are compared as written, although the registry says that AWS returns them in another form. */
import { typeNames, typeSchema } from "@plumbline/aws-types";
import { typeKind } from "../../src/kinds/types/types.ts";
import { transformOf } from "../../src/kinds/types/transform.ts";

export function unreadTransforms(): { readonly type: string; readonly properties: readonly string[] }[] {
  return typeNames().flatMap((type) => {
    if (!("kind" in (typeKind(type) ?? {}))) return [];
    const left = Object.entries(typeSchema(type)!.propertyTransform ?? {}).flatMap(([pointer, text]) => {
      const way = pointer.split("/").filter((part) => part !== "" && part !== "properties");
      return transformOf(text, way.at(-1)!) ? [] : [way.join(".")];
    });
    return left.length > 0 ? [{ type, properties: left }] : [];
  });
}
