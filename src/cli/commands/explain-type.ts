/** The schema of a type in the form in which kinds are explained. */
import type { TSchema } from "typebox";
import type { Kind } from "../../kinds/kind.ts";
import { types } from "../../kinds/types/type-kind.ts";
import type { FieldSchema } from "../../render/explain.ts";
import { usage } from "../outputs.ts";

/** The kind of a type with all that authors may write; undefined for a word that is no type. */
export function explainedType(word: string): Kind | undefined {
  if (!types.isType(word)) return undefined;
  const answer = types.of(word);
  if (answer && "refused" in answer) throw usage(`infra does not make ${word}: ${answer.refused.why}.`, answer.refused.instead);
  if (!answer) return undefined;
  const written = answer.kind.written as Written;
  const shown = Object.entries(written.properties ?? {}).filter(([, property]) => property["x-refused"] === undefined);
  const schema = lazy(written, { ...written, properties: Object.fromEntries(shown) });
  return { ...answer.kind, schema: schema as unknown as TSchema };
}

interface Written extends FieldSchema {
  readonly properties?: Readonly<Record<string, Written>>;
  readonly definitions?: Readonly<Record<string, Written>>;
  readonly $ref?: string;
  readonly oneOf?: readonly Written[];
  readonly "x-refused"?: object;
}

/** Definitions are followed when they are looked at: some hold themselves. */
function lazy(root: Written, written: Written): FieldSchema {
  const { properties, patternProperties, items, anyOf: any, oneOf, $ref, ...plain } = written;
  const anyOf = any ?? oneOf;
  if ($ref !== undefined) return lazy(root, root.definitions?.[$ref.replace("#/definitions/", "")] ?? {});
  const all = (named: Readonly<Record<string, Written>>) =>
    Object.fromEntries(Object.entries(named).map(([name, inner]) => [name, lazy(root, inner)]));
  const result: FieldSchema = { ...plain };
  const define = (name: string, get: () => unknown) => Object.defineProperty(result, name, { get, enumerable: false });
  if (properties) define("properties", () => all(properties));
  if (patternProperties) define("patternProperties", () => all(patternProperties as Readonly<Record<string, Written>>));
  if (items) define("items", () => lazy(root, items as Written));
  if (anyOf?.some((one) => one.properties ?? one.type)) define("anyOf", () => anyOf.map((one) => lazy(root, one as Written)));
  return result;
}
