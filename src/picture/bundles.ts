/** Joins flows between boxes to as few lines as possible: too many lines make a picture unreadable, boxes never do. */
import { contains, overlap, rangeOf } from "../resource/ranges.ts";
import { portsText, possibleText, type Flow } from "./flows.ts";
import type { Grid } from "./grid.ts";
import type { Item } from "./scene.ts";
import { groupBy } from "../resource/group-by.ts";

/** The kind of a line: from the internet, inside, to data, replication, or a reference from one resource to another. */
export type Tone = "in" | "mid" | "data" | "copy" | "ref";

/** One line with several ends: it connects each source to each target. */
export interface Bundle {
  readonly tone: Tone;
  readonly label: string;
  /** The ids of the source boxes. Empty: the internet. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly change?: "opens" | "closes";
}

export interface Bundled {
  readonly bundles: readonly Bundle[];
  /** Flows that are let in and not drawn, in words. */
  readonly notes: readonly string[];
}

/** If one network has more lines, only those that come from the internet or change are drawn. */
const mostBundles = 12;
const mostNotes = 4;

/** A box that is drawn, and the ranges of the subnets in which it lies. */
interface Spot {
  readonly item: Item;
  readonly ranges: readonly string[];
}

export function bundlesOf(grid: Grid, flows: readonly Flow[]): Bundled {
  const ends = new Ends(grid);
  const pairs = new Map<string, Pair>();
  const notes = new Map<string, Flow[]>();
  const tell = (note: string, of: readonly Flow[]) => notes.set(note, [...(notes.get(note) ?? []), ...of]);
  for (const flow of flows) {
    const found = ends.of(flow);
    if (found === undefined) continue;
    if ("note" in found) tell(found.note, [flow]);
    else
      for (const to of found.to)
        for (const from of found.from.length > 0 ? found.from : [outside]) {
          const key = JSON.stringify([from, to, flow.change, from === outside && !isEverything(flow.from)]);
          const pair = pairs.get(key);
          if (pair) pair.flows.push(flow);
          else pairs.set(key, { from, to, flows: [flow] });
        }
  }
  const all = joined(beyondInternet([...pairs.values()], ends), ends, tell).sort(byWeight);
  const isOver = all.length > mostBundles;
  const drawn = isOver ? all.filter(({ from, change }) => from.length === 0 || change !== undefined).slice(0, 2 * mostBundles) : all;
  const lines = toldOf(notes);
  return {
    bundles: [...drawn, ...copiesOf(grid)],
    notes: [
      ...(drawn.length < all.length ? [`${all.length - drawn.length} more flows inside, too many to draw; the HTML page lists them`] : []),
      ...lines.slice(0, mostNotes),
      ...(lines.length > mostNotes ? [`${lines.length - mostNotes} more`] : []),
      ...([...drawn.map(({ label }) => label), ...lines].some((text) => text.includes("possible"))
        ? ["\u201cpossible\u201d depends on addresses, targets or rules that are not known"]
        : []),
    ],
  };
}

/** Describes the flows that are not drawn. Flows that change come first, and certain flows come before possible ones. */
function toldOf(notes: ReadonlyMap<string, readonly Flow[]>): readonly string[] {
  const all = [...notes].flatMap(([note, flows]) =>
    [...groupBy(flows, ({ change, isPossible }) => `${change} ${isPossible}`).values()].map((same) => ({ note, flows: same, ...same[0]! })),
  );
  const rank = ({ change, isPossible }: (typeof all)[number]) => (change === undefined ? 2 : 0) + (isPossible ? 1 : 0);
  const words = ({ change, isPossible }: (typeof all)[number]) => {
    if (change === undefined) return isPossible ? "possible" : "also allowed";
    return isPossible ? `${change}, possible` : change;
  };
  return all
    .map((one) => ({ rank: rank(one), text: `${words(one)}: ${portsText(one.flows)} ${one.note}` }))
    .sort((a, b) => a.rank - b.rank || compare(a.text, b.text))
    .map(({ text }) => text);
}

/** The flows that may pass from one box, or from the internet, to another. The plan changes all of them in the same way. */
interface Pair {
  readonly from: string;
  readonly to: string;
  readonly flows: Flow[];
}

/** The internet as the end of a pair. */
const outside = "";

/**
 * Leaves out flows from boxes inside when the internet reaches the target with the same flows: they need no line, and the HTML page lists
 * them. For a box that a plan creates, the flows from the internet after the plan count; for a box that it deletes, those before.
 */
function beyondInternet(pairs: readonly Pair[], ends: Ends): readonly Pair[] {
  const wordsOf = ({ protocol, ports }: Flow, change: Flow["change"]) => `${protocol} ${ports.first} ${ports.last} ${change}`;
  const open = new Map<string, Set<string>>();
  for (const { from, to, flows } of pairs) {
    if (from !== outside || !flows.every((flow) => isEverything(flow.from))) continue;
    open.set(to, new Set([...(open.get(to) ?? []), ...flows.map((flow) => wordsOf(flow, flow.change))]));
  }
  return pairs.flatMap((pair): Pair[] => {
    const words = pair.from === outside ? undefined : open.get(pair.to);
    if (!words) return [pair];
    const state = [pair.from, pair.to].map((id) => ends.stateOf(id)).find((one) => one !== undefined);
    const isOpen = (flow: Flow) =>
      words.has(wordsOf(flow, flow.change)) || (flow.change === undefined && state !== undefined && words.has(wordsOf(flow, state)));
    const flows = pair.flows.filter((flow) => !isOpen(flow));
    return flows.length === 0 ? [] : [{ ...pair, flows }];
  });
}

/**
 * Joins pairs to as few lines as possible. Boxes that the same sources reach in the same way are the targets of one line. Boxes that all
 * reach each other get a note, and the lines from other boxes to them are joined as well.
 */
function joined(unsorted: readonly Pair[], ends: Ends, tell: (note: string, flows: readonly Flow[]) => void): Bundle[] {
  const pairs = [...unsorted].sort((a, b) => compare(a.to, b.to) || compare(a.from, b.from));
  const kindOf = ({ from, flows }: Pair) => JSON.stringify([from === outside, labelOf(from === outside, flows), flows[0]!.change]);
  const sets = [...groupBy(pairs, (pair) => JSON.stringify([pair.to, kindOf(pair)])).values()].map((same) => {
    const [{ to, flows }] = same as [Pair];
    return { to, kind: kindOf(same[0]!), flows, from: [...new Set(same.map(({ from }) => from))].sort() };
  });
  const withTarget = groupBy(sets, ({ to, kind, from }) => JSON.stringify([kind, [...new Set([...from, to])].sort()]));
  const groups = [...withTarget.values()].flatMap((same) => {
    const targets = same.map(({ to }) => to);
    if (same.length === 1) return { ...same[0]!, targets, isMutual: same[0]!.from.includes(same[0]!.to) };
    return { ...same[0]!, targets, isMutual: true };
  });
  const bundles = groupBy(
    groups.map((group) => {
      if (group.isMutual && ends.areMany(group.targets)) tell(`among ${ends.namesOf(group.targets)}`, group.flows);
      return { ...group, from: group.from.filter((one) => !group.targets.includes(one)) };
    }),
    ({ kind, from }) => JSON.stringify([kind, from]),
  );
  return [...bundles.values()].flatMap((same): Bundle[] => {
    const { from, flows } = same[0]!;
    const to = [...new Set(same.flatMap(({ targets }) => targets))].sort();
    if (from.length === 0) return [];
    const [isOutside, change] = [from.includes(outside), flows[0]!.change];
    if (!isOutside && ends.isEverybody(from, to)) {
      tell(`to ${ends.namesOf(to)} from everything inside`, flows);
      return [];
    }
    const tone = isOutside ? "in" : to.every((id) => ends.isStore(id)) ? "data" : "mid";
    return [{ tone, label: labelOf(isOutside, flows), from: isOutside ? [] : from, to, ...(change && { change }) }];
  });
}

/** Returns the label of a line: its flows, and for some networks of the internet their names or number. */
function labelOf(isOutside: boolean, flows: readonly Flow[]): string {
  const named = [...new Set(isOutside ? flows.map((flow) => flow.from).filter((network) => !isEverything(network)) : [])];
  const whence = named.length === 0 ? "" : ` from ${named.length === 1 ? named[0] : `${named.length} networks`}`;
  return `${possibleText(flows)}${whence}`;
}

/** Returns the lines of replicas: a dashed line from each source to its copy. */
function copiesOf(grid: Grid): Bundle[] {
  const spots = spotsOf(grid);
  return spots.flatMap(({ item }): Bundle[] => {
    const source = item.copies === undefined ? undefined : spots.find((spot) => spot.item.addresses.includes(item.copies!));
    if (!source || source.item.id === item.id) return [];
    return [{ tone: "copy", label: "replication", from: [source.item.id], to: [item.id] }];
  });
}

/** Finds the boxes at the ends of flows in one network. */
class Ends {
  readonly #spots: readonly Spot[];
  readonly #byName = new Map<string, Spot[]>();
  readonly #byId = new Map<string, Item>();
  readonly #ranges: readonly string[];
  readonly #hasGateway: boolean;
  readonly #names = new Map<string, string>();

  constructor(grid: Grid) {
    this.#spots = spotsOf(grid);
    for (const spot of this.#spots) {
      this.#byId.set(spot.item.id, spot.item);
      for (const key of new Set([...spot.item.addresses, ...spot.item.chips.map(({ address }) => address)]))
        this.#byName.set(key, [...(this.#byName.get(key) ?? []), spot]);
      for (const { address, name } of spot.item.chips) this.#names.set(address, name);
    }
    this.#ranges = grid.frame.cells.map(({ sub }) => sub);
    this.#hasGateway = grid.frame.doors.some(({ leadsTo }) => leadsTo === "internet");
  }

  of(flow: Flow): { readonly from: readonly string[]; readonly to: readonly string[] } | { readonly note: string } | undefined {
    const targets = this.#byName.get(flow.to);
    if (!targets) return undefined;
    const to = idsOf(targets);
    const name = this.#names.get(flow.to) ?? titleOf(targets[0]!.item);
    // The flow is to an object, and not to a group as in the rules. Then its reachability is known.
    const isWeighed = targets.some(({ item }) => item.addresses.includes(flow.to));
    const known = this.#byName.get(flow.from);
    if (known) return this.#between(known, to, flow);
    const isNetwork = /^[0-9a-f.:]+\/\d+$/i.test(flow.from);
    if (isNetwork && isPublic(flow.from)) {
      const open = isWeighed ? to : idsOf(targets.filter(({ item }) => item.isPublic));
      if (this.#hasGateway && open.length > 0) return { from: [], to: open };
      const whence = isWeighed
        ? isEverything(flow.from)
          ? "the internet"
          : flow.from
        : isEverything(flow.from)
          ? "everywhere inside"
          : flow.from;
      return { note: `to ${name} from ${whence}` };
    }
    if (isWeighed) return { note: `to ${name} from ${flow.from}` };
    if (!isNetwork) return /^(pl|sg)-/.test(flow.from) ? { note: `to ${name} from ${flow.from}` } : undefined;
    if (this.#isWhole(flow.from)) return { note: `to ${name} from ${flow.from}` };
    const inside = this.#spots.filter(({ ranges }) => ranges.some((range) => meets(flow.from, range)));
    return this.#between(inside, to, flow) ?? { note: `to ${name} from ${flow.from}` };
  }

  #between(senders: readonly Spot[], to: readonly string[], flow: Flow): { from: readonly string[]; to: readonly string[] } | undefined {
    const from = idsOf(senders.filter(({ item }) => isSending(item, flow)));
    return from.length === 0 ? undefined : { from, to };
  }

  /** Whether boxes stand for several objects, which can then connect to each other. */
  areMany(ids: readonly string[]): boolean {
    return ids.length > 1 || ids.some((id) => this.#item(id).addresses.length > 1 || this.#item(id).isElastic);
  }

  /** Names boxes by the group that they share, or else by their titles. */
  namesOf(ids: readonly string[]): string {
    const items = ids.map((id) => this.#item(id));
    const bearing = items.filter(({ chips }) => chips.length > 0);
    const shared = bearing[0]?.chips.find(({ address }) => bearing.every(({ chips }) => chips.some((chip) => chip.address === address)));
    if (shared) return shared.name;
    const titles = [...new Set(items.map(titleOf))];
    return titles.length <= 2 ? titles.join(" and ") : `${titles.slice(0, 2).join(", ")} and ${titles.length - 2} more`;
  }

  /** Returns the change that every flow of a box would show because a plan creates or deletes the box. The box itself shows it already. */
  stateOf(id: string): Flow["change"] {
    const { mark } = this.#item(id);
    return mark === "create" ? "opens" : mark === "delete" ? "closes" : undefined;
  }

  isStore(id: string): boolean {
    return this.#item(id).glyph === "database";
  }

  /** Whether a line would come from all other boxes, and from at least five. */
  isEverybody(from: readonly string[], to: readonly string[]): boolean {
    const others = this.#spots.filter(({ item }) => item.sends === undefined && item.glyph !== "endpoint" && !to.includes(item.id));
    return from.length >= 5 && others.every(({ item }) => from.includes(item.id));
  }

  #item(id: string): Item {
    return this.#byId.get(id)!;
  }

  /** Whether a network contains all subnets of this one. A line from everybody would say nothing. */
  #isWhole(network: string): boolean {
    const outer = rangeOf(network);
    return outer !== undefined && this.#ranges.every((range) => contains(outer, rangeOf(range) ?? { first: -1, last: -1, prefix: 0 }));
  }
}

function spotsOf({ rows }: Grid): Spot[] {
  return rows.flatMap(({ cells, bars }) => [
    ...cells.flatMap((cell) => cell?.cards.map((item): Spot => ({ item, ranges: [cell.sub] })) ?? []),
    ...bars.map(({ item, first, last }): Spot => ({ item, ranges: cells.slice(first, last + 1).flatMap((cell) => cell?.sub ?? []) })),
  ]);
}

/** Returns the ids of boxes, each once. A load balancer in two rows is two boxes with one id. */
function idsOf(spots: readonly Spot[]): string[] {
  return [...new Set(spots.map(({ item }) => item.id))].sort();
}

function titleOf({ title }: Item): string {
  return title;
}

function isSending({ sends }: Item, { ports }: Flow): boolean {
  return sends === undefined || sends.some((port) => ports.first === -1 || (ports.first <= port && port <= ports.last));
}

function meets(network: string, range: string): boolean {
  const [a, b] = [rangeOf(network), rangeOf(range)];
  return a !== undefined && b !== undefined && overlap(a, b);
}

/** RFC 1918, RFC 6598 (carriers) and RFC 4193 (IPv6): no host on the internet has such an address. */
const inner = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].map((text) => rangeOf(text)!);

function isPublic(network: string): boolean {
  const range = rangeOf(network);
  if (range) return !inner.some((one) => contains(one, range));
  return !/^f[cd]/i.test(network);
}

function isEverything(network: string): boolean {
  return network.endsWith("/0");
}

const tones: readonly Tone[] = ["in", "mid", "data", "copy", "ref"];

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function byWeight(a: Bundle, b: Bundle): number {
  const changed = Number(b.change !== undefined) - Number(a.change !== undefined);
  const [one, other] = [JSON.stringify([a.from, a.to, a.label, a.change]), JSON.stringify([b.from, b.to, b.label, b.change])];
  return changed || tones.indexOf(a.tone) - tones.indexOf(b.tone) || (one < other ? -1 : 1);
}
