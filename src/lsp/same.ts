/** Whether an environment is the same after a rename, but for the name and the lines of `moved:`. */
import type { TSchema } from "typebox";
import { kindsFor, type Environment } from "../config/environment.ts";
import type { Loaded } from "../config/load.ts";
import { splitRef } from "../config/values/repetition.ts";
import type { Diagnostic, Position } from "../diag/diagnostic.ts";
import { place } from "../diag/format.ts";
import type { Address, Kind, Tags } from "../kinds/kind.ts";
import { withNodesOpen } from "../resource/late.ts";
import { ownership } from "../resource/ownership.ts";
import { mapAnnotated, type AnnotatedSchema } from "../resource/references.ts";

export interface Rename {
  readonly from: Address;
  readonly to: Address;
  /** The environments in which the resource is renamed. */
  readonly owners: readonly Pick<Environment, "project" | "name">[];
}

/** What a rename would change besides the name; undefined where nothing does. `isOwn`: the environment declares the resource. */
export function whyNotSame(before: Loaded, after: Loaded, rename: Rename, isOwn: boolean, kinds: readonly Kind[]): string | undefined {
  const wrong = newErrorIn(before, after, rename);
  if (wrong) return `${wrong.at ? `${place(wrong.at)}: ` : ""}${wrong.summary}`;
  if (!before.environment || !after.environment) return undefined;
  const [expected, actual] = [new Meaning(before.environment, kinds, rename, isOwn).parts(), new Meaning(after.environment, kinds).parts()];
  for (const part of new Set([...expected.keys(), ...actual.keys()])) {
    const [was, is] = [expected.get(part), actual.get(part)];
    if (was?.text === is?.text) continue;
    const at = was?.at ? `${place(was.at)}: ` : "";
    return `${at}${part} would ${is?.text.includes(`"${rename.from}`) ? `go on naming ${rename.from}` : "not mean the same"}`;
  }
  return isOwn ? whyNotMoved(before.environment, after.environment, rename) : undefined;
}

function whyNotMoved(before: Environment, after: Environment, rename: Rename): string | undefined {
  const gone = before.nodes.map(({ address }) => address).filter((address) => isOf(address, rename.from));
  const lost = gone.find((from) => !after.moved.some((line) => line.from === from && line.to === withNewName(from, rename)));
  return lost && `${lost} would be deleted and made anew, because a line under \`moved:\` does not reach it`;
}

function newErrorIn(before: Loaded, after: Loaded, { from, to }: Rename): Diagnostic | undefined {
  const [name, newName] = [from, to].map((address) => splitRef(address).name);
  const word = new RegExp(`(?<![\\w-])${name}(?![\\w-])`, "g");
  const keyOf = ({ code, summary }: Diagnostic) => `${code} ${summary.replaceAll(word, newName!)}`;
  const known = before.diagnostics.map(keyOf);
  return after.diagnostics.find((one) => {
    const at = known.indexOf(keyOf(one));
    if (at >= 0) known.splice(at, 1);
    return at < 0 && one.severity === "error";
  });
}

interface Part {
  readonly text: string;
  readonly at?: Position;
}

/** What an environment means, by what people call it. With a rename: what it must mean afterwards. Its texts stay as they are. */
class Meaning {
  readonly #environment: Environment;
  readonly #kinds: readonly Kind[];
  readonly #rename: Rename | undefined;
  readonly #isOwn: boolean;

  constructor(environment: Environment, kinds: readonly Kind[], rename?: Rename, isOwn = false) {
    this.#environment = environment;
    this.#kinds = kindsFor(kinds, environment);
    this.#rename = rename;
    this.#isOwn = isOwn;
  }

  parts(): ReadonlyMap<string, Part> {
    const { nodes, outputs = [], tags, allowDestroy, assertions } = this.#environment;
    return new Map([
      ...nodes.flatMap((node) => this.#node(node)),
      ...outputs.map((output): [string, Part] => [`output ${output.name}`, { text: this.#text(output) }]),
      ["tags", { text: this.#text(tags) }],
      ["`allowDestroy:`", { text: this.#addresses(allowDestroy) }],
      ["`assert:`", { text: this.#addresses(assertions) }],
    ]);
  }

  #node({ name: _name, address, spec, tags, derivedTags = [], awsName, ...rest }: Environment["nodes"][number]): [string, Part][] {
    const schema = this.#kinds.find((one) => one.name === rest.kind)?.schema as AnnotatedSchema | undefined;
    const linked = schema ? mapAnnotated(schema as TSchema, spec, "x-ref", (value) => this.#reference(value)) : spec;
    // A field that is made of the name where it is not written changes with it; a line of `moved:` keeps the object.
    const fields = Object.entries(linked).filter(([field]) => schema?.properties?.[field]?.["x-derived"] === undefined);
    const ownTags = Object.fromEntries(Object.entries(tags).filter(([tag]) => !derivedTags.includes(tag)));
    const own = this.#address(address);
    const part = (path: string, value: unknown): [string, Part] => [`${path} of ${own}`, { text: this.#text(value), at: rest.at(path) }];
    return [
      ...fields.map(([field, value]) => part(field, value)),
      part("tags", ownTags),
      [own, { text: this.#text({ ...rest, ...(rest.awsNameWritten && { awsName }) }), at: rest.at() }],
    ];
  }

  /** A reference to a resource of this environment, or the tags of one of another environment. */
  #reference(value: unknown): unknown {
    if (typeof value === "string") return this.#address(value);
    const tags = (value as { readonly tags?: Tags } | null)?.tags;
    const [project, name, resource] = [ownership.project, ownership.environment, ownership.resource].map((tag) => tags?.[tag]);
    if (resource === undefined || !this.#rename?.owners.some((owner) => owner.project === project && owner.name === name)) return value;
    const [base = "", ...key] = resource.split(".");
    return { ...(value as object), tags: { ...tags, [ownership.resource]: [withNewName(base, this.#rename), ...key].join(".") } };
  }

  #address(address: string): string {
    return this.#rename && this.#isOwn ? withNewName(address, this.#rename) : address;
  }

  #text(value: unknown): string {
    const text = withNodesOpen(JSON.stringify(value) ?? "");
    return text.replaceAll(/(?<=\uE000)[^\uE001]+/g, (address) => this.#address(address));
  }

  #addresses(value: unknown): string {
    return (JSON.stringify(value) ?? "").replaceAll(/(?<=")[^"]+(?=")/g, (text) => this.#address(text));
  }
}

function withNewName(address: Address, { from, to }: Pick<Rename, "from" | "to">): Address {
  return isOf(address, from) ? to + address.slice(from.length) : address;
}

/** Whether an address is that of a resource, or of one of its objects. */
export function isOf(address: Address, resource: Address): boolean {
  return address === resource || address.startsWith(`${resource}[`);
}
