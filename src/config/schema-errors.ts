/** Turns ajv's complaints into diagnostics for people: one a mistake, at its place, with a way out. */
import type { Code } from "../diag/codes.ts";
import type { Diagnostic } from "../diag/diagnostic.ts";
import { didYouMean } from "../diag/did-you-mean.ts";
import type { Kind } from "../kinds/kind.ts";
import { mapValues, type JsonSchema } from "./json-schema.ts";
import { plainValue } from "./parse.ts";
import { secondsOf, timeMeant, timePattern } from "./seconds.ts";
import { expandedPattern, placePatterns, projectForm } from "./schema.ts";
import { partsOf } from "./pointer.ts";
import { error as problem } from "./problem.ts";
import { partsOfName } from "./repetition.ts";
import { positionOf, type Spot } from "./source.ts";
import { entryOf, follow, toPlain, valueOf, type MapTree, type Tree } from "./tree.ts";
import { foreignAdvice, foreignField, foreignSection, type Foreign } from "./foreign-names.ts";
import { misplacedFields, type Misplaced } from "./misplaced-fields.ts";
import { intrinsicInstead } from "./intrinsics.ts";
import { exampleOf, formOf, nearestChoice } from "./write-example.ts";
import { listInsteadOf, mapInsteadOf, oneInsteadOf, withSpace } from "./write-instead.ts";
import { reduceUnions } from "./schema-unions.ts";
import type { SchemaError } from "./validator.ts";

export interface Explaining {
  readonly tree: MapTree;
  readonly schema: JsonSchema;
  readonly kinds: readonly Kind[];
}

/** The diagnostics for a document's complaints. */
export function explainErrors(errors: readonly SchemaError[], context: Explaining): Diagnostic[] {
  const reduced = oncePerAnchor(oncePerReference(typeFirst(reduceUnions(errors)), context), context);
  for (const { params, instancePath } of reduced) if (params["isSecret"] === true) hideValue(subjectOf(instancePath, context));
  const extras = extrasByPath(reduced);
  const misplaced = misplacedFields(reduced, context);
  const others = reduced.filter(
    (error) =>
      !misplaced.paths.has(error.instancePath) &&
      !(error.instancePath === "" && misplaced.keys.has(String(error.params["additionalProperty"]))) &&
      !isMisspelt(error, extras, context) &&
      !isToldElsewhere(error, context),
  );
  return [...misplaced.found.map(misplacedField), ...others.map((error) => explain(error, context))];
}

/** A value of the wrong type is told so; that it is none of the choices either follows from it. */
function typeFirst(errors: readonly SchemaError[]): readonly SchemaError[] {
  const wrong = new Set(errors.filter(({ keyword }) => keyword === "type").map(({ instancePath }) => instancePath));
  return errors.filter(({ keyword, instancePath }) => keyword === "type" || keyword === "x-refused" || !wrong.has(instancePath));
}

/** What a mapping lacks is told once, however many aliases name it. */
function oncePerAnchor(errors: readonly SchemaError[], { tree }: Explaining): readonly SchemaError[] {
  const seen = new Set<string>();
  return errors.filter(({ keyword, instancePath, params }) => {
    if (keyword !== "required") return true;
    const { spot } = follow(tree, partsOf(instancePath)).value;
    if (spot.source.text.startsWith("${", spot.start + 1)) return true; // what an expression makes has one place for all
    const key = `${spot.source.file}:${spot.start}:${spot.end}:${String(params["missingProperty"])}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** What stands where a secret would is shown to nobody, whatever else is wrong in its line. */
function hideValue({ value: { spot } }: Subject): void {
  spot.source.hide(spot.start, spot.end);
}

/** A mapping in place of a reference that is none of ours is one mistake, however many fields it has. */
function oncePerReference(errors: readonly SchemaError[], context: Explaining): readonly SchemaError[] {
  const seen = new Set<string>();
  return errors.filter((error) => {
    if (error.keyword !== "additionalProperties" || !isReference(schemaOf(error, context))) return true;
    const isFirst = !seen.has(error.instancePath);
    seen.add(error.instancePath);
    return isFirst;
  });
}

/** Whether a mapping is how something is named that is not ours. */
function isReference({ properties = {} }: JsonSchema): boolean {
  return "ownerId" in properties && "tags" in properties;
}

function misplacedField({ field, name, what, key }: Misplaced): Diagnostic {
  const summary = `${field} stands beside ${name}, and belongs under it.`;
  return problem("wrong-indentation", positionOf(key), summary, `indent ${field} further than ${name}: it is ${what}`);
}

/** A variable without a value was reported where it is declared, an alias that leads nowhere where it stands. */
function isToldElsewhere({ keyword, instancePath }: SchemaError, { tree }: Explaining): boolean {
  const { value } = follow(tree, partsOf(instancePath));
  if (keyword === "required" && value.spot.source.lacking.has(value.spot.start)) return true;
  return value.type === "scalar" && value.value === null && value.substituted === true;
}

/** The names of unknown fields, by the object in which they stand. */
function extrasByPath(errors: readonly SchemaError[]): ReadonlyMap<string, readonly string[]> {
  const extras = new Map<string, string[]>();
  for (const { keyword, instancePath, params } of errors) {
    if (keyword !== "additionalProperties") continue;
    const names = extras.get(instancePath);
    if (names) names.push(String(params["additionalProperty"]));
    else extras.set(instancePath, [String(params["additionalProperty"])]);
  }
  return extras;
}

/** A field that is missing because its name is misspelt is one mistake, not two. */
function isMisspelt(error: SchemaError, extras: ReadonlyMap<string, readonly string[]>, context: Explaining): boolean {
  if (error.keyword !== "required") return false;
  const missing = String(error.params["missingProperty"]);
  return (extras.get(error.instancePath) ?? []).some((extra) => meantBy(extra, error.instancePath, [missing], context).includes(missing));
}

/** The fields among `known` that somebody meant who wrote `word`: by letters, by what other tools call them, or without its space. */
function meantBy(word: string, instancePath: string, known: readonly string[], context: Explaining): readonly string[] {
  const foreign = foreignIn(word, instancePath, known, context);
  if (foreign && "fields" in foreign) return foreign.fields;
  const near = nearField(withSpace(word)?.field ?? word, known);
  return near === undefined ? [] : [near];
}

/** By letters, or as the end of a longer word: `networkLoadBalancers` are loadBalancers. */
function nearField(word: string, known: readonly string[]): string | undefined {
  const whole = word.toLowerCase().replaceAll(/[_-]/g, "");
  return didYouMean(word, known) ?? known.find((field) => field.length > 5 && whole.endsWith(field.toLowerCase()));
}

function foreignIn(word: string, instancePath: string, known: readonly string[], { kinds }: Explaining): Foreign | undefined {
  const parts = partsOf(instancePath);
  const kind = kinds.find(({ section }) => section === parts[0]);
  return foreignField(word, known, kind, parts.length > 2);
}

interface Subject {
  /** "subnet/web-a", or "" at the top. */
  readonly owner: string;
  /** "ingress[0].port", or "". */
  readonly path: string;
  readonly value: Tree;
  readonly key: Spot | undefined;
}

type Words = { readonly code: Code; readonly summary: string; readonly hint?: string | undefined; readonly spot?: Spot };

function explain(error: SchemaError, context: Explaining): Diagnostic {
  const subject = subjectOf(error.instancePath, context);
  const schema = schemaOf(error, context);
  const words = wordsFor(error, subject, schema, context);
  const where = isNothing(subject.value) && subject.key ? subject.key : subject.value.spot;
  return problem(words.code, positionOf(words.spot ?? where), words.summary, words.hint);
}

/** A key with nothing behind it has only itself to point at. */
function isNothing(value: Tree): boolean {
  return value.type === "scalar" && value.value === null && value.raw === "";
}

function wordsFor(error: SchemaError, subject: Subject, schema: JsonSchema, context: Explaining): Words {
  const { params } = error;
  const it = nameOf(subject);
  switch (error.keyword) {
    case "additionalProperties":
      return unknownField(String(params["additionalProperty"]), error.instancePath, subject, schema, context);
    case "required":
      return missingField(String(params["missingProperty"]), it, subject, schema, context);
    case "type":
      return wrongType(it, [params["type"]].flat() as string[], subject.value, schema, isRequired(error, context), context);
    case "enum":
      return notAllowed(it, params["allowedValues"] as unknown[], subject.value, error.instancePath, context);
    case "const":
      return notAllowed(it, [params["allowedValue"]], subject.value, error.instancePath, context);
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum":
      return { code: "out-of-range", summary: `${it} must be ${bounds(schema)}, and is ${shown(subject.value)}.` };
    case "multipleOf":
      return {
        code: "out-of-range",
        summary: `${it} must be a multiple of ${String(params["multipleOf"])}, and is ${shown(subject.value)}.`,
      };
    case "pattern": {
      const choices = choicesIn(schema);
      if (choices) return notAllowed(it, choices, subject.value, error.instancePath, context);
      return {
        code: "bad-value",
        summary: `${it} cannot be ${shown(subject.value)}.`,
        hint: timeInstead(schema, subject.value) ?? meantByPattern(schema, subject.value) ?? form(schema),
      };
    }
    case "minLength":
    case "maxLength":
      return { code: "bad-value", summary: `${it} must have ${lengths(schema, "Length", "character")}.` };
    case "minItems":
    case "maxItems": {
      const form = schema["minItems"] === 1 ? formOf(schema) : undefined;
      const summary = `${it} must have ${lengths(schema, "Items", "item")}.`;
      return { code: "bad-value", summary, hint: form && `write at least one, as in ${form}` };
    }
    case "minProperties":
    case "maxProperties":
      return { code: "bad-value", summary: `${it} must have ${lengths(schema, "Properties", "entry")}.` };
    case "uniqueItems":
      return { code: "bad-value", summary: `${it} holds the same item twice (items ${String(params["j"])} and ${String(params["i"])}).` };
    case "x-refused":
      return {
        code: "refused-property",
        summary: `${it} cannot be written: ${String(params["why"])}.`,
        hint: String(params["hint"]),
        ...(params["isSecret"] === true && subject.key && { spot: subject.key }),
      };
    default:
      return { code: "bad-value", summary: `${it} ${error.message ?? "is not allowed"}.` };
  }
}

function missingField(field: string, it: string, { key, value }: Subject, schema: JsonSchema, context: Explaining): Words {
  if (field === "unproven" && schema["x-unproven"] !== undefined) {
    const hint = "write `unproven: true` in it to go on; try it with --sandbox first";
    return {
      code: "unproven-type",
      summary: `${it}: nobody has tried the type ${String(schema["x-unproven"])} with infra.`,
      hint,
      spot: key ?? value.spot,
    };
  }
  const example = exampleOf(field, schema.properties?.[field], (name) => declaredIn(context, name));
  const kinds = (schema.properties?.[field]?.["x-ref"] as readonly string[] | undefined) ?? [];
  const isBorn = context.kinds.some(({ name, bornWith }) => bornWith === "region" && kinds.includes(name));
  const born = isBorn ? `, or \`${field}: { default: true }\` for the one that AWS made in the region` : "";
  const hint = [describe(schema, field), example && `Write \`${example}\`${born}.`].filter(Boolean).join(" ");
  return { code: "missing-field", summary: `${it} needs ${field}.`, hint: hint || undefined, spot: key ?? value.spot };
}

function subjectOf(instancePath: string, { tree, kinds }: Explaining): Subject {
  const parts = partsOf(instancePath);
  const { value, key } = follow(tree, parts);
  const kind = kinds.find(({ section }) => section === parts[0]);
  const isResource = kind !== undefined && parts.length > 1;
  const depth = isResource ? 2 : 0;
  return { owner: isResource ? `${kind.name}/${parts[1]}` : "", path: pathOf(tree, parts, depth), value, key };
}

/** The parts from `depth` on, as people write them. */
function pathOf(tree: Tree, parts: readonly string[], depth: number): string {
  let path = "";
  for (let i = depth; i < parts.length; i++) {
    const isItem = follow(tree, parts.slice(0, i)).value.type === "list";
    path += isItem ? `[${parts[i]}]` : path === "" ? parts[i] : `.${parts[i]}`;
  }
  return path;
}

function nameOf({ owner, path }: Subject): string {
  if (owner === "") return path === "" ? "the environment" : path;
  return path === "" ? owner : `${owner}: ${path}`;
}

function unknownField(field: string, instancePath: string, subject: Subject, schema: JsonSchema, context: Explaining): Words {
  const spot = entryOf(subject.value, field)?.key ?? subject.value.spot;
  const patterns = Object.keys(schema.patternProperties ?? {});
  const known = Object.entries(schema.properties ?? {}).flatMap(([name, one]) => ("x-refused" in one ? [] : [name]));
  if (patterns.length > 0 && known.length === 0) return badName(field, subject, patterns[0]!, spot);
  if (subject.owner === "" && subject.path === "") {
    const summary = `an environment has no key "${field}".`;
    return { code: "unknown-field", summary, hint: topHint(field, [...known, "extends", "variables"], context), spot };
  }
  const near = didYouMean(field, known);
  const hint = isReference(schema) && near === undefined ? referenceHint(subject) : fieldHint(field, instancePath, known, context);
  return { code: "unknown-field", summary: `${nameOf(subject)} has no field "${field}".`, hint, spot };
}

function referenceHint({ value }: Subject): string {
  const instead = value.type === "map" ? intrinsicInstead(value) : undefined;
  const name = valueOf(value, "name");
  const alone = name?.type === "scalar" && name.raw !== "" ? `: ${name.raw}` : "";
  return instead ?? `write the name alone${alone}; of what is not ours { id: … } or { tags: { … } }`;
}

function topHint(word: string, known: readonly string[], { kinds }: Explaining): string {
  const spaced = spaceHint(word, known);
  if (spaced) return spaced;
  const section = foreignSection(word, kinds);
  const advice = section === undefined ? foreignAdvice(word) : undefined;
  if (advice) return advice;
  const meant = section ?? didYouMean(word, known);
  if (meant) return `did you mean "${meant}"?`;
  const words = word.replace(/^aws_/, "").match(/[A-Z]*[a-z0-9]+|[A-Z]+/g) ?? ["WORD"];
  return `\`infra explain\` lists the kinds that infra makes, \`infra types ${words.join(" ").toLowerCase()}\` finds AWS's own types; other objects are referred to by \`{ id: … }\``;
}

function fieldHint(word: string, instancePath: string, known: readonly string[], context: Explaining): string | undefined {
  const foreign = foreignIn(word, instancePath, known, context);
  if (foreign && "advice" in foreign) return foreign.advice;
  const fields = foreign?.fields ?? [nearField(word, known)].filter((near) => near !== undefined);
  if (fields.length > 0) return `did you mean ${fields.map((one) => `"${one}"`).join(" or ")}?`;
  return spaceHint(word, known) ?? knownHint(instancePath, known, context);
}

/** Longer lists nobody reads: `infra explain` has all, with what they are for. */
const mostKnown = 12;

function knownHint(instancePath: string, known: readonly string[], { kinds }: Explaining): string | undefined {
  const [section, , ...inside] = partsOf(instancePath);
  const kind = kinds.find((one) => one.section === section);
  const own = kind && inside.length === 0 ? Object.keys((kind.schema as JsonSchema).properties ?? {}) : known;
  const listed = own.length > 0 && own.length <= mostKnown ? `known here: ${own.join(", ")}` : undefined;
  const all = kind && (listed === undefined || own.length < known.length) ? `\`infra explain ${kind.name}\` tells all fields` : undefined;
  return listed && all ? `${listed}; ${all}` : (listed ?? all);
}

function spaceHint(word: string, known: readonly string[]): string | undefined {
  const spaced = withSpace(word);
  return spaced && known.includes(spaced.field) ? `${spaced.why}: write \`${spaced.line}\`` : undefined;
}

function badName(name: string, subject: Subject, pattern: string, spot: Spot): Words {
  const letters = "letters, digits, - and _, at most 63, beginning and ending with a letter or digit";
  const choices = /^\^\(([\w|:-]+)\)\$$/.exec(pattern)?.[1]?.split("|");
  const summary = `"${name}" cannot be a name in ${nameOf(subject)}.`;
  if (choices) {
    const near = nearestChoice(name, choices);
    return { code: "bad-name", summary, hint: near ? `did you mean "${near}"?` : `write one of ${choices.join(", ")}`, spot };
  }
  const isNumber = new RegExp(pattern).test("100") && !/[a-z]/i.test(pattern.replaceAll("\\d", ""));
  const what = pattern === expandedPattern ? letters : isNumber ? "a number, such as 100" : `what matches ${pattern}`;
  return { code: "bad-name", summary, hint: `a name here is ${what}`, spot };
}

const typeWords: Readonly<Record<string, string>> = {
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  object: "a mapping",
  array: "a list",
  null: "null",
};

function wrongType(
  it: string,
  resolved: readonly string[],
  value: Tree,
  schema: JsonSchema,
  isRequired: boolean,
  context: Explaining,
): Words {
  const must = `${it} must be ${resolved.map((type) => typeWords[type] ?? type).join(" or ")}`;
  const wrong = (is: string, hint?: string): Words => ({ code: "wrong-type", summary: `${must}, and ${is}.`, hint });
  const whole = wholeSchema(schema, context);
  const likeThis = formHint(resolved, whole, value);
  if (value.type === "list") {
    const alone = oneInsteadOf(value, resolved);
    return wrong("is a list", alone ?? (resolved.includes("object") ? mapInsteadOf(value, whole, likeThis) : likeThis));
  }
  if (value.type === "map")
    return wrong("is a mapping", intrinsicInstead(value) ?? (resolved.includes("array") ? listInsteadOf(value, whole) : likeThis));
  if (value.value === null) return wrong("is empty", emptyHint(it, resolved, whole, value, isRequired, context));
  const spaced = typeof value.value === "string" && resolved.includes("object") ? withSpace(value.value) : undefined;
  if (spaced) return wrong(`is the text ${JSON.stringify(value.value)}`, `${spaced.why}: write \`${spaced.line}\``);
  if (typeof value.value === "string") {
    const hint = splatHint(value.value, whole, context) ?? unquoteHint(resolved, value.value, value.quoted) ?? likeThis;
    return wrong(`is the text ${JSON.stringify(value.value)}`, hint);
  }
  if (!resolved.includes("string")) {
    const hint = resolved.includes("array") ? `write [${value.raw}]` : booleanHint(resolved, value.raw);
    return wrong(`is ${value.raw}`, hint ?? likeThis);
  }
  const is = `YAML reads ${value.raw} as ${typeof value.value === "number" ? "a number" : "a boolean"}`;
  return wrong(is, timeInstead(whole, value) ?? (fitsInQuotes(value.raw, whole) ? `write "${value.raw}"` : (textHint(whole) ?? likeThis)));
}

/** Whether a text is what a schema takes, as far as it says that. */
function fitsInQuotes(text: string, schema: JsonSchema): boolean {
  if (schema["x-cidr"] !== undefined || schema["x-zone"] !== undefined || schema["x-literal"] !== undefined) return false;
  const branches = schema.anyOf?.filter(({ type }) => type === undefined || [type].flat().includes("string"));
  if (branches) return branches.some((one) => fitsInQuotes(text, one));
  if (schema.enum && !schema.enum.includes(text)) return false;
  return schema["pattern"] === undefined || new RegExp(String(schema["pattern"])).test(text);
}

/** The choices that a text has, or its form. */
function textHint(schema: JsonSchema): string | undefined {
  const choices = schema.enum ?? schema.anyOf?.flatMap((one) => one.enum ?? []) ?? [];
  if (choices.length > 0) return `write ${choices.length === 1 ? "" : "one of "}${choices.join(", ")}`;
  return schema["pattern"] === undefined ? undefined : form(schema);
}

/** What was meant by a word or a number for true and false in other languages. */
function booleanHint(resolved: readonly string[], text: string): string | undefined {
  if (!resolved.includes("boolean")) return undefined;
  const meant = /^(y|yes|on|1|true|enabled?)$/i.test(text)
    ? "true"
    : /^(n|no|off|0|false|disabled?|suspended)$/i.test(text)
      ? "false"
      : undefined;
  const near = meant ?? didYouMean(text, ["true", "false"]);
  return near && `write ${near}`;
}

/** The form that is wanted, as a line to copy. */
function formHint(resolved: readonly string[], schema: JsonSchema, value: Tree): string | undefined {
  if (resolved.includes("boolean")) return "write true or false";
  const form = formOf(schema, value.type === "scalar" ? String(value.value) : undefined);
  if (resolved.includes("object")) return form && `write a mapping, as in ${form}`;
  if (resolved.includes("integer") || resolved.includes("number")) return `write the number alone, as in ${form ?? 1}`;
  return form && `write ${form.length > 40 ? "it" : "something"} as in ${form}`;
}

/** The definition that a schema points to; of a section, also that of what stands under its names. */
function wholeSchema(schema: JsonSchema, { schema: root }: Explaining): JsonSchema {
  const definition = (one: JsonSchema) => {
    const name = /^#\/definitions\/(.*)$/.exec(String(one["$ref"] ?? ""))?.[1];
    return name === undefined ? one : ((root["definitions"] as Record<string, JsonSchema>)[name] ?? one);
  };
  const { patternProperties } = schema;
  return patternProperties ? { ...schema, patternProperties: mapValues(patternProperties, definition) } : definition(schema);
}

/** A section without resources, a resource without fields, a list without items, a field without a value. */
function emptyHint(
  it: string,
  resolved: readonly string[],
  schema: JsonSchema,
  value: Tree,
  isRequired: boolean,
  context: Explaining,
): string {
  const kind = context.kinds.find(({ section }) => section === it);
  if (kind) return `write the ${it} under it, each by its name, or remove the line`;
  if (resolved.includes("array")) return "write its items under it, each behind a hyphen, or [] for none";
  if (schema["x-ref"] === undefined && resolved.includes("object")) {
    if (schema.required && schema.required.length > 0) return `write its fields under it: ${schema.required.join(", ")}`;
    return schema.properties ? "write {} for one without fields" : "write its entries under it, each by its name, or remove the line";
  }
  const form = exampleOf(it.split(/[ .]/).at(-1)!, schema, (name) => declaredIn(context, name));
  const isQuoted = value.type === "scalar" && value.raw !== "";
  return `${form ? `write a value, as in \`${form}\`` : "write a value"}${isQuoted || isRequired ? "" : ", or remove the line"}`;
}

/** The first name of a kind that the file declares. */
function declaredIn({ tree, kinds }: Explaining, kindName: string): string | undefined {
  const section = valueOf(tree, kinds.find(({ name }) => name === kindName)?.section ?? "");
  return section?.type === "map" ? section.entries.keys().next().value : undefined;
}

/** A list of references is wanted, and the name of a repeated resource stands there. In a part it has the name of its use before it. */
function splatHint(text: string, schema: JsonSchema, { tree, kinds }: Explaining): string | undefined {
  const [, prefix, name = ""] = /^(?:([^/]+)\/)?(.*)$/s.exec(text)!;
  const fits = kinds.filter(
    (kind) => ((schema.items?.["x-ref"] as readonly string[] | undefined) ?? []).includes(kind.name) && (prefix ?? kind.name) === kind.name,
  );
  const names = fits.flatMap(({ section }) => {
    const found = valueOf(tree, section);
    return found?.type === "map" ? [...found.entries.keys()] : [];
  });
  if (names.includes(name)) return undefined;
  const several = names.map(partsOfName).filter(({ base, key }) => key !== undefined && (base === name || base.endsWith(`-${name}`)));
  const of = several.filter(({ base }) => base === several[0]!.base);
  return of.length === 0 ? undefined : `write "${text}[*]" for all of them, or name some: ["${text}[${of[0]!.key}]"]`;
}

function unquoteHint(resolved: readonly string[], text: string, quoted: boolean): string | undefined {
  if (resolved.includes("array") && /^-[A-Za-z]/.test(text))
    return `a space is missing after the hyphen: write \`- ${text.slice(1).split(/\s/)[0]}\``;
  if (resolved.includes("array")) return `write [${text}]`;
  if (resolved.includes("object") && quoted && /^\{.*\}$/s.test(text)) return "take the quotes around it away";
  const isNumber = text.trim() !== "" && !Number.isNaN(Number(text));
  if (quoted && resolved.includes("boolean") && /^(true|false)$/.test(text)) return `write ${text}, without quotes`;
  const boolean = booleanHint(resolved, text);
  if (boolean) return /^(y|yes|no?|on|off)$/i.test(text) ? `YAML 1.2 knows true and false only; ${boolean}` : boolean;
  if (!resolved.includes("integer") && !resolved.includes("number")) return undefined;
  if (isNumber) return quoted ? `write ${text}, without quotes` : undefined;
  const bare = /^(\d{1,3}(?:[,_ ]\d{3})+|\d+) ?(?:[KMGT]i?B|%)?$/i.exec(text)?.[1];
  return bare && `write the number alone: ${bare.replaceAll(/\D/g, "")}`;
}

function notAllowed(it: string, allowed: readonly unknown[], value: Tree, instancePath: string, context: Explaining): Words {
  const options = allowed.map((option) => String(option));
  const near = value.type === "scalar" && options.length > 1 ? choiceMeant(String(value.value), options, instancePath, context) : undefined;
  const list = options.length === 1 ? options[0] : `one of ${options.join(", ")}`;
  return {
    code: "bad-value",
    summary: `${it} must be ${list}, and is ${shown(value)}.`,
    hint: near ? `did you mean "${near}"?` : undefined,
  };
}

function choiceMeant(word: string, options: readonly string[], instancePath: string, { kinds }: Explaining): string | undefined {
  const [section] = partsOf(instancePath);
  const foreign = kinds.find((kind) => kind.section === section)?.foreign?.values?.[word];
  return foreign !== undefined && options.includes(foreign) ? foreign : nearestChoice(word, options);
}

function shown(value: Tree): string {
  if (value.type !== "scalar") return value.type === "map" ? "a mapping" : "a list";
  return typeof value.value === "string" ? JSON.stringify(value.value) : value.raw;
}

function bounds(schema: JsonSchema): string {
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below } = schema as Record<string, number | undefined>;
  if (minimum !== undefined && maximum !== undefined) return `between ${minimum} and ${maximum}`;
  if (minimum !== undefined) return `at least ${minimum}`;
  if (maximum !== undefined) return `at most ${maximum}`;
  return above !== undefined ? `more than ${above}` : `less than ${below}`;
}

function lengths(schema: JsonSchema, of: string, word: string): string {
  const [least, most] = [schema[`min${of}`] as number | undefined, schema[`max${of}`] as number | undefined];
  const words = (n: number) => `${n} ${n === 1 ? word : word === "entry" ? "entries" : `${word}s`}`;
  if (least !== undefined && most !== undefined && least > 0)
    return least === most ? `exactly ${words(least)}` : `between ${least} and ${words(most)}`;
  return most !== undefined ? `at most ${words(most)}` : `at least ${words(least ?? 0)}`;
}

/** The words of a pattern that is a choice of words and nothing else, such as `^(never|always)$`: AWS's schemas have many. */
function choicesIn({ pattern }: JsonSchema): readonly string[] | undefined {
  return /^\^\(([\w-]+(?:\|[\w-]+)+)\)\$$/.exec(String(pattern))?.[1]!.split("|");
}

/** What was meant, where it is only capitals, blanks or the hyphens between digits that are in the way: `TCP`, `1234-5678-9012`. */
function meantByPattern({ pattern }: JsonSchema, value: Tree): string | undefined {
  const written = toPlain(value);
  if (typeof written !== "string") return undefined;
  const forms = [written.trim(), written.toLowerCase(), written.toUpperCase(), written.replaceAll(/(?<=\d)[ -](?=\d)/g, "")];
  const meant = forms.find((one) => new RegExp(String(pattern)).test(one));
  if (meant === undefined || meant === written.trim()) return undefined; // a block of text, which is told as such
  return `write ${typeof plainValue(meant) === "string" ? meant : JSON.stringify(meant)}`;
}

/** Of a length of time in other words, what to write. */
function timeInstead({ pattern }: JsonSchema, value: Tree): string | undefined {
  if (pattern !== timePattern || value.type !== "scalar") return undefined;
  if (secondsOf(`${value.raw}s`) !== undefined) return `write its unit with it: ${value.raw}s, if these are seconds`;
  const meant = timeMeant(value.raw);
  return meant && `write ${meant}`;
}

function form(schema: JsonSchema): string | undefined {
  const examples = (schema["examples"] as unknown[] | undefined)?.map((example) => JSON.stringify(example)).join(", ");
  if (schema["pattern"] === placePatterns.project) return `write ${projectForm}`;
  return examples ? `for example ${examples}` : schema.description || `it must match ${String(schema["pattern"])}`;
}

function describe(schema: JsonSchema, field: string): string | undefined {
  return schema.properties?.[field]?.description?.replace(/(?<=\.) .*$/s, "");
}

/** Whether the mapping in which a field stands must have it. */
function isRequired(error: SchemaError, context: Explaining): boolean {
  const [properties, field] = partsOf(decodeURIComponent(error.schemaPath)).slice(-3);
  const holder = error.schemaPath.split("/").slice(0, -2).join("/");
  return properties === "properties" && (schemaOf({ ...error, schemaPath: holder }, context).required ?? []).includes(field!);
}

/** The schema that holds the keyword of a complaint. Inside a resource, ajv counts paths from the definition of its kind. */
function schemaOf({ instancePath, schemaPath }: SchemaError, { schema, kinds }: Explaining): JsonSchema {
  const [section, name] = partsOf(instancePath);
  const kind = name === undefined ? undefined : kinds.find((one) => one.section === section);
  let here: unknown = kind ? (schema["definitions"] as Record<string, unknown>)[kind.name] : schema;
  for (const part of partsOf(decodeURIComponent(schemaPath)).slice(0, -1)) here = (here as Record<string, unknown> | undefined)?.[part];
  return (here ?? {}) as JsonSchema;
}
