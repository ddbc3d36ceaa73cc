import { authorSchema } from "../../config/schema/author-schema.ts";
import { commonFields } from "../../config/schema/common-fields.ts";
import { foreignKind } from "../../config/references/foreign-names.ts";
import { resolvedSchema } from "../../config/schema/schema.ts";
import { codes } from "../codes.ts";
import { glossary, inGlossary } from "../glossary.ts";
import { didYouMean } from "../../diag/did-you-mean.ts";
import { kinds } from "../../kinds/index.ts";
import type { Kind } from "../../kinds/kind.ts";
import { types } from "../../kinds/types/types.ts";
import {
  codeText,
  describedRows,
  fieldText,
  findField,
  findInside,
  kindText,
  membersOf,
  outputSentences,
  outputsText,
  wordText,
  type FieldSchema,
} from "../../render/explain.ts";
import { explainedType } from "./explain-type.ts";
import type { Context } from "../context.ts";
import { exit, type ExitCode } from "../exit.ts";
import { emit, jsonText, usage } from "../outputs.ts";

/**
 * `infra explain KIND[.FIELD] | CODE | WORD`: prints the documentation of a schema, the cause and cure of an error, or an entry of the
 * glossary.
 */
export async function explain(
  context: Context,
  what: string | undefined,
  flags: { readonly names?: boolean; readonly outputs?: boolean } = {},
): Promise<ExitCode> {
  if (flags.names === true) {
    const names = [...kinds.map(({ name }) => name), ...Object.keys(topFields), ...Object.keys(codes)];
    context.io.stdout.write(names.map((name) => `${name}\n`).join(""));
    return exit.ok;
  }
  if (what === undefined) return listAll(context);
  const doc = codeDoc(what);
  if (doc) {
    emit(context, { text: (options) => codeText(what, doc, options), json: () => jsonText({ code: what, ...doc }) });
    return exit.ok;
  }
  const [word, ...path] = what.split(".") as [string, ...string[]];
  const kind =
    kinds.find(({ name, section }) => name === word || section === word) ??
    explainedType(word) ??
    (path.length === 0 ? kindMeant(word) : undefined);
  if (!kind) return explainCommon(context, what, word, path);
  if (flags.outputs === true) {
    const all = outputSentences(kind);
    emit(context, { text: (text) => outputsText(kind, text), json: () => jsonText({ kind: kind.name, outputs: all }) });
    return exit.ok;
  }
  if (path.length === 0) {
    emit(context, {
      text: (options) => kindText(kind, commonOf(kind), options),
      json: () => jsonText({ kind: kind.name, section: kind.section, doc: kind.doc, outputs: outputSentences(kind), schema: kind.schema }),
    });
    return exit.ok;
  }
  return explainField(context, findField(kind, commonOf(kind), path));
}

/** Returns the kind of an address (`vpc/main`) or of another tool's word (`aws_vpc`, `alb`), unless the word has a meaning here. */
function kindMeant(word: string): Kind | undefined {
  const [head = "", name] = word.split("/");
  if (name !== undefined) return kinds.find((kind) => kind.name === head);
  return Object.hasOwn(topFields, word) || Object.hasOwn(everywhere, word) ? undefined : foreignKind(word, kinds);
}

/** Explains a field at the top of an environment, or a field that every resource may have. Otherwise explains a word of the glossary. */
function explainCommon(context: Context, what: string, word: string, path: readonly string[]): ExitCode {
  const schema = [topFields, everywhere].find((fields) => Object.hasOwn(fields, word))?.[word];
  if (!schema) return explainWord(context, what);
  return explainField(context, findInside({ path: word, schema, isRequired: word === "project" || word === "region" }, path));
}

function explainWord(context: Context, what: string): ExitCode {
  const entry = inGlossary(what);
  if (!entry) throw unknown(what);
  emit(context, { text: (options) => wordText(entry, options), json: () => jsonText(entry) });
  return exit.ok;
}

function explainField(context: Context, found: ReturnType<typeof findField>): ExitCode {
  if ("missing" in found) {
    const names = membersOf(found.parent);
    const near = didYouMean(found.missing, names);
    throw usage(
      `${found.parent.path} has no field "${found.missing}".`,
      near !== undefined ? `did you mean "${near}"?` : names.length > 0 ? `it has: ${names.join(", ")}` : "it has no members",
    );
  }
  emit(context, {
    text: (options) => fieldText(found, options),
    json: () => jsonText({ path: found.path, required: found.isRequired, schema: found.schema, default: found.rule?.default }),
  });
  return exit.ok;
}

function listAll(context: Context): ExitCode {
  emit(context, {
    text: ({ paint, width }) =>
      [
        paint.strong("At the top of an environment"),
        ...describedRows(descriptions(topFields), width),
        "",
        paint.strong("Kinds"),
        ...describedRows(
          kinds.map(({ name, doc }) => [name, doc]),
          width,
        ),
        "",
        paint.strong("In every resource"),
        ...describedRows(descriptions(everywhere), width),
        "",
        paint.strong("Codes"),
        ...describedRows(
          Object.entries(codes).map(([code, { title }]) => [code, title]),
          width,
        ),
        "",
      ].join("\n"),
    json: () => jsonText({ kinds: kinds.map(({ name, section, doc }) => ({ name, section, doc })), codes }),
  });
  return exit.ok;
}

/**
 * The fields at the top of an environment: those of the written file (`extends`, `variables`), and the others as they are after the merge.
 */
const topFields = { ...authorSchema([]).properties, ...resolvedSchema([]).properties } as Readonly<Record<string, FieldSchema>>;

/** Fields that all kinds have, and fields that only some have (`name`, `count`, `disposable`, `unlisted`). */
const everywhere: Readonly<Record<string, FieldSchema>> = Object.assign({}, ...kinds.toReversed().map(commonOf));

function descriptions(fields: Readonly<Record<string, FieldSchema>>): string[][] {
  return Object.entries(fields).map(([name, { description = "" }]) => [name, description]);
}

function commonOf(kind: Kind): Readonly<Record<string, FieldSchema>> {
  return commonFields(kind) as Readonly<Record<string, FieldSchema>>;
}

function codeDoc(word: string): { readonly title: string; readonly cause: string; readonly cure: string } | undefined {
  return Object.hasOwn(codes, word) ? codes[word as keyof typeof codes] : undefined;
}

function withPath(word: string | undefined, path: readonly string[]): string | undefined {
  return word === undefined ? undefined : [word, ...path].join(".");
}

function unknown(what: string) {
  // The name of a type may be followed by a path. The name itself contains no dot.
  const [word = "", ...path] = what.split(".");
  const near = types.isType(word) ? withPath(didYouMean(word, types.names()), path) : didYouMean(what, names());
  const type = typeCalled(what);
  if (type) return usage(`there is nothing to explain under "${what}".`, `did you mean "${type}"?`);
  const fields = fieldsCalled(what);
  if (near === undefined && fields.length > 0) {
    const more = fields.length > 5 ? ` and ${fields.length - 4} more` : "";
    return usage(
      `there is nothing to explain under "${what}".`,
      `fields with a similar name: ${fields.slice(0, more ? 4 : 5).join(", ")}${more}`,
    );
  }
  const all = types.isType(word) ? "`infra types WORD` finds a type by a word in its name" : "`infra explain` lists everything";
  return usage(`there is nothing to explain under "${what}".`, near === undefined ? all : `did you mean "${near}"?`);
}

/** All words that can be explained. */
function names(): readonly string[] {
  const words = glossary().flatMap((entry) => entry.words);
  return [...kinds.map(({ name }) => name), ...Object.keys(topFields), ...Object.keys(everywhere), ...Object.keys(codes), ...words];
}

/** Returns the fields of kinds whose name contains a word. Those that begin with it come first. */
function fieldsCalled(word: string): readonly string[] {
  const lower = word.toLowerCase();
  if (!/^[a-z]\w{2,}$/.test(lower)) return [];
  const found = kinds.flatMap((kind) =>
    Object.keys(kind.fields).flatMap((field) => {
      const at = field.toLowerCase().indexOf(lower);
      return at < 0 ? [] : [{ path: `${kind.name}.${field}`, at }];
    }),
  );
  return found.sort((one, other) => one.at - other.at).map(({ path }) => path);
}

/** Returns the AWS type for a word of Terraform, such as `aws_sqs_queue`. */
function typeCalled(word: string): string | undefined {
  const fold = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const bare = /^aws_(\w+)$/.exec(word)?.[1];
  return bare === undefined ? undefined : types.names().find((name) => fold(name.replace(/^AWS::/, "")) === fold(bare));
}
