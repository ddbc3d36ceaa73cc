/** Every declared and found resource, by kind and address. */
import type { Address, ResourceIndex, Spec, Subject } from "../kinds/kind.ts";
import type { Declared, Decision } from "./decision.ts";
import { normalised } from "./normalised.ts";
import type { Found, Observed } from "./observed.ts";

/** Returns every resource: as declared where it is declared, otherwise as found. `after` and `check` read it. */
export function resourceIndexOf(region: string, declared: ReadonlyMap<Address, Declared>, observed: Observed): ResourceIndex {
  const subjects = new Map<Address, Subject>();
  for (const found of observed.objects.values()) subjects.set(found.address, subjectOfFound(found));
  for (const { desired } of declared.values()) subjects.set(desired.address, desired);
  return indexOf(region, subjects);
}

/** Returns every found resource as it is. A field that AWS does not return is as the file says. */
export function presentIndexOf(region: string, decisions: ReadonlyMap<Address, Decision>, observed: Observed): ResourceIndex {
  const found = [...observed.objects.values()];
  return indexOf(region, new Map(found.map((one) => [one.address, presentSubject(one, decisions.get(one.address))])));
}

export function indexOf(region: string, subjects: ReadonlyMap<Address, Subject>): ResourceIndex {
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

/**
 * Returns an object as it is. A field that AWS does not return (the port of a cache that is being made) is as the file says, as in a diff.
 * For an object that is replaced, such a field stays empty, because the file describes its successor.
 */
export function presentSubject(found: Found, decision: Pick<Decision, "action" | "declared"> | undefined): Subject {
  const subject = subjectOfFound(found);
  if (!decision?.declared || decision.action === "replace") return subject;
  const { kind, linked } = found;
  const have = normalised(kind, linked);
  const isUntold = (field: string) => field in kind.fields && !(field in linked) && !(field in have);
  const untold = Object.entries(decision.declared.resolved as Spec).filter(([field]) => isUntold(field));
  return untold.length === 0 ? subject : { ...subject, spec: { ...linked, ...Object.fromEntries(untold) } };
}
