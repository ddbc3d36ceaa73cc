/** Whether an environment is the same after a rename, but for the name and the lines of `moved:`. */
import type { Environment } from "../config/environment.ts";
import type { Diagnostic } from "../diag/diagnostic.ts";
import { place } from "../diag/format.ts";
import type { Address, Kind } from "../kinds/kind.ts";
import { withNodesOpen } from "../resource/late.ts";
import type { AnnotatedSchema } from "../resource/references.ts";

interface Loaded {
  readonly environment?: Environment;
  readonly diagnostics: readonly Diagnostic[];
}

interface Rename {
  readonly from: Address;
  readonly to: Address;
}

/** What a rename would change besides the name; undefined where nothing does. */
export function whyNotSame(before: Loaded, after: Loaded, rename: Rename, kinds: readonly Kind[]): string | undefined {
  const wrong = newErrorIn(before, after, rename);
  if (wrong) return `${wrong.at ? `${place(wrong.at)}: ` : ""}${[wrong.summary, wrong.hint].filter(Boolean).join(" ")}`;
  if (!before.environment || !after.environment) return undefined;
  const were = partsOf(before.environment, rename, kinds);
  const are = partsOf(after.environment, rename, kinds);
  const changed = [...new Set([...were.keys(), ...are.keys()])].find((part) => were.get(part) !== are.get(part));
  if (changed !== undefined) return `${changed} would not mean the same`;
  return whyNotMoved(before.environment, after.environment, rename);
}

/** Another environment may have a resource with the same address, which stays. */
function whyNotMoved(before: Environment, after: Environment, rename: Rename): string | undefined {
  const isLeft = (address: Address) => after.nodes.some((node) => node.address === address);
  const gone = before.nodes.map(({ address }) => address).filter((one) => withoutKey(one) === rename.from && !isLeft(one));
  if (gone.length === 0) return undefined;
  const lost = gone.find((from) => !after.moved.some((line) => line.from === from && line.to === withNewName(from, rename)));
  if (lost !== undefined) return `${lost} would be deleted and made anew, because a line under \`moved:\` does not reach it`;
  const addresses = ({ allowDestroy, assertions }: Environment) => JSON.stringify({ allowDestroy, assertions });
  const isSame = withNewName(addresses(before), rename) === addresses(after);
  return isSame ? undefined : "`assert:` or `allowDestroy:` would not mean the same";
}

function newErrorIn(before: Loaded, after: Loaded, rename: Rename): Diagnostic | undefined {
  const keyOf = ({ code, summary }: Diagnostic) => withNewName(`${code} ${summary}`, rename);
  const known = before.diagnostics.map(keyOf);
  return after.diagnostics.find((one) => {
    const at = known.indexOf(keyOf(one));
    if (at >= 0) known.splice(at, 1);
    return at < 0 && one.severity === "error";
  });
}

type Parts = ReadonlyMap<string, string>;

/** What an environment means, by what people call it, under the new name. Texts may go on saying the old one. */
function partsOf(environment: Environment, rename: Rename, kinds: readonly Kind[]): Parts {
  const { nodes, outputs, tags } = environment;
  const text = (value: unknown) => withNewName(withNodesOpen(JSON.stringify(value) ?? ""), rename);
  const objects = nodes.map((node): [string, string] => {
    const { name: _name, tags, derivedTags = [], awsName, ...rest } = node;
    const kind = [...kinds, ...(environment.types?.used ?? [])].find((one) => one.name === node.kind);
    const spec = Object.fromEntries(Object.entries(node.spec).filter(([field]) => !isDerived(kind, field)));
    const ownTags = Object.fromEntries(Object.entries(tags).filter(([tag]) => !derivedTags.includes(tag)));
    return [withNewName(node.address, rename), text({ ...rest, spec, tags: ownTags, ...(node.awsNameWritten && { awsName }) })];
  });
  return new Map([...objects, ["outputs", text(outputs)], ["tags", text(tags)]]);
}

/** A field that is made of the name where it is not written. */
function isDerived(kind: Kind | undefined, field: string): boolean {
  return (kind?.schema as AnnotatedSchema | undefined)?.properties?.[field]?.["x-derived"] !== undefined;
}

function withNewName(text: string, { from, to }: Rename): string {
  return text.replaceAll(new RegExp(`(?<![\\w:-])${from}(?![\\w-])`, "g"), to);
}

function withoutKey(address: Address): Address {
  return address.replace(/\[[^\]]*\]$/, "");
}
