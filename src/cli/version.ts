declare global {
  var PLUMBLINE_VERSION: string | undefined;
}

/** The package's version, written into the bundle by build.mjs; tests run the sources, which have none. */
export const version: string = globalThis.PLUMBLINE_VERSION ?? "0.0.0-source";
