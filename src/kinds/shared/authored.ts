/** What authors write of objects that were read: words that several kinds use. */
import type { Authored } from "../kind.ts";

/** For kinds whose observed specs say it as they are. */
export function asRead<S extends object>(spec: Partial<S>): Authored<S> {
  return { spec };
}

/** Without the fields that have what AWS gives when nobody asks. */
export function without<S extends object>(spec: Partial<S>, given: Readonly<Record<string, unknown>>): Partial<S> {
  const isGiven = (key: string, value: unknown) => Object.hasOwn(given, key) && JSON.stringify(value) === JSON.stringify(given[key]);
  return Object.fromEntries(Object.entries(spec).filter(([key, value]) => value !== undefined && !isGiven(key, value))) as Partial<S>;
}

/** Without these fields. */
export function omit<S extends object>(spec: Partial<S>, fields: readonly (keyof S)[]): Partial<S> {
  return Object.fromEntries(Object.entries(spec).filter(([key]) => !fields.includes(key as keyof S))) as Partial<S>;
}
