import type { Kind, Slot, ResourceIndex } from "../../src/kinds/kind.ts";

const nothingElse: ResourceIndex = { region: "eu-west-1", of: () => [], get: () => undefined };

/** Returns the slots that an object with these fields takes: "addresses of subnet/a: 10.0.1.9". */
export function slotsOf(kind: Kind, spec: object, index: ResourceIndex = nothingElse): string[] {
  return (kind.slots?.({ address: `${kind.name}/it`, kind: kind.name, name: "it", spec, tags: {} }, index) ?? []).map(textOf);
}

function textOf({ space, value, foreign }: Slot): string {
  const text = typeof value === "string" ? value : `${value.first} to ${value.last}`;
  return `${space}: ${text}${foreign ? ` (${foreign.what})` : ""}`;
}
