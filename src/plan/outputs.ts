/** Outputs of what exists, in the specs that name them. Pure. */
import type { Address, Kind, Live, Spec } from "../kinds/kind.ts";
import { fillEmbeds } from "../resource/embeds.ts";
import type { AnnotatedSchema } from "../resource/references.ts";
import { rulesOf } from "./normal.ts";
import type { Observed } from "./observed.ts";

/** Whether specs of the kind may hold outputs of others. */
export function takesOutputs({ schema }: Kind): boolean {
  return (schema as AnnotatedSchema)["x-embed"] === true;
}

/** An output of a live object, by its name; its id is one of every kind. */
export function outputOf(live: Live, output: string): string | undefined {
  return output === "id" ? live.id : live.outputs?.[output];
}

/**
 * A desired spec in AWS's values, as far as what it names exists: it is held against what AWS tells. Fields that are compared by a hash
 * stay as they are written, because the hash is that of what is written.
 */
export function withOutputs(kind: Kind, spec: Spec, { objects }: Pick<Observed, "objects">): Spec {
  if (!takesOutputs(kind)) return spec;
  const valueOf = (address: Address, output: string) => {
    const found = objects.get(address);
    return found && outputOf(found.live, output);
  };
  const filled = fillEmbeds(spec, ({ address, output }) => valueOf(address, output)) as Record<string, unknown>;
  if (filled === spec) return spec;
  const hashed = rulesOf(kind).flatMap(([field, { hashTag }]) =>
    hashTag !== undefined && field in spec ? [[field, spec[field]] as const] : [],
  );
  return { ...filled, ...Object.fromEntries(hashed) };
}
