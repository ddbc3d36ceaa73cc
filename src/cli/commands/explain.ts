import { commonFields } from "../../config/common-fields.ts";
import { codes } from "../../diag/codes.ts";
import { didYouMean } from "../../diag/did-you-mean.ts";
import { kinds } from "../../kinds/index.ts";
import type { Kind } from "../../kinds/kind.ts";
import { codeText, fieldText, findField, kindText, membersOf, type FieldSchema } from "../../render/explain.ts";
import { table } from "../../render/layout.ts";
import type { Context } from "../context.ts";
import { exit, type ExitCode } from "../exit.ts";
import { emit, jsonText, usage } from "../outputs.ts";

/** `infra explain KIND[.FIELD] | CODE`: the schema's documentation, or an error's cause and cure. */
export async function explain(context: Context, what: string | undefined): Promise<ExitCode> {
  if (what === undefined) return listAll(context);
  const doc = codeDoc(what);
  if (doc) {
    emit(context, { text: (options) => codeText(what, doc, options), json: () => jsonText({ code: what, ...doc }) });
    return exit.ok;
  }
  const [word, ...path] = what.split(".") as [string, ...string[]];
  const kind = kinds.find(({ name, section }) => name === word || section === word);
  if (!kind) throw unknown(what);
  if (path.length === 0) {
    emit(context, {
      text: (options) => kindText(kind, commonOf(kind), options),
      json: () => jsonText({ kind: kind.name, section: kind.section, doc: kind.doc, schema: kind.schema }),
    });
    return exit.ok;
  }
  const found = findField(kind, commonOf(kind), path);
  if ("missing" in found) {
    const names = membersOf(found.parent);
    const near = didYouMean(found.missing, names);
    throw usage(
      `${found.parent.path} has no field "${found.missing}".`,
      near !== undefined ? `did you mean "${near}"?` : names.length > 0 ? `it has: ${names.join(", ")}` : "it has no fields inside",
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
    text: ({ paint }) =>
      [
        paint.strong("Kinds"),
        ...table(kinds.map(({ name, doc }) => [`  ${name}`, doc])),
        "",
        paint.strong("Codes"),
        ...table(Object.entries(codes).map(([code, { title }]) => [`  ${code}`, title])),
        "",
      ].join("\n"),
    json: () => jsonText({ kinds: kinds.map(({ name, section, doc }) => ({ name, section, doc })), codes }),
  });
  return exit.ok;
}

function commonOf(kind: Kind): Readonly<Record<string, FieldSchema>> {
  return commonFields(kind) as Readonly<Record<string, FieldSchema>>;
}

function codeDoc(word: string): { readonly title: string; readonly cause: string; readonly cure: string } | undefined {
  return Object.hasOwn(codes, word) ? codes[word as keyof typeof codes] : undefined;
}

function unknown(what: string) {
  const near = didYouMean(what, [...kinds.map(({ name }) => name), ...Object.keys(codes)]);
  return usage(
    `there is nothing to explain under "${what}".`,
    near === undefined ? "`infra explain` lists all kinds and codes" : `did you mean "${near}"?`,
  );
}
