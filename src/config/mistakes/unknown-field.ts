/** Explains an unknown field, key or name: what was meant by it. */
import { didYouMean } from "../../diag/did-you-mean.ts";
import type { JsonSchema } from "../schema/json-schema.ts";
import { expandedPattern } from "../schema/schema.ts";
import { partsOf } from "../schema/pointer.ts";
import type { Spot } from "../yaml/source.ts";
import { entryOf, valueOf } from "../yaml/tree.ts";
import { foreignAdvice, foreignField, foreignSection, type Foreign } from "../references/foreign-names.ts";
import { intrinsicInstead } from "../yaml/intrinsics.ts";
import { nearestChoice } from "./write-example.ts";
import { withSpace } from "../yaml/yaml-words.ts";
import { nameOf, type Explaining, type Subject, type Words } from "./schema-words.ts";

export function unknownField(field: string, instancePath: string, subject: Subject, schema: JsonSchema, context: Explaining): Words {
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
  return instead ?? `write the name alone${alone}; for an object outside this environment write { id: … } or { tags: { … } }`;
}

function topHint(word: string, known: readonly string[], { kinds }: Explaining): string {
  const spaced = spaceHint(word, known);
  if (spaced) return spaced;
  const section = foreignSection(word, kinds);
  const advice = section === undefined ? foreignAdvice(word) : undefined;
  if (advice) return advice;
  const meant = section ?? didYouMean(word, known);
  if (meant) return `did you mean "${meant}"?`;
  // `infra types` takes one word. The first one is the name of the service more often than the others.
  const [first] = word.replace(/^aws_/, "").match(/[A-Z]*[a-z0-9]+|[A-Z]+/g) ?? ["WORD"];
  return `\`infra explain\` lists the kinds that infra manages, \`infra types ${first.toLowerCase()}\` finds AWS's own types; refer to other objects by \`{ id: … }\``;
}

function fieldHint(word: string, instancePath: string, known: readonly string[], context: Explaining): string | undefined {
  const foreign = foreignIn(word, instancePath, known, context);
  if (foreign && "advice" in foreign) return foreign.advice;
  const fields = foreign?.fields ?? [nearField(word, known)].filter((near) => near !== undefined);
  if (fields.length > 0) return `did you mean ${fields.map((one) => `"${one}"`).join(" or ")}?`;
  return spaceHint(word, known) ?? knownHint(instancePath, known, context);
}

/** The longest list that a hint shows. Nobody reads longer ones; `infra explain` lists all fields with their purpose. */
const mostKnown = 12;

function knownHint(instancePath: string, known: readonly string[], { kinds }: Explaining): string | undefined {
  const [section, , ...inside] = partsOf(instancePath);
  const kind = kinds.find((one) => one.section === section);
  const own = kind && inside.length === 0 ? Object.keys((kind.schema as JsonSchema).properties ?? {}) : known;
  const listed = own.length > 0 && own.length <= mostKnown ? `known here: ${own.join(", ")}` : undefined;
  const all = kind && (listed === undefined || own.length < known.length) ? `\`infra explain ${kind.name}\` lists all fields` : undefined;
  return listed && all ? `${listed}; ${all}` : (listed ?? all);
}

/** Whether a mapping is the form that names an object outside the environment. */
export function isReference({ properties = {} }: JsonSchema): boolean {
  return "ownerId" in properties && "tags" in properties;
}

/**
 * Returns the fields among `known` that the author meant by `word`: by similar letters, by what other tools call them, or without the
 * missing space.
 */
export function meantBy(word: string, instancePath: string, known: readonly string[], context: Explaining): readonly string[] {
  const foreign = foreignIn(word, instancePath, known, context);
  if (foreign && "fields" in foreign) return foreign.fields;
  const near = nearField(withSpace(word)?.field ?? word, known);
  return near === undefined ? [] : [near];
}

/** Returns the known field with similar letters, or the one with which a longer word ends: `networkLoadBalancers` are loadBalancers. */
function nearField(word: string, known: readonly string[]): string | undefined {
  const whole = word.toLowerCase().replaceAll(/[_-]/g, "");
  return didYouMean(word, known) ?? known.find((field) => field.length > 5 && whole.endsWith(field.toLowerCase()));
}

function foreignIn(word: string, instancePath: string, known: readonly string[], { kinds }: Explaining): Foreign | undefined {
  const parts = partsOf(instancePath);
  const kind = kinds.find(({ section }) => section === parts[0]);
  return foreignField(word, known, kind, parts.length > 2);
}

function spaceHint(word: string, known: readonly string[]): string | undefined {
  const spaced = withSpace(word);
  return spaced && known.includes(spaced.field) ? `${spaced.why}: write \`${spaced.line}\`` : undefined;
}

function badName(name: string, subject: Subject, pattern: string, spot: Spot): Words {
  const letters = "use letters, digits, - and _, at most 63 characters, beginning and ending with a letter or digit";
  const choices = /^\^\(([\w|:-]+)\)\$$/.exec(pattern)?.[1]?.split("|");
  const summary = `"${name}" cannot be a name in ${nameOf(subject)}.`;
  if (choices) {
    const near = nearestChoice(name, choices);
    return { code: "bad-name", summary, hint: near ? `did you mean "${near}"?` : `write one of ${choices.join(", ")}`, spot };
  }
  const isNumber = new RegExp(pattern).test("100") && !/[a-z]/i.test(pattern.replaceAll("\\d", ""));
  const what = pattern === expandedPattern ? letters : isNumber ? "write a number, such as 100" : `write text that matches ${pattern}`;
  return { code: "bad-name", summary, hint: what, spot };
}
