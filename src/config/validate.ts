import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Kind } from "../kinds/kind.ts";
import { withKnown } from "../resource/late.ts";
import { resolvedSchema } from "./schema.ts";
import { partsOf } from "./pointer.ts";
import { explainErrors } from "./schema-errors.ts";
import { follow, toPlain, type MapTree, type ScalarTree } from "./tree.ts";
import { validatorOf, type SchemaError } from "./validator.ts";
import { isNumeric } from "./variables.ts";

export interface Validated {
  readonly plain: Readonly<Record<string, unknown>>;
  readonly diagnostics: readonly Diagnostic[];
  /** The fields of a resource that break the schema, "" for the resource itself; undefined when it is whole. */
  broken(section: string, name: string): ReadonlySet<string> | undefined;
}

/** A whole document held against the schema; the values of variables take the type that their place asks for. */
export function validateDocument(tree: MapTree, kinds: readonly Kind[]): Validated {
  const plain = toPlain(tree) as Record<string, unknown>;
  const validate = validatorOf(kinds);
  // What AWS tells later is held against no pattern: nobody knows it yet.
  const texts = () => withKnown(plain, () => "late");
  let errors = validate(texts());
  if (errors.length > 0 && coerceSubstituted(plain, tree, errors)) errors = validate(texts());
  const broken = new Map<string, Set<string>>();
  for (const { instancePath } of errors) {
    const [section, name, field] = partsOf(instancePath);
    if (name === undefined) continue;
    const key = `${section}/${name}`;
    broken.set(key, (broken.get(key) ?? new Set()).add(field ?? ""));
  }
  const diagnostics = errors.length === 0 ? [] : explainErrors(errors, { tree, kinds, schema: resolvedSchema(kinds) });
  return { plain, diagnostics, broken: (section, name) => broken.get(`${section}/${name}`) };
}

/** A variable given as text serves as a number where one is asked for, and the other way round. Changes `plain` only. */
function coerceSubstituted(plain: Record<string, unknown>, tree: MapTree, errors: readonly SchemaError[]): boolean {
  let isAny = false;
  for (const { keyword, instancePath, params } of errors) {
    if (keyword !== "type") continue;
    const parts = partsOf(instancePath);
    const { value, whole } = follow(tree, parts);
    if (!whole || value.type !== "scalar" || !value.substituted) continue;
    for (const type of [params["type"]].flat()) {
      const fitting = as(String(type), value);
      if (fitting === undefined) continue;
      set(plain, parts, fitting);
      isAny = true;
      break;
    }
  }
  return isAny;
}

function as(type: string, { value, raw }: ScalarTree): string | number | boolean | undefined {
  if (type === "string" && typeof value !== "string" && value !== null) return raw;
  if ((type === "integer" || type === "number") && typeof value === "string" && isNumeric(value)) return Number(value);
  if (type === "boolean" && (value === "true" || value === "false")) return value === "true";
  return undefined;
}

function set(plain: Record<string, unknown>, parts: readonly string[], value: unknown): void {
  let holder: Record<string, unknown> = plain;
  for (const part of parts.slice(0, -1)) holder = holder[part] as Record<string, unknown>;
  holder[parts.at(-1)!] = value;
}
