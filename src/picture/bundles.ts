/** Flows between boxes, joined to as few lines as possible: too many lines make a picture unreadable, boxes never do. */
import { contains, overlap, rangeOf } from "../resource/ranges.ts";
import { portsText, type Flow } from "./flows.ts";
import type { Grid } from "./grid.ts";
import type { Item } from "./scene.ts";

export type Tone = "in" | "mid" | "data" | "copy";

/** One line with several ends: from each of the sources to each of the targets. */
export interface Bundle {
  readonly tone: Tone;
  readonly label: string;
  /** Boxes by id; empty: the internet. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly change?: "opens" | "closes";
}

export interface Bundled {
  readonly bundles: readonly Bundle[];
  /** What is let in and is not drawn, in words. */
  readonly notes: readonly string[];
}

/** More lines than these in one network are not drawn, unless they come from the internet or change. */
export const mostBundles = 12;
const mostNotes = 4;

/** A box that is drawn, and the subnet ranges in which it lies. */
interface Spot {
  readonly item: Item;
  readonly ranges: readonly string[];
}

export function bundlesOf(grid: Grid, flows: readonly Flow[]): Bundled {
  const ends = new Ends(grid);
  const groups = new Map<string, { bundle: Bundle; flows: Flow[] }>();
  const notes = new Map<string, Flow[]>();
  for (const flow of flows) {
    const found = ends.of(flow);
    if (found === undefined) continue;
    if ("note" in found) notes.set(found.note, [...(notes.get(found.note) ?? []), flow]);
    else {
      const key = JSON.stringify([found.from, found.to, flow.change, found.from.length === 0 && !isEverything(flow.from)]);
      const group = groups.get(key);
      if (group) group.flows.push(flow);
      else groups.set(key, { bundle: { ...found, label: "", ...(flow.change && { change: flow.change }) }, flows: [flow] });
    }
  }
  const all = [...groups.values()].map(({ bundle, flows }): Bundle => ({ ...bundle, label: labelOf(bundle, flows) })).sort(byWeight);
  const isOver = all.length > mostBundles;
  const drawn = isOver ? all.filter(({ from, change }) => from.length === 0 || change !== undefined).slice(0, 2 * mostBundles) : all;
  const lines = [...notes].map(([note, flows]) => `${portsText(flows)} ${note}`).sort();
  return {
    bundles: [...drawn, ...copiesOf(grid)],
    notes: [
      ...(drawn.length < all.length ? [`${all.length - drawn.length} more flows inside, too many to draw; the HTML page lists them`] : []),
      ...lines.slice(0, mostNotes),
      ...(lines.length > mostNotes ? [`${lines.length - mostNotes} more rules for networks`] : []),
    ],
  };
}

/** What may pass; of some networks of the internet, which. */
function labelOf({ from }: Bundle, flows: readonly Flow[]): string {
  const named = [...new Set(from.length === 0 ? flows.map((flow) => flow.from).filter((network) => !isEverything(network)) : [])];
  const whence = named.length === 0 ? "" : ` from ${named.length === 1 ? named[0] : `${named.length} networks`}`;
  return `${portsText(flows)}${whence}`;
}

/** Replicas, by a dashed line from what they copy. */
function copiesOf(grid: Grid): Bundle[] {
  const spots = spotsOf(grid);
  return spots.flatMap(({ item }): Bundle[] => {
    const source = item.copies === undefined ? undefined : spots.find((spot) => spot.item.addresses.includes(item.copies!));
    if (!source || source.item.id === item.id) return [];
    return [{ tone: "copy", label: "replication", from: [source.item.id], to: [item.id] }];
  });
}

/** Who stands at the ends of flows in one network. */
class Ends {
  readonly #spots: readonly Spot[];
  readonly #byName = new Map<string, Spot[]>();
  readonly #ranges: readonly string[];
  readonly #hasGateway: boolean;
  readonly #names = new Map<string, string>();

  constructor(grid: Grid) {
    this.#spots = spotsOf(grid);
    for (const spot of this.#spots) {
      for (const key of new Set([...spot.item.addresses, ...spot.item.chips.map(({ address }) => address)]))
        this.#byName.set(key, [...(this.#byName.get(key) ?? []), spot]);
      for (const { address, name } of spot.item.chips) this.#names.set(address, name);
    }
    this.#ranges = grid.frame.cells.map(({ sub }) => sub);
    this.#hasGateway = grid.frame.doors.some(({ leadsTo }) => leadsTo === "internet");
  }

  of(flow: Flow): Omit<Bundle, "label" | "change"> | { readonly note: string } | undefined {
    const targets = this.#byName.get(flow.to);
    if (!targets) return undefined;
    const name = this.#names.get(flow.to) ?? flow.to;
    const known = this.#byName.get(flow.from);
    if (known) return this.#between(known, targets, flow, name);
    const isNetwork = /^[0-9a-f.:]+\/\d+$/i.test(flow.from);
    if (isNetwork && isPublic(flow.from)) {
      const open = this.#hasGateway ? targets.filter(({ item }) => item.isPublic) : [];
      if (open.length > 0) return { tone: "in", from: [], to: idsOf(open) };
      return { note: `to ${name} from ${isEverything(flow.from) ? "everywhere inside" : flow.from}` };
    }
    if (!isNetwork) return /^(pl|sg)-/.test(flow.from) ? { note: `to ${name} from ${flow.from}` } : undefined;
    if (this.#isWhole(flow.from)) return { note: `to ${name} from ${flow.from}` };
    const inside = this.#spots.filter(({ ranges }) => ranges.some((range) => meets(flow.from, range)));
    const found = this.#between(inside, targets, flow, name);
    return found ?? { note: `to ${name} from ${flow.from}` };
  }

  #between(senders: readonly Spot[], targets: readonly Spot[], flow: Flow, name: string): ReturnType<Ends["of"]> {
    const from = senders.filter(({ item }) => isSending(item, flow));
    if (from.length === 0) return undefined;
    const sources = new Set(idsOf(from));
    const others = targets.filter(({ item }) => !sources.has(item.id));
    if (others.length === 0) return sources.size > 1 ? { note: `among ${name}` } : undefined;
    const tone = others.every(({ item }) => item.glyph === "database") ? "data" : "mid";
    return { tone, from: idsOf(from), to: idsOf(others) };
  }

  /** Whether a network is all of this one's subnets: a line from everybody says nothing. */
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

/** A balancer in two rows is two boxes with one id; it is an end once. */
function idsOf(spots: readonly Spot[]): string[] {
  return [...new Set(spots.map(({ item }) => item.id))].sort();
}

function isSending({ sends }: Item, { ports }: Flow): boolean {
  return sends === undefined || sends.some((port) => ports.first === -1 || (ports.first <= port && port <= ports.last));
}

function meets(network: string, range: string): boolean {
  const [a, b] = [rangeOf(network), rangeOf(range)];
  return a !== undefined && b !== undefined && overlap(a, b);
}

/** RFC 1918, RFC 6598 (carriers) and RFC 4193 (IPv6): nobody on the internet has such an address. */
const inner = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].map((text) => rangeOf(text)!);

function isPublic(network: string): boolean {
  const range = rangeOf(network);
  if (range) return !inner.some((one) => contains(one, range));
  return !/^f[cd]/i.test(network);
}

function isEverything(network: string): boolean {
  return network.endsWith("/0");
}

const tones: readonly Tone[] = ["in", "mid", "data", "copy"];

function byWeight(a: Bundle, b: Bundle): number {
  const changed = Number(b.change !== undefined) - Number(a.change !== undefined);
  const [one, other] = [JSON.stringify([a.from, a.to, a.label]), JSON.stringify([b.from, b.to, b.label])];
  return changed || tones.indexOf(a.tone) - tones.indexOf(b.tone) || (one < other ? -1 : 1);
}
