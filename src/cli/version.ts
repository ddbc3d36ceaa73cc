declare global {
  var PLUMBLINE_VERSION: string | undefined;
}

/** The package's version, which build.mjs writes into the bundle. Tests run the sources, which have none. */
export const version: string = globalThis.PLUMBLINE_VERSION ?? "0.0.0-source";
