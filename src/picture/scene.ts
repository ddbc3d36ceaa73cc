/** The contents of a picture, before anything has a place: networks, the boxes in them, and the flows between them. */
import { addTo } from "../resource/group-by.ts";
import type { Address, Drawn, Glyph, Tier } from "../kinds/kind.ts";
import type { Flow } from "./flows.ts";
import { readable } from "./names.ts";
import type { Reached } from "./reached.ts";
import type { Mark, Shown, PictureInput } from "./input.ts";
import { inNaturalOrder } from "../resource/natural-order.ts";
import { groupBy } from "../resource/group-by.ts";

export interface Chip {
  readonly address: string;
  readonly name: string;
  readonly mark?: Mark | undefined;
}

/** A card or a bar. It may stand for several equal ones. */
export interface Item {
  readonly id: string;
  readonly addresses: readonly Address[];
  readonly title: string;
  readonly sub: string;
  readonly glyph: Glyph;
  readonly chips: readonly Chip[];
  readonly isBar: boolean;
  readonly isElastic: boolean;
  readonly isPublic: boolean;
  readonly sends?: readonly number[];
  readonly mark?: Mark | undefined;
  readonly copies?: Address;
  /** The addresses of other items without a place in a network that it names. */
  readonly names?: readonly Address[];
}

export interface Cell {
  readonly address: string;
  readonly name: string;
  readonly sub: string;
  readonly zone: string;
  readonly tier: Tier;
  readonly way: string;
  /** The name of the route table. */
  readonly by?: string;
  readonly byMark?: Mark | undefined;
  readonly facts: readonly string[];
  readonly mark?: Mark | undefined;
  readonly cards: readonly Item[];
}

/** Something that lies across several cells, named by their addresses. */
export interface Bar {
  readonly item: Item;
  readonly at: readonly string[];
}

export interface Door {
  readonly address: Address;
  readonly name: string;
  readonly sub: string;
  /** A text behind the name: "with data". */
  readonly end?: string;
  readonly leadsTo: "internet" | "outwards" | "service" | "network";
  readonly mark?: Mark | undefined;
  /** The addresses of other doors that it stands for. */
  readonly more?: readonly Address[];
}

export interface Frame {
  readonly address: string;
  readonly name: string;
  readonly sub: string;
  readonly isForeign: boolean;
  readonly mark?: Mark | undefined;
  /** Texts of other resources about the network as a whole. */
  readonly facts: readonly string[];
  readonly doors: readonly Door[];
  readonly cells: readonly Cell[];
  readonly bars: readonly Bar[];
}

export interface Scene {
  readonly title: string;
  readonly region: string;
  readonly isPlan: boolean;
  readonly isPart: boolean;
  /** How many objects a plan creates, changes and so on. */
  readonly marks: readonly (readonly [Mark, number])[];
  /** The number of all objects, shown or not. */
  readonly count: number;
  readonly frames: readonly Frame[];
  /** Items without a place in a network. */
  readonly beside: readonly Item[];
  readonly flows: readonly Flow[];
  readonly by: Reached["by"];
  readonly notWeighed: Reached["notWeighed"];
}

/** Returns the networks of a picture, including those of others. */
export function framesOf(input: PictureInput): readonly Pick<Frame, "address" | "name">[] {
  return sceneOf(input).frames;
}

/** Puts every object into the one in which it lies. The order of the objects does not matter. */
export function sceneOf(input: PictureInput): Scene {
  const shown = [...input.shown].sort(byName);
  const builder = new Builder(shown);
  return {
    title: input.title,
    region: input.region,
    isPlan: input.isPlan === true || shown.some(({ mark }) => mark !== undefined),
    isPart: input.isPart === true,
    marks: marksIn(shown),
    count: shown.length,
    frames: builder.frames(),
    beside: builder.beside(),
    flows: input.flows,
    by: input.by,
    notWeighed: input.notWeighed,
  };
}

const markOrder: readonly Mark[] = ["create", "update", "restart", "replace", "delete", "retag", "keep"];

function marksIn(shown: readonly Shown[]): Scene["marks"] {
  return markOrder.map((mark) => [mark, shown.filter((one) => one.mark === mark).length] as const).filter(([, count]) => count > 0);
}

type As<K extends Drawn["as"]> = Shown & { readonly drawn: Extract<Drawn, { as: K }> };

class Builder {
  readonly #shown: readonly Shown[];
  readonly #byAddress: ReadonlyMap<string, Shown>;
  /** Texts of other resources about a box. */
  readonly #facts: ReadonlyMap<string, readonly string[]>;
  /** The boxes in a cell: the cards by cell, and the frame of each cell. */
  readonly #cards = new Map<string, Item[]>();
  readonly #frameOf = new Map<string, string>();
  readonly #bars = new Map<string, Bar[]>();
  readonly #strayCells = new Set<string>();
  readonly #placeless: Item[] = [];

  constructor(shown: readonly Shown[]) {
    this.#shown = shown;
    this.#byAddress = new Map(shown.map((one) => [one.address, one]));
    const facts = new Map<string, string[]>();
    for (const { drawn } of this.#as("fact")) for (const on of drawn.on) facts.set(on, [...(facts.get(on) ?? []), drawn.text]);
    this.#facts = facts;
    for (const cell of this.#as("cell")) this.#frameOf.set(cell.address, cell.drawn.in);
    for (const box of this.#shown) if (box.drawn.as === "card" || box.drawn.as === "bar") this.#put(box as As<"card" | "bar">);
  }

  frames(): Frame[] {
    const names = new Set([
      ...this.#as("frame").map(({ address }) => address),
      ...this.#frameOf.values(),
      ...this.#as("door").map(({ drawn }) => drawn.of),
    ]);
    const cells = [...this.#as("cell").map((one) => this.#cell(one)), ...[...this.#strayCells].sort().map((id) => this.#strayCell(id))];
    const [cellsBy, doorsBy] = [groupBy(cells, ({ address }) => this.#frameOf.get(address) ?? elsewhere), this.#doors()];
    if (this.#strayCells.size > 0) names.add(elsewhere);
    return [...names].sort(inNaturalOrder).map((key): Frame => {
      const own = this.#byAddress.get(key);
      const isOurs = own?.drawn.as === "frame";
      return {
        address: key,
        name: own?.name ?? (key === elsewhere ? "Other subnets" : readable(key)),
        sub: own?.drawn.as === "frame" ? own.drawn.sub : "not of this environment",
        isForeign: !isOurs,
        mark: own?.mark,
        facts: this.#facts.get(key) ?? [],
        doors: doorsBy.get(key) ?? [],
        cells: cellsBy.get(key) ?? [],
        bars: this.#bars.get(key) ?? [],
      };
    });
  }

  /** Returns the doors by the frame on whose border they stand. Some lead from one frame to another, and stand on both. */
  #doors(): ReadonlyMap<string, readonly Door[]> {
    const ends = this.#as("door").flatMap((one) => {
      const { of, also } = one.drawn;
      const other = (key: string) => this.#byAddress.get(key)?.name ?? readable(key);
      if (also === undefined) return [{ at: of, door: doorOf(one) }];
      return [
        { at: of, door: { ...doorOf(one), end: `with ${other(also)}` } },
        { at: also, door: { ...doorOf(one), end: `with ${other(of)}` } },
      ];
    });
    const doors = new Map<string, Door[]>();
    for (const { at, door } of ends) addTo(doors, at, door);
    return doors;
  }

  beside(): Item[] {
    const isChanged = ({ mark }: Shown) => mark !== undefined && mark !== "keep";
    const borne = new Set(this.#shown.flatMap(({ drawn }) => (drawn.as === "card" || drawn.as === "bar" ? drawn.chips : [])));
    const told = new Set(this.#as("cell").flatMap(({ drawn }) => drawn.by ?? []));
    const apart = new Set(this.#as("beside").map(({ address }) => address));
    const listed = this.#shown.flatMap((one): Item[] => {
      const { drawn } = one;
      if (drawn.as === "beside") {
        const item = itemOf(one, { glyph: drawn.glyph, sub: [drawn.sub, ...this.#cellsNamedBy(one)].join(" · ") });
        const names = (one.names ?? []).filter((name) => apart.has(name));
        return [names.length > 0 ? { ...item, names } : item];
      }
      if (!isChanged(one)) return [];
      if (drawn.as === "hidden" && !told.has(one.address)) return [itemOf(one, { glyph: "part", sub: drawn.sub })];
      if (drawn.as === "fact") return [itemOf(one, { glyph: "part", sub: drawn.text })];
      if (drawn.as === "chip" && !borne.has(one.address)) return [itemOf(one, { glyph: "part", sub: one.kind })];
      return [];
    });
    return [...this.#placeless, ...listed];
  }

  /** Returns "in app-a, app-b" for an object that has no place in a network and still works in subnets. */
  #cellsNamedBy({ names = [] }: Shown): readonly string[] {
    const cells = names.flatMap((name) => {
      const cell = this.#byAddress.get(name);
      return cell?.drawn.as === "cell" ? cell.name : [];
    });
    return cells.length > 0 ? [`in ${cells.sort(inNaturalOrder).join(", ")}`] : [];
  }

  #as<K extends Drawn["as"]>(as: K): As<K>[] {
    return this.#shown.filter((one): one is As<K> => one.drawn.as === as);
  }

  #put(box: As<"card" | "bar">): void {
    const { drawn } = box;
    const item = this.#item(box);
    const at = drawn.zone === undefined ? drawn.at : this.#ofZone(drawn.at, drawn.zone);
    const known = at.filter((cell) => this.#frameOf.has(cell));
    if (at.length === 0) this.#placeless.push(item);
    else if (known.length === 0) {
      const stray = at[0]!;
      this.#strayCells.add(stray);
      addTo(this.#cards, stray, { ...item, isBar: false });
    } else if (known.length === 1 && (drawn.as === "card" || new Set(drawn.at).size === 1))
      addTo(this.#cards, known[0]!, { ...item, isBar: false });
    else if (drawn.as === "card") addTo(this.#cards, known[0]!, { ...item, isBar: false });
    else addTo(this.#bars, this.#frameOf.get(known[0]!)!, { item, at: known });
  }

  /** Returns the cells of one zone, or all cells when none lies in it. */
  #ofZone(at: readonly string[], zone: string): readonly string[] {
    const there = at.filter((cell) => {
      const drawn = this.#byAddress.get(cell)?.drawn;
      return drawn?.as === "cell" && drawn.zone === zone;
    });
    return there.length > 0 ? there : at;
  }

  #item(box: As<"card" | "bar">): Item {
    const { drawn, address } = box;
    const sub = [drawn.sub, ...(this.#facts.get(address) ?? [])].filter(Boolean).join(" · ");
    const chips = drawn.chips.map((chip): Chip => {
      const known = this.#byAddress.get(chip);
      return { address: chip, name: known?.name ?? readable(chip), mark: known?.mark };
    });
    return {
      ...itemOf(box, { glyph: drawn.glyph, sub }),
      chips,
      isBar: drawn.as === "bar",
      isElastic: drawn.isElastic === true,
      isPublic: drawn.isPublic === true,
      ...(drawn.sends === undefined ? {} : { sends: drawn.sends }),
      ...(drawn.copies === undefined ? {} : { copies: drawn.copies }),
    };
  }

  #cell({ address, name, mark, drawn }: As<"cell">): Cell {
    const table = drawn.by === undefined ? undefined : this.#byAddress.get(drawn.by);
    return {
      address,
      name,
      sub: drawn.sub,
      zone: drawn.zone,
      tier: drawn.tier,
      way: drawn.way,
      ...(drawn.by === undefined ? {} : { by: table?.name ?? drawn.by, byMark: table?.mark }),
      facts: this.#facts.get(address) ?? [],
      mark,
      cards: this.#cards.get(address) ?? [],
    };
  }

  /** Returns a cell for a subnet that is only referred to. */
  #strayCell(id: string): Cell {
    const cards = this.#cards.get(id) ?? [];
    return { address: id, name: readable(id), sub: "", zone: "", tier: "isolated", way: "routes not known", facts: [], cards };
  }
}

/** The key of the frame around subnets whose VPC is not known. */
const elsewhere = "~elsewhere";

function doorOf({ address, name, drawn, mark }: As<"door">): Door {
  return { address, name, sub: drawn.sub, leadsTo: drawn.leadsTo, mark };
}

function itemOf({ address, name, mark }: Shown, { glyph, sub }: { glyph: Glyph; sub: string }): Item {
  return { id: address, addresses: [address], title: name, sub, glyph, chips: [], isBar: false, isElastic: false, isPublic: false, mark };
}

function byName(a: Shown, b: Shown): number {
  return inNaturalOrder(a.name, b.name) || inNaturalOrder(a.address, b.address);
}
