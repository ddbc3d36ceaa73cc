/**
 * Functions for writing a kind's schema. Annotations (`x-…`) say what a field refers to. The configuration, the linker and the
 * documentation read them, so that no other code walks a spec by itself.
 */
import type { Static, TSchema } from "typebox";
import * as Type from "typebox";

const text = (doc: string, more: object = {}) => ({ description: doc, ...more });

/** `named`: a foreign object is written `{ name }` or `{ arn }`, because the account knows it by these; else `{ id }` or `{ tags }`. */
interface RefOptions {
  /** The object may be in another region. */
  readonly far?: true;
  readonly named?: true;
  /** Further kinds. They are always written as `kind/name`, so that a bare name stays one of the first kinds. */
  readonly also?: readonly string[];
  /** Objects that AWS itself provides, by names of this form. `arn` is their ARN, with `{partition}` and `{name}`. */
  readonly provided?: { readonly names: string; readonly arn: string };
}

/** A reference to an object of one of `kinds`. One kind: written by its bare name; several: as `kind/name`. In a spec: an address or an AWS id. */
export function ref(kinds: string | readonly string[], doc: string, options: RefOptions = {}) {
  return Type.Unsafe<string>({ ...text(doc), "x-ref": [kinds].flat(), ...annotated(options) } as TSchema);
}

/** A string that is either a literal (matches `pattern`) or a reference: a rule's source, for example. */
export function refOr(pattern: string, kinds: string | readonly string[], doc: string, options: RefOptions = {}) {
  return Type.Unsafe<string>({ ...text(doc), "x-ref": [kinds].flat(), "x-literal": pattern, ...annotated(options) } as TSchema);
}

function annotated({ named, far, also, provided }: RefOptions): object {
  return {
    ...(named && { "x-named": true }),
    ...(far && { "x-far": true }),
    ...(also && { "x-also": [...also] }),
    ...(provided && { "x-provided": provided }),
  };
}

/** A name that is derived when the author writes none: `PROJECT-ENVIRONMENT-NAME`, without the characters that `forbidden` matches. */
export function derivedName(doc: string, derived: { readonly max: number; readonly forbidden: string }, more: object = {}) {
  return Type.String(text(doc, { ...more, "x-derived": derived }));
}

/**
 * A file named relative to the YAML. Its text becomes the sibling field `into`; a template's expressions are evaluated first. The file
 * field is never part of a spec.
 */
export function file(into: string, doc: string, { mayBeBinary = false, isTemplate = false } = {}) {
  return Type.Unsafe<string>({
    ...text(doc),
    type: "string",
    "x-file": into,
    ...(mayBeBinary && { "x-binary": true }),
    ...(isTemplate && { "x-template": true }),
  } as unknown as TSchema);
}

/** `ami-…`, `image/NAME`, `{ ssm: PARAMETER }` or `{ owner, name, architecture? }`. Resolved: the AMI id. */
export type Image = string | { readonly ssm: string } | { readonly owner: string; readonly name: string; readonly architecture?: string };
export function image(doc: string) {
  return Type.Unsafe<Image>({
    ...text(doc),
    "x-image": true,
    anyOf: [
      { type: "string", pattern: "^ami-[0-9a-f]{8,17}$", description: "An AMI id." },
      {
        type: "object",
        properties: { ssm: { type: "string", description: "A public SSM parameter, or one of the account, that holds an AMI id." } },
        required: ["ssm"],
        additionalProperties: false,
      },
      {
        type: "object",
        properties: {
          owner: { type: "string", description: "The account id of the owner, `amazon`, `self` or `aws-marketplace`." },
          name: { type: "string", description: "The image name; `*` and `?` are wildcards; the newest match is used." },
          architecture: { type: "string", enum: ["x86_64", "arm64"], description: "The processor architecture." },
        },
        required: ["owner", "name"],
        additionalProperties: false,
      },
      // The pattern separates this form from the others, so that a value that fits no form is reported as such.
      { type: "string", pattern: "^image/", "x-ref": ["image"], description: "An image of this file: `image/NAME`." },
    ],
  } as unknown as TSchema);
}

/** A letter (`a`), a zone name or a zone id. In a spec: the full zone name. */
export function zone(doc: string) {
  return Type.Unsafe<string>({
    ...text(doc, { examples: ["a", "eu-west-1b", "euw1-az2"] }),
    type: "string",
    "x-zone": true,
  } as unknown as TSchema);
}

/** An IPv4 network, `10.0.0.0/16`; `family: 6` or `any` for IPv6. */
export function cidr(doc: string, family: 4 | 6 | "any" = 4, example = family === 6 ? "2001:db8::/56" : "10.0.0.0/16") {
  return Type.String(text(doc, { "x-cidr": family, examples: [example] }));
}

export const string = (doc: string, more: object = {}) => Type.String(text(doc, more));
export const integer = (doc: string, more: object = {}) => Type.Integer(text(doc, more));
export const number = (doc: string, more: object = {}) => Type.Number(text(doc, more));
export const boolean = (doc: string, more: object = {}) => Type.Boolean(text(doc, more));

// `optional`, `object` and `map` do what TypeBox's own do. TypeBox's would load its whole language of types at the start of each command.

export function optional<T extends TSchema>(schema: T): Type.TOptional<T> {
  return Object.defineProperty({ ...schema }, "~optional", { value: true }) as Type.TOptional<T>;
}

export function oneOf<const V extends readonly string[]>(values: V, doc: string) {
  return Type.Unsafe<V[number]>({ ...text(doc), type: "string", enum: [...values] } as unknown as TSchema);
}

export function list<T extends TSchema>(items: T, doc: string, more: object = {}) {
  return Type.Array(items, text(doc, more));
}

/**
 * A list inside a field in which order means nothing: AWS returns it in any order, and an import writes it in one. For a field as a whole,
 * the field's rule says so (`as: "set"`, or items that have keys).
 */
export function set<T extends TSchema>(items: T, doc: string, more: object = {}) {
  return list(items, doc, { ...more, "x-set": true });
}

/** Entries by name. Order never matters, and `extends` can override one entry. */
export function map<T extends TSchema>(values: T, doc: string, keyPattern = "^[A-Za-z0-9][A-Za-z0-9_.-]*$") {
  return byPattern(keyPattern, values, text(doc));
}

/** A map whose keys are names of objects of one kind: `attachments: { web: … }`. In a spec: their addresses or AWS ids. */
export function mapOf<T extends TSchema>(kind: string, values: T, doc: string) {
  const named = { ...text(doc), "x-keys": [kind] };
  return byPattern("^[A-Za-z0-9][A-Za-z0-9_./-]*(\\[[A-Za-z0-9_-]+\\])?$", values, named);
}

function byPattern<T extends TSchema>(keys: string, values: T, more: object) {
  return Type.Unsafe<Record<string, Static<T>>>({ type: "object", patternProperties: { [keys]: values }, ...more } as unknown as TSchema);
}

export function object<P extends Record<string, TSchema>>(properties: P, doc = ""): Type.TObject<P> {
  const required = Object.keys(properties).filter((name) => !("~optional" in properties[name]!));
  return {
    type: "object",
    ...(required.length > 0 ? { required } : {}),
    properties,
    ...(doc ? text(doc) : {}),
    additionalProperties: false,
  } as unknown as Type.TObject<P>;
}
