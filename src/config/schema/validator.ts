import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import type { Ajv } from "ajv";
import type { Kind } from "../../kinds/kind.ts";
import { commonFields } from "./common-fields.ts";
import type { JsonSchema } from "./json-schema.ts";
import { resolvedSchema } from "./schema.ts";

/** One complaint of ajv, as its compiled validators report it. */
export interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

export type Validate = (document: unknown) => readonly SchemaError[];

/** Our keywords, which ajv has to accept. */
export const annotations = [
  "x-ref",
  "x-also",
  "x-keys",
  "x-address",
  "x-addresses",
  "x-literal",
  "x-named",
  "x-provided",
  "x-far",
  "x-derived",
  "x-file",
  "x-binary",
  "x-template",
  "x-image",
  "x-zone",
  "x-cidr",
];

type Check = ((document: unknown) => boolean) & { errors?: readonly SchemaError[] | null };

/**
 * The output of the build: a validator for the top of a document, and one for each section, which is loaded when a document has the
 * section.
 */
export interface Built {
  readonly fingerprint: string;
  readonly top: Check;
  readonly sections: Readonly<Record<string, () => Check>>;
}

declare global {
  /** Set by build-single.mjs in the single executable, which has no file beside it. */
  var PLUMBLINE_VALIDATOR: (() => unknown) | undefined;
}

const requireHere = createRequire(import.meta.url);
const made = new WeakMap<readonly Kind[], Validate>();

/**
 * Returns a validator of resolved environments. It takes the one that the build compiled (validator.cjs beside the program) when that was
 * made from the same kinds, because compiling costs three times the start of Node. Otherwise ajv compiles one now.
 */
export function validatorOf(kinds: readonly Kind[]): Validate {
  const known = made.get(kinds);
  if (known) return known;
  const built = builtFor(kinds);
  const result = built ? validateBy(built) : withCheck(compileSchema(resolvedSchema(kinds)));
  made.set(kinds, result);
  return result;
}

/** Combines validators as if they were one for all: the top first, then the sections in their order. */
export function validateBy({ top, sections }: Pick<Built, "top" | "sections">): Validate {
  return (document) => {
    const has = document as Readonly<Record<string, unknown>>;
    const present = Object.keys(sections).filter((section) => Object.hasOwn(has, section));
    return [...withCheck(top)(document), ...present.flatMap((section) => withCheck(sections[section]!())({ [section]: has[section] }))];
  };
}

function withCheck(check: Check): Validate {
  return (document) => (check(document) ? [] : (check.errors ?? []));
}

/** Returns a hash that changes whenever the accepted fields of a kind change. */
export function fingerprint(kinds: readonly Kind[]): string {
  const hash = createHash("sha256");
  for (const kind of kinds) hash.update(JSON.stringify([kind.name, kind.section, kind.schema, kind.madeWith, commonFields(kind)]));
  return hash.digest("hex");
}

/** Without inlining, each kind is a function of its own, and V8 compiles only those that an environment uses. */
export const ajvOptions = { allErrors: true, strict: false, allowUnionTypes: true, logger: false, inlineRefs: false } as const;

function builtFor(kinds: readonly Kind[]): Built | undefined {
  const inside = globalThis.PLUMBLINE_VALIDATOR?.() as Built | undefined;
  if (inside?.fingerprint === fingerprint(kinds)) return inside;
  for (const place of ["./validator.cjs", "../validator.cjs"]) {
    try {
      const compiled = requireHere(place) as Built;
      if (compiled.fingerprint === fingerprint(kinds)) return compiled;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  return undefined;
}

/** Compiles any of our schemas. Tests use it for the author schema, too. */
export function compileSchema(schema: JsonSchema): Check {
  const { Ajv: Compiler } = requireHere("ajv") as { Ajv: typeof Ajv };
  const ajv = new Compiler(ajvOptions);
  ajv.addVocabulary(annotations);
  return ajv.compile(schema) as unknown as Check;
}
