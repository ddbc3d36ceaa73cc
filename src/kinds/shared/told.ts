import type { Json, Told } from "../kind.ts";

/** A reference or a value as a plan tells it: an address, an id, or a look-up that has no answer yet. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** An image by the parameter that names the newest one, whose path is too long to stand within a line. */
export function imageLines(image: Json, field: string): readonly Told[] | undefined {
  if (typeof image !== "object" || image === null || !("ssm" in image)) return undefined;
  return [{ text: `${field}: the newest of ${textOf(image["ssm"])}` }];
}

/** A value in a sentence; "(none)" where there is none. */
export function toldValue(value: unknown): string {
  return typeof value === "string" ? value : value === undefined ? "(none)" : JSON.stringify(value);
}
