/** Helpers that turn observed specs into the text that an author would write. */
import type { Authored } from "../kind.ts";

/** Returns the observed spec unchanged, for kinds that need no other form. */
export function asRead<S extends object>(spec: Partial<S>): Authored<S> {
  return { spec };
}

/** Returns the spec without the fields that have AWS's default. */
export function without<S extends object>(spec: Partial<S>, given: Readonly<Record<string, unknown>>): Partial<S> {
  const isGiven = (key: string, value: unknown) => Object.hasOwn(given, key) && JSON.stringify(value) === JSON.stringify(given[key]);
  return Object.fromEntries(Object.entries(spec).filter(([key, value]) => value !== undefined && !isGiven(key, value))) as Partial<S>;
}

/** Returns the spec without these fields. */
export function omit<S extends object>(spec: Partial<S>, fields: readonly (keyof S)[]): Partial<S> {
  return Object.fromEntries(Object.entries(spec).filter(([key]) => !fields.includes(key as keyof S))) as Partial<S>;
}
