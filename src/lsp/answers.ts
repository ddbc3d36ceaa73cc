/** The answers of the language server about a text: pure functions of texts and kinds. Offsets in, offsets out. */
import type { JsonSchema } from "../config/schema/json-schema.ts";
import type { Kind } from "../kinds/kind.ts";
import { cursorAt, type Cursor } from "./cursor.ts";
import { declaredIn, referencesIn, type Name, type NamedFiles, type TextFile } from "./names.ts";
import type { SchemaWalk } from "./schema-walk.ts";

/** The data from which answers are made. `files`: the files of the environment, with the open one among them. */
export interface Project {
  readonly kinds: readonly Kind[];
  readonly schema: SchemaWalk;
  readonly files: readonly TextFile[];
  readonly named: NamedFiles;
}

export interface Completion {
  readonly label: string;
  readonly insert: string;
  readonly kind: "field" | "value" | "reference";
  readonly documentation?: string | undefined;
}

/** Returns the words that may be typed at an offset: fields with their colon, choices, declared names. */
export function complete(file: TextFile, offset: number, project: Project): Completion[] {
  const cursor = cursorAt(file.text, offset);
  const found = cursor.key === undefined && !isScalarItem(cursor, project) ? fields(cursor, project) : values(cursor, project);
  const typed = cursor.typed.toLowerCase();
  return found.filter(({ label }) => label.toLowerCase().startsWith(typed));
}

/** Whether the cursor stands after the hyphen of a list whose items are words. */
function isScalarItem({ path, isItem }: Cursor, { schema }: Project): boolean {
  return (
    isItem && path.length > 0 && (schema.fieldsAt(path).size === 0 || schema.formsAt(path).some((form) => form["x-ref"] !== undefined))
  );
}

function fields({ path }: Cursor, project: Project): Completion[] {
  const own = [...project.schema.fieldsAt(path)].map(([label, of]): Completion => ({
    label,
    insert: `${label}: `,
    kind: "field",
    documentation: of.description,
  }));
  const forms = project.schema.formsAt(path);
  const kinds = new Set(forms.flatMap((form) => (form["x-keys"] as readonly string[] | undefined) ?? []));
  const keys = names({ kinds, isAddress: forms.some((form) => form["x-addresses"]) }, project);
  return [...own, ...keys.map((one) => ({ ...one, insert: `${one.label}: ` }))];
}

/** The declared names that fit a place: of some kinds, or addresses of any. */
function names({ kinds, isAddress }: { readonly kinds: ReadonlySet<string>; readonly isAddress: boolean }, project: Project): Completion[] {
  const fitting = declaredIn(project.files, project.kinds).filter(({ kind }) => isAddress || kinds.has(kind));
  return fitting.map(({ kind, name }) => {
    const label = isAddress || kinds.size > 1 ? `${kind}/${name}` : name;
    return { label, insert: label, kind: "reference", documentation: `${kind}/${name}` };
  });
}

function values(cursor: Cursor, project: Project): Completion[] {
  const path = cursor.key === undefined ? cursor.path : [...cursor.path, cursor.key];
  const forms = project.schema.formsAt(path);
  const choices = forms.flatMap((form) => choicesOf(form).map((label): Completion => ({ label, insert: label, kind: "value" })));
  const kinds = new Set(forms.flatMap((form) => (form["x-ref"] as readonly string[] | undefined) ?? []));
  const references = names({ kinds, isAddress: forms.some((form) => form["x-address"]) }, project);
  const seen = new Set<string>();
  return [...references, ...choices].filter(({ label }) => !seen.has(label) && seen.add(label));
}

function choicesOf({ enum: choices, type, const: only }: JsonSchema): string[] {
  if (choices) return choices.map(String);
  if (only !== undefined) return [String(only)];
  return [type].flat().includes("boolean") ? ["true", "false"] : [];
}

export interface Hover {
  readonly markdown: string;
}

/** Returns the documentation of a field at an offset, or the address of the resource that a reference names. */
export function hover(file: TextFile, offset: number, project: Project): Hover | undefined {
  const name = nameAt(file, offset, project);
  if (name && isReference(name, file, offset, project)) return { markdown: `**${name.kind}/${name.name}**` };
  const word = wordAt(file.text, offset);
  const { path } = cursorAt(file.text, word.start);
  const field = project.schema.field(path, word.text);
  if (!field) return undefined;
  const kind = project.kinds.find(({ section }) => section === path[0]);
  const title = [kind && path.length > 1 ? kind.name : undefined, ...path.slice(2).filter((part) => !/^\d+$/.test(part)), word.text];
  const isName = kind && path.length === 1;
  return {
    markdown:
      `**${isName ? `${kind.name}/${word.text}` : title.filter(Boolean).join(".")}**\n\n${isName ? kind.doc : (field.description ?? "")}`.trim(),
  };
}

function isReference({ start }: Name, file: TextFile, offset: number, project: Project): boolean {
  return referencesOf(project).some((one) => one.file === file && one.start === start && offset >= start);
}

function referencesOf({ files, kinds, named }: Project): readonly Name[] {
  return referencesIn(files, kinds, named).references.filter(({ of }) => !of);
}

function wordAt(text: string, offset: number): { readonly text: string; readonly start: number } {
  const before = /[\w./-]*$/.exec(text.slice(0, offset))![0];
  const after = /^[\w./-]*/.exec(text.slice(offset))![0];
  return { text: before + after, start: offset - before.length };
}

/** Returns the declaration of the resource that a reference at an offset names. */
export function definition(file: TextFile, offset: number, project: Project): Name | undefined {
  const name = nameAt(file, offset, project);
  return name && declaredIn(project.files, project.kinds).find((one) => one.kind === name.kind && one.name === name.name);
}

/** The name at an offset, declared or referred to; on `vpc/` of `vpc/main` and on `vpc.` of `vpc.main`, too. */
export function nameAt(file: TextFile, offset: number, project: Project): Name | undefined {
  const { start, text } = wordAt(file.text, offset);
  const all = [...declaredIn(project.files, project.kinds), ...referencesOf(project)];
  const near = all.filter((one) => one.file === file && one.start >= start && one.end <= start + text.length);
  return near.find((one) => one.start <= offset && offset <= one.end) ?? near[0];
}
