/**
 * Sections that are named after AWS's types. What is known of types (rules, overlays, the reader of schemas) is loaded when a file or a
 * tag first names one, so that whoever uses none pays nothing for them.
 */
import { createRequire } from "node:module";
import type { Kind } from "../kind.ts";
import type { Typed } from "./driver.ts";
import type * as TypeKind from "./type-kind.ts";
import type { KnownTypes, TypeAnswer } from "./type-kind.ts";

export type { TypeAnswer } from "./type-kind.ts";

declare global {
  /** Where no file of the build lies beside the program: set by build-single.mjs, and by the tests. */
  var PLUMBLINE_TYPES: (() => unknown) | undefined;
}

const requireHere = createRequire(import.meta.url);
let loaded: KnownTypes | undefined;

/** Where the configuration gets the kinds of types, and what there is. */
export const types = { of: typeKind, names: () => known().names(), isType } as const;

/** Whether a section or an address is meant for a type. */
export function isType(name: string): boolean {
  return /^[A-Za-z0-9]+::[A-Za-z0-9]+::[A-Za-z0-9]+$/.test(name);
}

export function typeKind(name: string): TypeAnswer {
  return known().of(name);
}

/** Whether somebody looked at the type, one by one. */
export function isCurated(name: string): boolean {
  return isType(name) && known().isCurated(name);
}

/** The kinds of all types that somebody looked at. */
export function curatedTypes(): readonly Kind[] {
  return known().curated();
}

/** The curated type of an object, by its ARN. */
export function typeOfArn(arn: string): Kind | undefined {
  return known().ofArn(arn);
}

function known(): KnownTypes {
  return (loaded ??= load().typesWith(driverOf));
}

/** The build bundles it as types.cjs beside the program, because the configuration asks for kinds without waiting. */
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
