/** Outputs of what exists, in the specs that name them. Pure. */
import type { Kind, Live, Spec } from "../kinds/kind.ts";
import { fillEmbeds, type Embed } from "../resource/embeds.ts";
import { mapAnnotated } from "../resource/references.ts";
import { rulesOf } from "./normal.ts";
import type { Observed } from "./observed.ts";

/** An output of a live object, by its name; its id is one of every kind. */
export function outputOf(live: Live, output: string): string | undefined {
  return output === "id" ? live.id : live.outputs?.[output];
}

/**
 * A spec in AWS's values, as far as what it names exists: in this form the two sides are compared. Fields that are compared by a hash
 * stay as they are written, because the hash is that of what is written.
 */
export function withOutputs<S extends object>(kind: Kind, spec: S, { objects }: Pick<Observed, "objects">): S {
  const known = ({ address, output }: Embed) => {
    const found = objects.get(address);
    return found && outputOf(found.live, output);
  };
  const filled = mapAnnotated(kind.schema, spec, "x-embed", (value) => fillEmbeds(value, known));
  if (filled === spec) return spec;
  const hashed = rulesOf(kind).filter(([field, { hashTag }]) => hashTag !== undefined && field in spec);
  return { ...filled, ...Object.fromEntries(hashed.map(([field]) => [field, (spec as Spec)[field]])) };
}
