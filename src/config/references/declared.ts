import type { Address, Kind } from "../../kinds/kind.ts";
import { partsOfName, type Repetition } from "../values/repetition.ts";
import { positionOf, type Spot } from "../yaml/source.ts";
import type { MapTree, Tree } from "../yaml/tree.ts";
import type { Position } from "../../diag/diagnostic.ts";

/** One object that the YAML declares: a resource, or one of the objects that `forEach` or `count` makes of it. */
export interface Declaration {
  readonly kind: Kind;
  /** "public", or "public[a]". */
  readonly name: string;
  readonly address: Address;
  readonly key: Spot;
  readonly tree: Tree;
  readonly plain: Readonly<Record<string, unknown>>;
  /** The prefix before the names inside a part, when a part makes the object. */
  readonly prefix?: string;
}

/** The objects that an environment declares, for looking up references. Resources with mistakes in them count as declared. */
export class Declared {
  readonly all: readonly Declaration[];
  readonly #byAddress = new Map<Address, Declaration>();
  readonly #kinds: ReadonlyMap<string, Kind>;
  readonly #repetitions: ReadonlyMap<string, Repetition>;
  readonly #prefixes: ReadonlyMap<string, readonly string[]>;
  readonly #mayLack: (name: string) => boolean;

  constructor(
    kinds: readonly Kind[],
    tree: MapTree,
    plain: Readonly<Record<string, unknown>>,
    repetitions: ReadonlyMap<string, Repetition> = new Map(),
    prefixes: ReadonlyMap<string, readonly string[]> = new Map(),
    mayLack: (name: string) => boolean = () => false,
  ) {
    this.#mayLack = mayLack;
    this.#prefixes = prefixes;
    this.#kinds = new Map(kinds.map((kind) => [kind.name, kind]));
    this.#repetitions = repetitions;
    this.all = kinds.flatMap((kind) => declarationsOf(kind, tree, plain)).map((one) => this.#withPrefix(one));
    for (const declaration of this.all) this.#byAddress.set(declaration.address, declaration);
  }

  get kinds(): readonly Kind[] {
    return [...this.#kinds.values()];
  }

  /** Whether a resource belongs to the use with this prefix. */
  isInside(address: Address, prefix: string): boolean {
    return this.#prefixes.get(address)?.includes(prefix) ?? false;
  }

  #withPrefix(one: Declaration): Declaration {
    const prefix = this.#prefixes.get(`${one.kind.name}/${partsOfName(one.name).base}`)?.at(-1);
    return prefix === undefined ? one : { ...one, prefix };
  }

  get(address: Address): Declaration | undefined {
    return this.#byAddress.get(address);
  }

  /** Returns how a resource is repeated, by its address without brackets; undefined when no resource has that name. */
  repetition(address: Address): Repetition | undefined {
    const known = this.#repetitions.get(address) ?? (this.#byAddress.has(address) ? { how: "one" } : undefined);
    return known ?? (this.isLacking(address) ? { how: "broken" } : undefined);
  }

  /** Whether a use of a part lacks a resource with this address for a reason that is already reported. */
  isLacking(address: Address): boolean {
    return this.#mayLack(address.slice(address.indexOf("/") + 1));
  }

  kind(name: string): Kind | undefined {
    return this.#kinds.get(name);
  }

  kindNames(): string[] {
    return [...this.#kinds.keys()];
  }

  /** The names of a kind's resources, without brackets. */
  namesOf(kind: string): string[] {
    const present = this.all.filter((declaration) => declaration.kind.name === kind).map(({ name }) => partsOfName(name).base);
    const repeated = [...this.#repetitions.keys()]
      .filter((address) => address.startsWith(`${kind}/`))
      .map((address) => address.slice(kind.length + 1));
    return [...new Set([...present, ...repeated])];
  }

  /** Whether an address names exactly one object. The address of a repeated resource needs its key, any other has none. */
  has(address: Address): boolean {
    return this.#byAddress.has(address);
  }

  /** Returns the position of a resource's name in the YAML. */
  positionOf(address: Address): Position | undefined {
    const repetition = this.#repetitions.get(address);
    const first = repetition && "items" in repetition ? repetition.items[0] : undefined;
    const declaration = this.#byAddress.get(first ? `${address}[${first.key}]` : address);
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
    return { kind, name, address: `${kind.name}/${name}`, key, tree: value, plain: fields };
  });
}
