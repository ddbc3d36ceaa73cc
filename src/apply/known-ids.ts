/** The ids by which AWS knows the objects of this run, and whether an id is ours. */
import type { AwsError } from "../aws/errors.ts";
import { mayMean } from "./wait-limits.ts";
import type { Address, AwsId, Kind, Spec } from "../kinds/kind.ts";
import { idsOfOurs } from "../observe/foreign-dependents.ts";
import type { Observed } from "../plan/observed.ts";
import { addressIn, idFor, kindOfAddress, mapAnnotated } from "../resource/references.ts";

export class KnownIds {
  /** The id under which others now know each address. A new object's id is added by `use`. */
  readonly #ids = new Map<Address, AwsId>();
  /** The ids of all objects that were ours when the plan was made. */
  readonly #ours: ReadonlySet<AwsId>;
  /** The ids of the objects that this run made, even if others may not use them yet. */
  readonly #made = new Set<AwsId>();
  /** The ids of `#made` that no object had before. An id that is a name may have belonged to a deleted object, and is left out. */
  readonly #unheardOf = new Set<AwsId>();

  constructor(observed: Observed) {
    this.#ours = idsOfOurs(observed);
    for (const found of observed.objects.values()) this.#ids.set(found.address, found.live.id);
  }

  of(address: Address): AwsId | undefined {
    return this.#ids.get(address);
  }

  /** Adds the id of an object that AWS has made. Others may use it only after `use`. */
  made(id: AwsId, name: string): void {
    this.#made.add(id);
    const isName = id === name || id.endsWith(`/${name}`) || id.endsWith(`:${name}`);
    if (!isName) this.#unheardOf.add(id);
  }

  use(address: Address, id: AwsId): void {
    this.#ids.set(address, id);
  }

  forget(address: Address): void {
    this.#ids.delete(address);
  }

  all(): Iterable<AwsId> {
    return this.#ids.values();
  }

  get hasMade(): boolean {
    return this.#made.size > 0;
  }

  /** Whether a spec refers to an object by an id that no earlier spec can have had. */
  namesUnheardOf(kind: Kind, spec: Spec): boolean {
    let names = false;
    mapAnnotated(kind.schema, spec, "x-ref", (value, _path, schema) => {
      const address = addressIn(value, schema);
      const id = address === undefined ? undefined : this.#ids.get(address);
      names ||= id !== undefined && this.#unheardOf.has(id);
      return value;
    });
    return names;
  }

  /** Whether an id, or the end of an ARN, belongs to an object of this environment. */
  isOurs(id: AwsId): boolean {
    return [...this.#ours, ...this.#ids.values()].some((one) => one === id || one.endsWith(`:${id}`));
  }

  /** Whether the object that AWS does not find may be one of this environment, and so about to appear. */
  mayAppear(error: AwsError): boolean {
    return mayMean(error, [...this.#ids.values(), ...this.#made]);
  }

  /** Returns a spec with ids in place of the addresses of our objects. */
  in(kind: Kind, spec: Spec): Spec {
    return mapAnnotated(kind.schema, spec, "x-ref", (value, _path, schema) => {
      const address = addressIn(value, schema);
      const id = address === undefined ? undefined : this.#ids.get(address);
      return id === undefined ? value : idFor(schema, kindOfAddress(address!), id);
    });
  }
}
