/** Finds the images that specs name. */
import type { Desired, Kind } from "../kinds/kind.ts";
import { mapAnnotated } from "./references.ts";

/** Returns the images as they are written: an id, a name with its owner, a parameter that holds the id. */
export function imagesIn({ schema }: Kind, spec: unknown): readonly unknown[] {
  const images: unknown[] = [];
  mapAnnotated(schema, spec, "x-image", (image) => {
    images.push(image);
    return image;
  });
  return images;
}

/** Returns the names of the parameters that name images. */
export function imageParameters(kinds: readonly Kind[], nodes: readonly Desired[]): readonly string[] {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  return nodes.flatMap(({ kind, spec }) =>
    imagesIn(byName.get(kind)!, spec).flatMap((image) =>
      typeof image === "object" && image !== null && "ssm" in image ? [String(image.ssm)] : [],
    ),
  );
}
