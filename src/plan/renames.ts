/** Finds a delete and a create that look like one object under a new address. */
import type { Address, Spec } from "../kinds/kind.ts";
import { inYaml } from "../resource/naming.ts";
import { mapRefs } from "../resource/references.ts";
import { isAdopted } from "./adoption.ts";
import type { Decision } from "./decision.ts";
import { diff } from "./diff.ts";
import type { Note } from "./plan.ts";

/** Returns a note for each likely rename of a plan, with the `moved:` line that makes it a rename. */
export function likelyRenames(decisions: ReadonlyMap<Address, Decision>): Note[] {
  const deleted = [...decisions.values()].filter((one) => one.found && (one.action === "delete" || one.action === "keep"));
  const notes: Note[] = [];
  const taken = new Set<Address>();
  for (const made of decisions.values()) {
    if (made.action !== "create" || !made.declared) continue;
    const gone = deleted.find((one) => one.kind === made.kind && !taken.has(one.address) && isSameShape(made, one, decisions));
    if (!gone) continue;
    taken.add(gone.address);
    notes.push({
      code: "likely-rename",
      address: made.address,
      id: gone.found!.live.id,
      text: `${gone.address} and ${made.address} look alike: likely rename. To keep ${gone.found!.live.id}, add \`${movedLine(gone.address, made.address)}\` at the top level of the file`,
      at: made.declared.desired.at(),
    });
  }
  return notes;
}

/** Returns the `moved:` line that carries an object to another address, where the two look alike. */
export function renameOf(made: Decision, gone: Decision | undefined, decisions: ReadonlyMap<Address, Decision>): string | undefined {
  if (made.action !== "create" || !made.declared || !gone?.found || gone.declared || gone.kind !== made.kind) return undefined;
  return isSameShape(made, gone, decisions) ? movedLine(gone.address, made.address) : undefined;
}

function movedLine(from: Address, to: Address): string {
  return `moved: [{ from: ${inYaml(from)}, to: ${inYaml(to)} }]`;
}

/** Whether the two look alike. References to objects that change themselves are left out of the comparison. */
function isSameShape(made: Decision, gone: Decision, decisions: ReadonlyMap<Address, Decision>): boolean {
  const blur = (spec: Spec) =>
    mapRefs(made.kind.schema, spec, (value) => ((decisions.get(value as string)?.action ?? "none") === "none" ? value : undefined));
  const live = { ...gone.found!.live, spec: blur(gone.found!.linked) };
  const expected = {
    ...made.declared!.desired,
    spec: blur(made.declared!.desired.spec),
    ignoreChanges: [],
    writtenOnly: isAdopted(gone.found!),
  };
  return diff(made.kind, expected, live).deltas.every((delta) => delta.impact === "note" || delta.rule.hashTag !== undefined);
}
