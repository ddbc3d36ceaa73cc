/** Every declared and found resource, by kind and address. */
import type { Address, ResourceIndex, Subject } from "../kinds/kind.ts";
import type { Declared } from "./decision.ts";
import type { Found, Observed } from "./observed.ts";

/** Every subject there is: as declared where it is, else as found. What `after` and `check` look around in. */
export function resourceIndexOf(region: string, declared: ReadonlyMap<Address, Declared>, observed: Observed): ResourceIndex {
  const subjects = new Map<Address, Subject>();
  for (const found of observed.objects.values()) subjects.set(found.address, subjectOfFound(found));
  for (const { desired } of declared.values()) subjects.set(desired.address, desired);
  const byKind = new Map<string, Subject[]>();
  for (const subject of subjects.values()) {
    const list = byKind.get(subject.kind);
    if (list) list.push(subject);
    else byKind.set(subject.kind, [subject]);
  }
  return { region, of: (kind) => byKind.get(kind) ?? [], get: (address) => subjects.get(address) };
}

export function subjectOfFound(found: Found): Subject {
  return {
    address: found.address,
    kind: found.kind.name,
    name: found.address.slice(found.kind.name.length + 1),
    spec: found.linked,
    tags: found.live.tags,
  };
}
