import { createRequire } from "node:module";

export type Cel = typeof import("@bufbuild/cel");

declare global {
  /** Set by build-single.mjs in the single executable, which has no file beside it. */
  var PLUMBLINE_CEL: (() => unknown) | undefined;
}

const requireHere = createRequire(import.meta.url);
let loaded: Cel | undefined;

/** Returns the CEL library. Loading it takes longer than reading most environments, so it is loaded at the first real expression. */
export function cel(): Cel {
  return (loaded ??= load());
}

/** Loads the library. The build bundles it as cel.cjs beside the program. */
function load(): Cel {
  const inside = globalThis.PLUMBLINE_CEL?.();
  if (inside) return inside as Cel;
  for (const place of ["./cel.cjs", "../cel.cjs"]) {
    try {
      return requireHere(place) as Cel;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  return requireHere("@bufbuild/cel") as Cel;
}
