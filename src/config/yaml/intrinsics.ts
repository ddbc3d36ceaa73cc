/**
 * Finds the counterpart of a CloudFormation function, written as a tag (`!GetAtt jobs.Arn`) or as a mapping (`{ Fn::GetAtt: [jobs, Arn]
 * }`).
 */
import type { Source } from "./source.ts";
import { valueOf, type MapTree, type Tree } from "./tree.ts";

/** Hints that replace functions that name no resource. */
const advice: Readonly<Record<string, string>> = {
  Sub: "remove !Sub: `${…}` in a string is already an expression",
  Join: 'write one string, or `${join([…], "SEPARATOR")}`',
  Split: 'write `${split(TEXT, "SEPARATOR")}`',
  Select: "write `${LIST[0]}`",
  If: "write `${CONDITION ? VALUE : OTHER}`",
  Equals: "write `${A == B}`",
  Base64: "write the text itself; for base64, write `${base64(TEXT)}`",
  FindInMap: "write the map under `variables:`, and `${var.MAP[KEY]}`",
  ImportValue: "name the object: `{ environment: NAME, address: KIND/NAME }`",
  GetAZs: "write the zones, as in `a`, or `${zones[0]}`",
  Cidr: "write `${cidr.subnet(RANGE, BITS, NUMBER)}`",
};

/** Hints that replace tags of other tools and of YAML's own types. */
const otherAdvice: Readonly<Record<string, string>> = {
  "!!binary": "write the text itself; for base64, write `${base64(TEXT)}`",
  "!!timestamp": "remove it, and put the date in quotes",
  "!!set": "write a list, as in [a, b]",
  "!!omap": "remove it and the hyphens, and write a mapping",
  "!!pairs": "remove it and the hyphens, and write a mapping",
  "!include": "write `extends: FILE` at the top to include another file; all files of a folder are one environment",
  "!import": "write `extends: FILE` at the top to include another file; all files of a folder are one environment",
  "!env": "declare it under `variables:` and write `${var.NAME}`; INFRA_VAR_NAME gives it a value",
  "!ENV": "declare it under `variables:` and write `${var.NAME}`; INFRA_VAR_NAME gives it a value",
  "!vault": "keep secrets out of the file: a field that needs one takes the name of a secret or parameter",
  "!secret": "keep secrets out of the file: a field that needs one takes the name of a secret or parameter",
};

/** Returns the message about a tag. `written` is the tag, `name` the text behind it, and `key` the field before it (`vpc:`). */
export function tagInstead(written: string, name: string | undefined, key: string | undefined, place: Place): Instead {
  const of = written.slice(1);
  const isOfNames = /^(?:Ref|GetAtt|Condition)$/.test(of);
  if (!isOfNames && advice[of] === undefined) {
    const summary = `${written} is a YAML tag that infra does not know.`;
    return { summary, hint: otherAdvice[written] ?? `remove it; if it is text, put it in quotes: ${JSON.stringify(written)}` };
  }
  const [target, attribute] = split(name ?? "");
  const hint = advice[of] ?? (target === undefined ? "write the value itself" : nameInstead(target, attribute, key, place));
  return { summary: `${written} is a YAML tag of another tool, such as CloudFormation; infra does not support it.`, hint };
}

interface Instead {
  readonly summary: string;
  readonly hint: string;
}

/** Returns the hint for a mapping that is a function of CloudFormation; undefined for any other mapping. */
export function intrinsicInstead(map: MapTree): string | undefined {
  const [only, ...more] = map.entries.keys();
  if (only === undefined || more.length > 0) return undefined;
  const called = only === "Ref" ? "Ref" : /^Fn::(\w+)$/.exec(only)?.[1];
  if (called === undefined) return undefined;
  if (advice[called] !== undefined) return advice[called];
  const [target, attribute] = namesIn(valueOf(map, only)!);
  return target === undefined ? undefined : nameInstead(target, attribute, undefined, { source: map.spot.source, at: map.spot.start });
}

interface Place {
  readonly source: Source;
  readonly at: number;
}

/** Returns the hint for a function that names a resource. Kinds refer by name alone; properties of AWS types hold expressions. */
function nameInstead(target: string, attribute: string | undefined, key: string | undefined, { source, at }: Place): string {
  const line = (value: string) => `\`${key === undefined ? value : `${key} ${value}`}\``;
  if (!sectionAt(source.text, at)?.startsWith("AWS::")) return `write the name: ${line(target)}`;
  const of = sectionOf(source.text, target);
  const address = of === undefined || !of.startsWith("AWS::") ? "TYPE/NAME" : `${of}/${target}`;
  return `write an expression: ${line(`\${resource("${address}").${attribute ?? "id"}}`)}`;
}

function split(name: string): readonly [string | undefined, string | undefined] {
  const [, target, attribute] = /^([A-Za-z0-9][\w-]*)(?:\.([\w.]+))?$/.exec(name) ?? [];
  return [target, attribute];
}

function namesIn(tree: Tree): readonly [string | undefined, string | undefined] {
  if (tree.type === "scalar") return split(tree.raw);
  if (tree.type === "map") return [undefined, undefined];
  return split(tree.items.map((item) => (item.type === "scalar" ? item.raw : "")).join("."));
}

/** Returns the top-level key under which an offset stands. */
function sectionAt(text: string, at: number): string | undefined {
  return [...text.slice(0, at).matchAll(/^([A-Za-z]\w*(?:::\w+)*):/gm)].at(-1)?.[1];
}

/** Returns the top-level key under which a name is declared. */
function sectionOf(text: string, name: string): string | undefined {
  const declared = new RegExp(`^(?:[ \\t]+|\\S.*\\{[ \\t]*)${name}:`, "m").exec(text);
  return declared ? sectionAt(text, declared.index + declared[0].length) : undefined;
}
