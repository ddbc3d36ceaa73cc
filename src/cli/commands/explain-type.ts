/** Converts the schema of a type into the form in which kinds are explained. */
import { typeTexts } from "@plumbline/aws-types";
import type { TSchema } from "typebox";
import type { Kind } from "../../kinds/kind.ts";
import { isCurated, types } from "../../kinds/types/types.ts";
import type { FieldSchema } from "../../render/explain.ts";
import { usage } from "../outputs.ts";

/** Returns the kind of a type with all fields that authors can write. Returns undefined when the word is not a type. */
export function explainedType(word: string): Kind | undefined {
  if (!types.isType(word)) return undefined;
  const answer = types.of(word);
  if (answer && "refused" in answer) throw usage(`infra does not create ${word}: ${answer.refused.why}.`, answer.refused.instead);
  if (!answer) return undefined;
  const written = answer.kind.written as Written;
  const shown = writable(written.properties ?? {});
  const texts = typeTexts(word) ?? {};
  const schema = lazy({ root: written, texts }, { ...written, properties: Object.fromEntries(shown) }, "");
  const doc = isCurated(word) ? answer.kind.doc : docOf(word, texts[""]);
  return { ...answer.kind, doc, schema: schema as unknown as TSchema };
}

/** Leaves out the members that nobody can write: values that AWS sets, and secrets. */
function writable(members: Readonly<Record<string, Written>>): [string, Written][] {
  return Object.entries(members).filter(([, member]) => member["x-refused"] === undefined);
}

interface Written extends FieldSchema {
  readonly properties?: Readonly<Record<string, Written>>;
  readonly definitions?: Readonly<Record<string, Written>>;
  readonly $ref?: string;
  readonly oneOf?: readonly Written[];
  readonly "x-refused"?: object;
}

/** Returns the documentation of a type. Many types have a sentence that says what they are; some have only their name again. */
function docOf(name: string, text: string | undefined): string {
  const said = sentencesOf(text);
  return `${said.endsWith(".") ? said : `The type ${name} of AWS.`} Nobody has tried it with infra.`;
}

interface Told {
  readonly root: Written;
  /** AWS's text for each place in the schema, by its JSON pointer. */
  readonly texts: Readonly<Record<string, string>>;
}

/** Converts a schema. Definitions are resolved only when they are read, because some contain themselves. */
function lazy(told: Told, written: Written, at: string): FieldSchema {
  const { properties, patternProperties, items, anyOf: any, oneOf, $ref, ...plain } = written;
  const anyOf = any ?? oneOf;
  const description = plain.description ?? sentencesOf(told.texts[at]);
  const said = description === "" ? {} : { description };
  if ($ref !== undefined) {
    const name = $ref.replace("#/definitions/", "");
    const inner = lazy(told, told.root.definitions?.[name] ?? {}, `/definitions/${name}`);
    return description === "" ? inner : Object.defineProperty(inner, "description", { value: description, enumerable: true });
  }
  const all = (named: Readonly<Record<string, Written>>, word: string) =>
    Object.fromEntries(writable(named).map(([name, inner]) => [name, lazy(told, inner, `${at}/${word}/${name}`)]));
  const result: FieldSchema = { ...plain, ...said };
  const define = (name: string, get: () => unknown) => Object.defineProperty(result, name, { get, enumerable: false });
  if (properties) define("properties", () => all(properties, "properties"));
  if (patternProperties)
    define("patternProperties", () => all(patternProperties as Readonly<Record<string, Written>>, "patternProperties"));
  if (items) define("items", () => lazy(told, items as Written, `${at}/items`));
  if (anyOf?.some((one) => one.properties ?? one.type))
    define("anyOf", () => anyOf.map((one, i) => lazy(told, one as Written, `${at}/${any ? "anyOf" : "oneOf"}/${i}`)));
  return result;
}

/** Returns the first sentences of AWS's text as plain text. AWS's pages have the rest. */
function sentencesOf(text = ""): string {
  const plain = text
    .split(/\n\s*\n|\n\s*[+*-] /)[0]!
    .replace(/<[^>]+>/g, "")
    .replace(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    .replace(/[`*]+/g, "")
    .replace(/\s+/g, " ")
    .trim();
  const [first = "", second = ""] = plain.split(/(?<=\.) (?=[A-Z])/);
  // The sentence introduces a list, which is on AWS's page.
  const both = second === "" || second.endsWith(":") || first.length + second.length > longestText ? first : `${first} ${second}`;
  return both.length > longestText ? `${both.slice(0, longestText - 1).trimEnd()}…` : both;
}

const longestText = 240;
