/** The values of other objects in the texts of a resource: for comparing, approving and showing them. */
import type { Spec, Tags } from "../kinds/kind.ts";
import { isLate, lateNeeds, nameOfLate } from "../resource/late.ts";
import type { Decision, Declared } from "./decision.ts";
import { hashOf } from "./hash.ts";
import { hashTags } from "./tags.ts";

/** Hash of a field that holds values of other objects, as the author wrote it: the same before and after these are known. */
export function formOf({ declared }: Decision, field: string): string | undefined {
  const written = (declared?.held?.written.desired.spec as Spec | undefined)?.[field];
  return isLate(written) ? hashOf(written) : undefined;
}

/** The tags that hold values of other objects, or hashes of fields that do, in the form that the author wrote. */
export function formsOf({ kind, declared }: Decision): Tags {
  const written = declared?.held?.written.desired;
  if (!written) return {};
  const tags: Readonly<Record<string, string | null>> = { ...written.tags, ...hashTags(kind, written.spec as Spec) };
  return Object.fromEntries(Object.entries(tags).filter((entry): entry is [string, string] => isLate(entry[1])));
}

/** "it holds dbInstance/main.endpoint (known after dbInstance/main)": why a field may differ although nobody changed the file. */
export function holdsText({ held }: Declared, field: string): string | undefined {
  const needs = held ? lateNeeds(held.written.desired).filter(({ path }) => path === field) : [];
  if (needs.length === 0) return undefined;
  const values = needs.map((of) => ({ name: nameOfLate(of), address: of.address, value: held!.values[nameOfLate(of)] ?? null }));
  const unknown = values.filter(({ value }) => value === null);
  const texts = (unknown.length > 0 ? unknown : values).map(
    ({ name, address, value }) => `${name} (${value === null ? `known after ${address}` : `now ${value}`})`,
  );
  return `it contains ${texts.join(" and ")}`;
}
