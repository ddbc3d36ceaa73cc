/**
 * Reads roots and names from a Terraform state, and the addresses that Terraform has to forget. Nothing else in it is used, and none of its
 * values is ever shown, because states hold secrets. Pure. State format 4 (Terraform 0.12 and newer, OpenTofu).
 */
import type { AwsId, Kind } from "../kinds/kind.ts";
import type { Root } from "./discover.ts";
import { meaningOf, rootOfArn, type TypeRoots } from "./roots.ts";
import { isPlainObject } from "../resource/plain-object.ts";

/** One managed resource of a state. */
export interface StateEntry {
  /** The address as `terraform state rm` takes it: `module.net.aws_subnet.public[0]`. */
  readonly address: string;
  /** The name that a file here would give it. Equal names are told apart later. */
  readonly name: string;
  readonly id: string | undefined;
  readonly arn: string | undefined;
  /** Every text among its attributes that may be an id. These ids show to which resources it belongs. */
  readonly ids: ReadonlySet<string>;
}

/** Returns the managed AWS resources in a state, or why the text is no state. */
export function readState(text: string): readonly StateEntry[] | { readonly problem: string } {
  const state = parsed(text);
  if (!isPlainObject(state) || !Array.isArray(state["resources"])) return { problem: "it is not a Terraform state" };
  if (state["version"] !== 4) return { problem: `it is a state of format ${String(state["version"])}, but infra reads only format 4` };
  return state["resources"].filter(isPlainObject).flatMap(entriesOf);
}

/** Returns the objects of the state that have a kind here, with their names by kind and id. */
export function rootsOfState(
  kinds: readonly Kind[],
  entries: readonly StateEntry[],
  types?: TypeRoots,
): { roots: Root[]; names: Map<string, string> } {
  const roots: Root[] = [];
  const names = new Map<string, string>();
  for (const entry of entries) {
    const root = rootOf(kinds, entry, types);
    const key = root && `${root.kind.name} ${root.id}`;
    if (!root || names.has(key!)) continue;
    roots.push(root);
    names.set(key!, entry.name);
  }
  return { roots, names };
}

/**
 * Returns the addresses that Terraform must forget before the first apply: the imported objects, and the resources that it keeps as parts
 * of them. A part names an imported object or another part (a rule its listener), or a part names it (an attachment its volume).
 */
export function addressesToForget(
  kinds: readonly Kind[],
  entries: readonly StateEntry[],
  imported: ReadonlySet<AwsId>,
  types?: TypeRoots,
): string[] {
  const namesOf = ({ id, arn }: StateEntry) => [id, arn].filter((one) => one !== undefined);
  const chosen = new Set(entries.filter((entry) => namesOf(entry).some((one) => imported.has(one))));
  const parts = entries.filter((entry) => !chosen.has(entry) && !rootOf(kinds, entry, types));
  const known = new Set(imported);
  const named = new Set<AwsId>();
  for (let before = -1; before !== chosen.size;) {
    before = chosen.size;
    for (const part of parts) {
      const isOf = [...part.ids].some((one) => known.has(one)) || namesOf(part).some((one) => named.has(one));
      if (!isOf || chosen.has(part)) continue;
      chosen.add(part);
      for (const one of namesOf(part)) known.add(one);
      for (const one of part.ids) named.add(one);
    }
  }
  return entries.filter((entry) => chosen.has(entry)).map(({ address }) => address);
}

/**
 * Returns the addresses of resources that have no kind here. A resource that names an imported object is a part of it and is left out: a
 * rule, an association, a policy.
 */
export function unknownIn(
  kinds: readonly Kind[],
  entries: readonly StateEntry[],
  imported: ReadonlySet<AwsId>,
  types?: TypeRoots,
): string[] {
  const parts = new Set(addressesToForget(kinds, entries, imported, types));
  return entries.filter((entry) => !rootOf(kinds, entry, types) && !parts.has(entry.address)).map(({ address }) => address);
}

/** Returns the root of a resource. EC2 ids tell their kind; everything else has an ARN. */
function rootOf(kinds: readonly Kind[], { id, arn }: StateEntry, types?: TypeRoots): Root | undefined {
  const byId = id === undefined ? undefined : meaningOf(kinds, id);
  if (byId && "root" in byId && byId.root.kind.idPrefix !== undefined) return byId.root;
  return arn === undefined ? undefined : rootOfArn(kinds, arn, types);
}

function entriesOf(resource: Readonly<Record<string, unknown>>): StateEntry[] {
  const { mode, module, type, name, instances } = resource;
  if (mode !== "managed" || typeof type !== "string" || !type.startsWith("aws_") || !Array.isArray(instances)) return [];
  const path = [...(typeof module === "string" ? [module] : []), type, String(name)].join(".");
  return instances.filter(isPlainObject).map(({ index_key: key, attributes }) => {
    const texts = Object.entries(isPlainObject(attributes) ? attributes : {});
    const text = (wanted: string) =>
      texts.find(([field, value]) => field === wanted && typeof value === "string")?.[1] as string | undefined;
    return {
      address: key === undefined ? path : `${path}[${JSON.stringify(key)}]`,
      name: nameOf(String(name), typeof module === "string" ? module : "", key),
      id: text("id"),
      arn: text("arn"),
      ids: new Set(texts.flatMap(([field, value]) => (/(^|_)(id|arn|name)$/.test(field) && typeof value === "string" ? [value] : []))),
    };
  });
}

/**
 * Returns the name of a resource. "this" says nothing, so the name of its module is taken. A number of `count` says less than a zone, so it
 * is left out.
 */
function nameOf(name: string, module: string, key: unknown): string {
  const own = /^(this|main|default)$/.test(name) ? (/([^.[\]]+)(\[[^\]]*\])?$/.exec(module)?.[1] ?? name) : name;
  return typeof key === "string" ? `${own}-${key}` : own;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the caller reports that it is no state
  }
}
