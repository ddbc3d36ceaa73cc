/**
 * Sections that are named after AWS's types. Their code (rules, overlays, the reader of schemas) is loaded when a file or a tag first names
 * a type, so users of other kinds pay nothing for it.
 */
import { createRequire } from "node:module";
import type { Kind } from "../kind.ts";
import type { Typed } from "./driver.ts";
import type * as TypeKind from "./type-kind.ts";
import type { KnownTypes, TypeAnswer } from "./type-kind.ts";

export type { TypeAnswer } from "./type-kind.ts";

declare global {
  /** Holds the code where the build has no separate file beside the program. Set by build-single.mjs and by the tests. */
  var PLUMBLINE_TYPES: (() => unknown) | undefined;
}

const requireHere = createRequire(import.meta.url);
let loaded: KnownTypes | undefined;

/** The kinds of types and their names, for the configuration. */
export const types = { of: typeKind, names: () => known().names(), isType } as const;

/** Whether the name of a section or a kind is that of a type. */
export function isType(name: string): boolean {
  return /^[A-Za-z0-9]+::[A-Za-z0-9]+::[A-Za-z0-9]+$/.test(name);
}

export function typeKind(name: string): TypeAnswer {
  return known().of(name);
}

/** Whether somebody checked the type individually. */
export function isCurated(name: string): boolean {
  return isType(name) && known().isCurated(name);
}

/** Returns the kinds of all types that somebody checked individually. */
export function curatedTypes(): readonly Kind[] {
  return known().curated();
}

/** Returns the curated type of an object, from its ARN. */
export function typeOfArn(arn: string): Kind | undefined {
  return known().ofArn(arn);
}

function known(): KnownTypes {
  return (loaded ??= load().typesWith(driverOf));
}

/**
 * Loads the code synchronously, because the configuration asks for kinds without waiting. The build bundles it as types.cjs beside the
 * program.
 */
function load(): typeof TypeKind {
  const inside = globalThis.PLUMBLINE_TYPES?.();
  if (inside) return inside as typeof TypeKind;
  for (const place of ["./types.cjs", "../types.cjs"]) {
    try {
      return requireHere(place) as typeof TypeKind;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw new Error("types.cjs is missing from this installation");
}

async function driverOf(typed: Typed) {
  const [driver, sdk] = await Promise.all([import("./driver.ts"), import("../../aws/sdk/cloudcontrol.ts")]);
  return driver.driverOf(typed, sdk);
}
