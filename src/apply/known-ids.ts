/** By which id AWS knows what this run works on, and whose an id is. */
import type { AwsError } from "../aws/errors.ts";
import { mayMean } from "./wait-limits.ts";
import type { Address, AwsId, Kind, Spec } from "../kinds/kind.ts";
import { idsOfOurs } from "../observe/foreign-dependents.ts";
import type { Observed } from "../plan/observed.ts";
import { addressIn, idFor, kindOfAddress, mapAnnotated } from "../resource/references.ts";

export class KnownIds {
  /** The id under which others now know each address: a new object's from the moment it is made. */
  readonly #ids = new Map<Address, AwsId>();
  /** Every id of what was ours when the plan was made. */
  readonly #ours: ReadonlySet<AwsId>;
  /** Ids of what this run made, whether or not others may use it yet. */
  readonly #made = new Set<AwsId>();
  /** Those of them that nothing had before: one that is AWS's name may be that of an object that is gone. */
  readonly #unheardOf = new Set<AwsId>();

  constructor(observed: Observed) {
    this.#ours = idsOfOurs(observed);
    for (const found of observed.objects.values()) this.#ids.set(found.address, found.live.id);
  }

  of(address: Address): AwsId | undefined {
    return this.#ids.get(address);
  }

  /** AWS has made it; others may use it only after `use`. */
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

  /** Whether a spec refers to something by an id that no earlier spec can have had. */
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

  /** Whether an id, or the end of an ARN, is of an object of this environment. */
  isOurs(id: AwsId): boolean {
    return [...this.#ours, ...this.#ids.values()].some((one) => one === id || one.endsWith(`:${id}`));
  }

  /** Whether the object that AWS does not find may be one of this environment, and so about to appear. */
  mayAppear(error: AwsError): boolean {
    return mayMean(error, [...this.#ids.values(), ...this.#made]);
  }

  /** A spec with the id of each object of ours in place of its address. */
  in(kind: Kind, spec: Spec): Spec {
    return mapAnnotated(kind.schema, spec, "x-ref", (value, _path, schema) => {
      const address = addressIn(value, schema);
      const id = address === undefined ? undefined : this.#ids.get(address);
      return id === undefined ? value : idFor(schema, kindOfAddress(address!), id);
    });
  }
}
