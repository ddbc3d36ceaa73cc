import type { Json, Told } from "../kind.ts";

/** Returns a reference or a value as a plan shows it: an address, an id, or a look-up without an answer yet. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Shows an image by the parameter that names the newest one, on a line of its own, because the path is too long for a shared line. */
export function imageLines(image: Json, field: string): readonly Told[] | undefined {
  if (typeof image !== "object" || image === null || !("ssm" in image)) return undefined;
  return [{ text: `${field}: the newest of ${textOf(image["ssm"])}` }];
}

/** Returns a value for a sentence; "(none)" when there is none. */
export function toldValue(value: unknown): string {
  return typeof value === "string" ? value : value === undefined ? "(none)" : JSON.stringify(value);
}
