import type { Address, Kind } from "../kinds/kind.ts";
import { positionOf, type Spot } from "./source.ts";
import type { MapTree, Tree } from "./tree.ts";
import type { Position } from "../diag/diagnostic.ts";

/** One resource as it stands in the YAML, before `count` makes several of it. */
export interface Declaration {
  readonly kind: Kind;
  readonly name: string;
  readonly address: Address;
  /** Undefined: no `count`. */
  readonly count: number | undefined;
  readonly key: Spot;
  readonly tree: Tree;
  readonly plain: Readonly<Record<string, unknown>>;
}

/** What an environment declares, for looking up references. Resources with mistakes in them are declared all the same. */
export class Declared {
  readonly all: readonly Declaration[];
  readonly #byAddress = new Map<Address, Declaration>();
  readonly #kinds: ReadonlyMap<string, Kind>;

  constructor(kinds: readonly Kind[], tree: MapTree, plain: Readonly<Record<string, unknown>>) {
    this.#kinds = new Map(kinds.map((kind) => [kind.name, kind]));
    this.all = kinds.flatMap((kind) => declarationsOf(kind, tree, plain));
    for (const declaration of this.all) this.#byAddress.set(declaration.address, declaration);
  }

  get(address: Address): Declaration | undefined {
    return this.#byAddress.get(address);
  }

  kind(name: string): Kind | undefined {
    return this.#kinds.get(name);
  }

  kindNames(): string[] {
    return [...this.#kinds.keys()];
  }

  namesOf(kind: string): string[] {
    return this.all.filter((declaration) => declaration.kind.name === kind).map(({ name }) => name);
  }

  /** Whether an address names one object: with its index where there is a count, without where there is none. */
  has(address: Address): boolean {
    const [, base, index] = /^(.*?)(?:\[(\d+)\])?$/.exec(address)!;
    const declaration = this.#byAddress.get(base!);
    if (!declaration) return false;
    return declaration.count === undefined ? index === undefined : index !== undefined && Number(index) < declaration.count;
  }

  /** Where a resource is written: its name. */
  positionOf(address: Address): Position | undefined {
    const declaration = this.#byAddress.get(address);
    return declaration && positionOf(declaration.key);
  }
}

function declarationsOf(kind: Kind, tree: MapTree, plain: Readonly<Record<string, unknown>>): Declaration[] {
  const section = tree.entries.get(kind.section)?.value;
  const values = plain[kind.section] as Readonly<Record<string, unknown>> | undefined;
  if (section?.type !== "map" || !values) return [];
  return [...section.entries].map(([name, { key, value }]) => {
    const body = values[name];
    const fields = typeof body === "object" && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : {};
    const count = typeof fields["count"] === "number" && kind.countable ? fields["count"] : undefined;
    return { kind, name, address: `${kind.name}/${name}`, count, key, tree: value, plain: fields };
  });
}
