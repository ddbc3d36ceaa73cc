import type { Drawn, Subject } from "../kind.ts";
import type { Volume } from "./schema.ts";

/** Draws a fact on the instances that have the volume; a volume without an instance is listed below. */
export function drawn({ spec }: Subject<Partial<Volume>>): Drawn {
  const size = spec.size === undefined ? "" : `${spec.size} GiB `;
  const on = Object.keys(spec.attachments ?? {});
  return on.length > 0
    ? { as: "fact", on, text: `volume ${size}`.trim() }
    : { as: "beside", glyph: "part", sub: `volume ${size}${spec.type ?? "gp3"}` };
}
