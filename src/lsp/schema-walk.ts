import { authorSchema } from "../config/schema/author-schema.ts";
import { memberOf } from "../config/schema/expansion-schema.ts";
import type { JsonSchema } from "../config/schema/json-schema.ts";
import type { Kind } from "../kinds/kind.ts";

/** Walks the schema of environments as authors write them, key by key. */
export class SchemaWalk {
  readonly #root: JsonSchema;

  constructor(kinds: readonly Kind[], types: readonly Kind[] = []) {
    this.#root = authorSchema(kinds, types);
  }

  /** Returns the schemas that may stand at a path of keys, with the branches of unions and the items of lists as separate schemas. */
  formsAt(path: readonly string[]): JsonSchema[] {
    let forms = this.#opened(this.#root);
    for (const key of path) forms = forms.flatMap((form) => this.#step(form, key)).flatMap((form) => this.#opened(form));
    return forms;
  }

  /** Returns the fields that a mapping at a path may have. */
  fieldsAt(path: readonly string[]): ReadonlyMap<string, JsonSchema> {
    return new Map(this.formsAt(path).flatMap((form) => Object.entries(form.properties ?? {})));
  }

  /** Returns a field's own schema, with its description. */
  field(path: readonly string[], key: string): JsonSchema | undefined {
    return this.formsAt(path).flatMap((form) => this.#step(form, key))[0];
  }

  /** Returns the schema itself, its branches, and the items of a list. */
  #opened(schema: JsonSchema): JsonSchema[] {
    const target = schema["$ref"] === undefined ? schema : this.#definition(String(schema["$ref"]));
    const branches = (target.anyOf ?? []).flatMap((branch) => this.#opened(branch));
    return [target, ...branches, ...(target.items ? this.#opened(target.items) : [])];
  }

  #step(schema: JsonSchema, key: string): JsonSchema[] {
    const member = memberOf<JsonSchema>(schema, key);
    return member ? [member] : [];
  }

  #definition(ref: string): JsonSchema {
    return (this.#root["definitions"] as Record<string, JsonSchema>)[ref.replace("#/definitions/", "")] ?? {};
  }
}
