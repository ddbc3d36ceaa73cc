/** Groups endpoints of flows that differ only in their names, so that a table of forty instances has one row for them. */
import { portsText, type Flow } from "./flows.ts";
import { groupBy } from "../resource/group-by.ts";
import { inNaturalOrder } from "../resource/natural-order.ts";

/** Endpoints with the same flows, in the order of their names. */
export type Alike = readonly string[];

/** Puts every endpoint of the flows into one set. Endpoints that all reach each other in the same way are alike, too. */
export function alikeOf(flows: readonly Flow[]): readonly Alike[] {
  const ends = endsOf(flows);
  const left = new Set([...ends.keys()].sort(inNaturalOrder));
  const sets: Alike[] = [];
  const take = (groups: ReadonlyMap<string, readonly { readonly name: string }[]>) => {
    for (const group of groups.values()) {
      const names = group.map(({ name }) => name);
      if (names.length < 2 || names.some((name) => !left.has(name))) continue;
      for (const name of names) left.delete(name);
      sets.push(names);
    }
  };
  // First the endpoints that reach each other in one way. When each counts as its own partner, they all have the same partners.
  const candidates = [...left].flatMap((name) =>
    mutualWords(ends.get(name)!).map((words) => ({ name, key: keyOf(ends.get(name)!, name, words) })),
  );
  take(groupBy(candidates, ({ key }) => key));
  take(
    groupBy(
      [...left].map((name) => ({ name, key: keyOf(ends.get(name)!, name, undefined) })),
      ({ key }) => key,
    ),
  );
  return [...sets, ...[...left].map((name) => [name])].sort((a, b) => inNaturalOrder(a[0]!, b[0]!));
}

/** The flows that one endpoint sends and gets, by the other endpoint, as text with the change that a plan makes to them. */
interface End {
  readonly out: Map<string, string>;
  readonly in: Map<string, string>;
}

function endsOf(flows: readonly Flow[]): ReadonlyMap<string, End> {
  const ends = new Map<string, End>();
  const endOf = (name: string) => {
    const end = ends.get(name) ?? { out: new Map(), in: new Map() };
    ends.set(name, end);
    return end;
  };
  for (const same of groupBy(flows, ({ from, to }) => JSON.stringify([from, to])).values()) {
    const [{ from, to }] = same as [Flow];
    const words = [...groupBy(same, ({ change, isPossible }) => `${change} ${isPossible}`)].map(([key, of]) => `${key} ${portsText(of)}`);
    const text = words.sort().join("; ");
    endOf(from).out.set(to, text);
    endOf(to).in.set(from, text);
  }
  return ends;
}

function mutualWords(end: End): readonly string[] {
  return [...new Set([...end.out].flatMap(([other, words]) => (end.in.get(other) === words ? words : [])))];
}

function keyOf({ out, in: inward }: End, name: string, self: string | undefined): string {
  const list = (of: ReadonlyMap<string, string>) => {
    const all = new Map(of);
    if (self !== undefined) all.set(name, self);
    return [...all].sort(([a], [b]) => (a < b ? -1 : 1));
  };
  return JSON.stringify([list(out), list(inward)]);
}
