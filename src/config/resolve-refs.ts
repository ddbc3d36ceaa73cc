import { withArticle } from "../diag/article.ts";
import type { Code } from "../diag/codes.ts";
import { didYouMean } from "../diag/did-you-mean.ts";
import { place } from "../diag/format.ts";
import type { Address } from "../kinds/kind.ts";
import { whyNotNetwork } from "./cidr.ts";
import { partitionOf, whyNotZone, zoneName } from "./zones.ts";
import { isLate } from "../resource/late.ts";
import { ownership, tagOfAddress, tagOfEach } from "../resource/ownership.ts";
import { isLiteral } from "../resource/references.ts";
import type { Declared } from "./declared.ts";
import type { Repetition } from "./repetition.ts";

export interface RefProblem {
  readonly code: Code;
  readonly summary: string;
  readonly hint?: string | undefined;
}

export interface RefContext {
  readonly declared: Declared;
  /** The resource that refers: "subnet/web-a". */
  readonly owner: Address;
  readonly allowed: readonly string[];
  /** What a literal in its place looks like. */
  readonly literal: string | undefined;
  /** Somebody else's is named `{ name }` or `{ arn }`. */
  readonly isNamed?: boolean;
  /** What AWS itself provides, by names of this form. */
  readonly provided?: { readonly names: string; readonly arn: string };
  /** What is named may lie in another region. */
  readonly mayBeFar?: boolean;
  /** The reference is an item of a list, where name[*], and the name of a resource with a `count`, stand for all of it. */
  readonly inList: boolean;
  /** Of the environment: a default subnet is named by the letter of its zone. */
  readonly region: string;
  /** The resource belongs to a part: a name means one of the part's own, which begins with this. */
  readonly prefix?: string;
  /** The environment's project, which another environment has, too, when it is not written. */
  readonly project?: string;
}

/** What a reference means: an address, an AWS id, a literal, a look-up by tags; several of it in a list; or why it means nothing. */
export type Resolution = { readonly value: unknown } | { readonly several: readonly Address[] } | { readonly problem: RefProblem };

/** What a reference, as written, means. */
export function resolveRef(written: unknown, context: RefContext): Resolution {
  if (typeof written === "string") return resolveText(written, context);
  if (typeof written !== "object" || written === null) return { value: written };
  return resolveForeign(written as Foreign, context);
}

interface Foreign {
  readonly id?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly kind?: string;
  readonly name?: string;
  readonly arn?: string;
  readonly default?: string | boolean;
  readonly environment?: string;
  readonly address?: string;
  readonly project?: string;
  readonly region?: string;
  readonly ownerId?: string;
}

/** Where one kind alone fits, an id must have its form; a rule or a route also takes prefix lists, interfaces and others that are no kinds here. */
function resolveForeign(written: Foreign, context: RefContext): Resolution {
  const { owner, allowed, literal, declared, isNamed } = context;
  const { id, tags, kind, name, arn } = written;
  const bad = (code: Code, summary: string, hint: string) => ({ problem: { code, summary: `${owner}: ${summary}`, hint } });
  if (written.environment !== undefined || written.address !== undefined) return ofEnvironment(written, context, bad);
  if (isNamed) {
    if ((name === undefined) === (arn === undefined))
      return bad(
        arn === undefined ? "missing-field" : "conflict",
        "what is not ours is named by its name or its ARN.",
        "write { name: … } or { arn: … }",
      );
    if (name !== undefined && kind === undefined && allowed.length > 1)
      return bad("ambiguous-ref", "several kinds fit here.", `add kind: ${allowed.join(" | ")}`);
    if (arn !== undefined && kind !== undefined) return bad("conflict", "an ARN tells by itself what it is of.", "take `kind` away");
    return { value: arn ?? written };
  }
  if (id !== undefined) {
    if (Object.keys(written).length > 1)
      return bad("conflict", "an id needs nothing beside it.", tags ? "write { id } or { tags }, not both" : "take the rest away");
    const prefix = allowed.length === 1 && literal === undefined ? declared.kind(allowed[0]!)?.idPrefix : undefined;
    if (prefix === undefined || isId(id, prefix)) return { value: id };
    return bad("bad-value", `"${id}" is not the id of ${oneOf(allowed)}.`, `an id looks like ${prefix}0123456789abcdef0`);
  }
  if (written.default !== undefined) return resolveDefault(written, context);
  const places = allowed.flatMap((one) => Object.keys(declared.kind(one)?.placedBy ?? {}));
  if (places.some((field) => field in written)) return resolvePlace(written, context);
  if (tags === undefined)
    return bad("missing-field", "what is not ours is named by its id or its tags.", "write { id: … } or { tags: { … } }");
  if (kind === undefined && allowed.length > 1) return bad("ambiguous-ref", "several kinds fit here.", `add kind: ${allowed.join(" | ")}`);
  return { value: written };
}

/** Somebody else's, by where it is: what other accounts share does not show its owner's tags. */
function resolvePlace(written: Foreign, { owner, allowed, declared }: RefContext): Resolution {
  const bad = (code: Code, summary: string, hint: string) => ({ problem: { code, summary: `${owner}: ${summary}`, hint } });
  const { kind, ownerId: _owner, ...place } = written;
  const fits = allowed.filter((one) => declared.kind(one)?.placedBy && (kind === undefined || one === kind));
  if (fits.length > 1) return bad("ambiguous-ref", "several kinds fit here.", `add kind: ${fits.join(" | ")}`);
  const needed = Object.keys(declared.kind(fits[0] ?? "")?.placedBy ?? {});
  const shape = `{ ${needed.map((field) => `${field}: …`).join(", ")} }`;
  const extra = Object.keys(place).filter((field) => !needed.includes(field));
  if (extra.length > 0) return bad("conflict", `${extra.join(" and ")} cannot stand beside ${needed.join(" and ")}.`, `write ${shape}`);
  const missing = needed.filter((field) => !(field in place));
  if (missing.length > 0) return bad("missing-field", `${missing.join(" and ")} says which ${fits[0]} is meant, too.`, `write ${shape}`);
  return { value: allowed.length > 1 ? { ...written, kind: fits[0]! } : written };
}

/** What AWS made by itself: a look-up, or the resource of the file that takes it over. */
function resolveDefault({ default: which, kind, ...more }: Foreign, { owner, allowed, declared, region }: RefContext): Resolution {
  const bad = (code: Code, summary: string, hint: string) => ({ problem: { code, summary: `${owner}: ${summary}`, hint } });
  if (Object.keys(more).length > 0) return bad("conflict", "a default needs nothing beside it.", "write { default: … } alone");
  const born = allowed.filter((name) => declared.kind(name)?.bornWith !== undefined && (kind === undefined || kind === name));
  if (born.length > 1) return bad("ambiguous-ref", "AWS makes several kinds that fit here.", `add kind: ${born.join(" | ")}`);
  const { bornWith } = declared.kind(born[0] ?? "") ?? {};
  const beside = allowed.length > 1 ? { kind: born[0]! } : {};
  if (bornWith === undefined)
    return bad("bad-value", `AWS makes no ${allowed.join(" and no ")} by itself.`, "name it, or write { id: … } or { tags: { … } }");
  if (bornWith === "zone") return zoneDefault(which, beside, owner, region);
  if (bornWith !== "region") return defaultOfParent(which, bornWith.parent, born[0]!, beside, owner, declared);
  return which === true
    ? { value: { default: true, ...beside } }
    : bad("bad-value", `there is one ${born[0]} of that sort a region.`, "write { default: true }");
}

function zoneDefault(which: string | boolean | undefined, beside: object, owner: Address, region: string): Resolution {
  const isId = typeof which === "string" && /-az\d+$/.test(which);
  const why = typeof which !== "string" || isId ? "a default subnet is named by the name of its zone" : whyNotZone(which, region);
  if (why !== undefined)
    return { problem: { code: "bad-zone", summary: `${owner}: ${why}.`, hint: "write its zone, as in { default: a }" } };
  return { value: { default: zoneName(which as string, region), ...beside } };
}

/** AWS makes it with its parent, which may not be there yet: the file takes it over, and its name is what others refer to. */
function defaultOfParent(
  which: string | boolean | undefined,
  parent: string,
  kind: string,
  beside: object,
  owner: Address,
  declared: Declared,
): Resolution {
  const address = String(which).startsWith(`${parent}/`) ? String(which) : `${parent}/${String(which)}`;
  const name = address.slice(parent.length + 1);
  const isMeant = (written: unknown) =>
    which === true ? (written as Foreign | undefined)?.default === true : written === name || written === address;
  const taken = declared.all.find(({ kind: of, plain }) => of.name === kind && plain["default"] === true && isMeant(plain[parent]));
  if (taken) return { value: taken.address };
  if (which === true) return { value: { default: true, ...beside } };
  const section = declared.kind(kind)!.section;
  return {
    problem: {
      code: "unknown-ref",
      summary: `${owner} names the default ${kind} of ${address}, which this environment does not take over.`,
      hint: `declare it: ${section}: { default: { default: true, ${parent}: ${name} } }`,
    },
  };
}

/** What another environment owns bears the three tags that say so; it is looked up by these. */
function ofEnvironment(written: Foreign, context: RefContext, bad: (...of: [Code, string, string]) => Resolution): Resolution {
  const { allowed, declared, project, inList } = context;
  const { environment, address, project: other = project, region, ...more } = written;
  if (environment === undefined || address === undefined)
    return bad(
      "missing-field",
      "what another environment owns is named by that environment and the address there.",
      "write { environment: network, address: vpc/main }",
    );
  if (Object.keys(more).length > 0)
    return bad("conflict", "an address of another environment needs nothing beside it but `project` and `region`.", "take the rest away");
  const kind = address.slice(0, Math.max(0, address.indexOf("/")));
  if (!declared.kind(kind)) return bad("bad-address", `"${address}" is no address.`, "an address is kind/name, as `infra status` shows it");
  if (!allowed.includes(kind))
    return bad(
      "wrong-kind",
      `${address} of ${environment} is ${withArticle(kind)}, and this field takes ${oneOf(allowed)}.`,
      `name ${oneOf(allowed)}`,
    );
  const isFar = region !== undefined && region !== context.region;
  if (isFar && !context.mayBeFar)
    return bad("conflict", `what this field names is of the environment's own region, and ${region} is another.`, "take `region` away");
  const isSeveral = address.endsWith("[*]");
  if (isSeveral && !inList)
    return bad(
      "counted-ref",
      `${address} of ${environment} is several, and this field takes one.`,
      `write { environment: ${environment}, address: "${address.slice(0, -3)}[KEY]" }`,
    );
  const tags = { [ownership.project]: other ?? "", [ownership.environment]: environment, [ownership.resource]: tagOfAddress(address) };
  const there = isFar ? { region } : {};
  return {
    value: isSeveral
      ? { tags: { ...tags, [ownership.resource]: tagOfEach(address) }, kind, several: true, ...there }
      : { tags, kind, ...there },
  };
}

export function isId(text: string, prefix: string): boolean {
  return text.startsWith(prefix) && /^[0-9a-f]{1,17}$/.test(text.slice(prefix.length));
}

function resolveText(written: string, context: RefContext): Resolution {
  const { allowed, literal, declared } = context;
  if (isLate(written)) return { value: written };
  if (isLiteral(written, literal) && !isMeantAsRef(written, context)) return literalNetwork(written, context);
  const provided = providedBy(written, context);
  if (provided) return provided;
  if (context.isNamed && written.startsWith("arn:")) return { problem: arnAsName(written, context) };
  const [, kindName, local, index] = /^(?:([^/]+)\/)?(.*?)(?:\[([^\]]*)\])?$/s.exec(written)!;
  const name = context.prefix === undefined ? local : `${context.prefix}-${local}`;
  if (kindName === undefined && allowed.length > 1) return { problem: needsKind(written, context) };
  const kind = kindName ?? allowed[0]!;
  if (!allowed.includes(kind)) return { problem: wrongKind(written, kind, context) };
  const address = `${kind}/${name}`;
  const isSeen = context.prefix === undefined || declared.isInside(address, context.prefix);
  const target = isSeen ? declared.repetition(address) : declared.isLacking(address) ? ({ how: "broken" } as const) : undefined;
  if (!target) return { problem: unknown(written, kind, name!, context) };
  if (target.how === "broken") return { value: written };
  if (target.how === "absent") return { problem: absent(address, context) };
  if (target.how !== "one" && index !== undefined && target.absent.has(index)) return { problem: absent(`${address}[${index}]`, context) };
  // A name alone stands for all in a list, as it always did for `count`; a `forEach` is named with [*].
  if (context.inList && index === undefined && target.how === "count")
    return { several: target.items.map(({ key }) => `${address}[${key}]`) };
  const why = whyNotIndex(written, address, target, index, context);
  if (why) return { problem: { code: "counted-ref", summary: `${context.owner} names ${why.summary}`, hint: why.hint } };
  return { value: index === undefined ? address : `${address}[${index}]` };
}

/** A name that nobody declared, where it looks like one that AWS provides; not where one of the file is near. */
function providedBy(written: string, { provided, declared, region, allowed, prefix }: RefContext): Resolution | undefined {
  if (!provided || !new RegExp(provided.names).test(written)) return undefined;
  const names = allowed.flatMap((kind) => declared.namesOf(kind));
  const own = prefix === undefined ? written : `${prefix}-${written}`;
  if (names.includes(own) || didYouMean(own, names)) return undefined;
  return { value: provided.arn.replace("{partition}", partitionOf(region)).replace("{name}", written) };
}

function arnAsName(written: string, { owner, allowed }: RefContext): RefProblem {
  return {
    code: "unknown-ref",
    summary: `${owner} names "${written}" where the name of ${oneOf(allowed)} is expected.`,
    hint: `for what is not ours write { arn: "${written}" }`,
  };
}

/** A literal that begins with a kind, or nearly so and ends with the name of one that is declared, is no literal. */
function isMeantAsRef(written: string, { declared }: RefContext): boolean {
  const [, kind, name] = /^([A-Za-z]+)\/(.+)$/s.exec(written) ?? [];
  if (kind === undefined || name === undefined) return false;
  if (declared.kind(kind)) return true;
  const near = didYouMean(kind, declared.kindNames());
  return near !== undefined && declared.repetition(`${near}/${withoutIndex(name)}`) !== undefined;
}

/** A repeated resource is named with one of its keys, another without one. */
function whyNotIndex(
  written: string,
  address: Address,
  target: Exclude<Repetition, { how: "absent" | "broken" }>,
  index: string | undefined,
  { inList, owner }: RefContext,
): { summary: string; hint?: string } | undefined {
  if (target.how === "one")
    return index === undefined
      ? undefined
      : { summary: `${address}[${index}], but ${address} has no forEach and no count.`, hint: `write "${withoutIndex(written)}"` };
  const keys = target.items.map(({ key }) => key);
  if (index === "*")
    return inList
      ? undefined
      : {
          summary: `${address}[*], and this field takes one.`,
          hint: keys.length > 0 ? `name one: "${withoutIndex(written)}[${keys[0]}]"` : "it is no object in this run",
        };
  if (keys.length === 0)
    return {
      summary: `${address}, whose ${target.how} is ${target.how === "count" ? "0" : "empty"}.`,
      hint: inList
        ? `write "${withoutIndex(written)}[*]": the list is empty then`
        : `give ${owner} a \`when\` that is false when ${address} has no objects`,
    };
  if (index === undefined)
    return {
      summary: `${address}, which is ${keys.length} object${keys.length === 1 ? "" : "s"}.`,
      hint: howToName(written, keys, target.how, inList),
    };
  if (keys.includes(index)) return undefined;
  if (target.how === "forEach") return { summary: `${address}[${index}], but forEach has no "${index}".`, hint: `it has: ${someOf(keys)}` };
  return { summary: `${address}[${index}], but count is ${keys.length}.`, hint: `the last is [${keys.length - 1}]` };
}

function howToName(written: string, keys: readonly string[], how: "count" | "forEach", inList: boolean): string {
  const one = `"${written}[${keys[0]}]"`;
  if (how === "count") return keys.length === 1 ? `write ${one}` : `name one: ${one} to "${written}[${keys.at(-1)}]"`;
  return inList ? `write "${written}[*]" for all of them, or name one: ${one}` : `name one: ${one}; keys are ${someOf(keys)}`;
}

/** It is written, and its `when` is false. */
function absent(address: Address, { owner, inList }: RefContext): RefProblem {
  const list = inList ? `; in a list "${withoutIndex(address.slice(address.indexOf("/") + 1))}[*]" is empty then` : "";
  return {
    code: "absent-ref",
    summary: `${owner} names ${address}, which is not declared in this run: its \`when\` is false.`,
    hint: `give ${owner} the same \`when\`${list}`,
  };
}

function someOf(keys: readonly string[]): string {
  return keys.length > 10 ? `${keys.slice(0, 10).join(", ")}, …` : keys.join(", ");
}

/** A literal that is meant as a network must be one. */
function literalNetwork(written: string, { owner }: RefContext): Resolution {
  const why =
    written.includes("/") && !written.startsWith("arn:") && /^[\d.]+\/|:.*\//.test(written) ? whyNotNetwork(written, "any") : undefined;
  return why
    ? { problem: { code: "bad-cidr", summary: `${owner}: "${written}" is not a network: ${why.why}.`, hint: why.hint } }
    : { value: written };
}

function needsKind(written: string, { owner, allowed, declared }: RefContext): RefProblem {
  if (isLikeAddress(written)) return notNetwork(written, owner, allowed);
  const fitting = allowed.filter((kind) => declared.repetition(`${kind}/${withoutIndex(written)}`));
  const summary = `${owner} names "${written}" without its kind, and several kinds fit here.`;
  if (fitting.length > 0)
    return { code: "ambiguous-ref", summary, hint: `write ${fitting.map((kind) => `"${kind}/${written}"`).join(" or ")}` };
  return {
    code: "ambiguous-ref",
    summary,
    hint: looksForeign(written) ? foreignHint(written) : `write kind/name, where the kind is ${oneOf(allowed)}`,
  };
}

function wrongKind(written: string, kind: string, { owner, allowed, declared }: RefContext): RefProblem {
  if (isLikeAddress(written)) return notNetwork(written, owner, allowed);
  const near = declared.kind(kind) ? undefined : didYouMean(kind, allowed);
  const hint = `did you mean "${near}/${written.slice(kind.length + 1)}"?`;
  if (near) return { code: "wrong-kind", summary: `${owner} names "${written}", but there is no kind "${kind}".`, hint };
  const what = declared.kind(kind) ? withArticle(kind) : `"${kind}"`;
  return {
    code: "wrong-kind",
    summary: `${owner} names "${written}", but this field takes ${oneOf(allowed)}, not ${what}.`,
    hint: fittingNames(allowed, declared),
  };
}

/** The names that the field would take. */
function fittingNames(allowed: readonly string[], declared: Declared): string {
  const names = allowed.flatMap((kind) => declared.namesOf(kind).map((name) => (allowed.length > 1 ? `${kind}/${name}` : name)));
  if (names.length === 0) return `this environment declares no ${allowed.join(" and no ")}`;
  return `write one of: ${names.slice(0, 10).join(", ")}${names.length > 10 ? ", …" : ""}`;
}

function notNetwork(written: string, owner: string, allowed: readonly string[]): RefProblem {
  const why = whyNotNetwork(written, "any");
  return {
    code: "bad-cidr",
    summary: `${owner}: "${written}" is neither a network nor ${oneOf(allowed)}${why ? `: ${why.why}` : ""}.`,
    hint: why?.hint,
  };
}

/** A part sees its own resources only, by their names inside it. */
function unknownInside(kind: string, local: string, { owner, declared, prefix }: RefContext): RefProblem {
  const own = declared.namesOf(kind).filter((one) => declared.isInside(`${kind}/${one}`, prefix!));
  const names = own.map((one) => one.slice(prefix!.length + 1));
  const near = didYouMean(local, names);
  const all =
    names.length > 0 ? `it has: ${names.slice(0, 10).join(", ")}` : "what is outside of it is given as a parameter: { ref: KIND }";
  return {
    code: "unknown-ref",
    summary: `${owner} names ${kind} "${local}", which its part does not declare.`,
    hint: near ? `did you mean "${near}"?` : all,
  };
}

function unknown(written: string, kind: string, name: string, context: RefContext): RefProblem {
  const { owner, allowed, declared, literal, isNamed, prefix } = context;
  if (prefix !== undefined && !(literal !== undefined && isLikeAddress(written)))
    return unknownInside(kind, name.slice(prefix.length + 1), context);
  if (literal !== undefined && isLikeAddress(written)) return notNetwork(written, owner, allowed);
  const summary = `${owner} names ${kind} "${name}", which is not declared.`;
  const near = didYouMean(name, declared.namesOf(kind));
  if (near) {
    const at = declared.positionOf(`${kind}/${near}`);
    return {
      code: "unknown-ref",
      summary,
      hint: `did you mean "${allowed.length > 1 ? `${kind}/` : ""}${near}"${at ? ` (${place(at)})` : ""}?`,
    };
  }
  if (isNamed)
    return {
      code: "unknown-ref",
      summary,
      hint: `declare it under ${declared.kind(kind)!.section}, or for one that is not ours write { name: ${written} }`,
    };
  const others = declared.kindNames().filter((other) => declared.repetition(`${other}/${name}`));
  if (others.length > 0) {
    const fits = others.find((other) => allowed.includes(other));
    const hint = fits
      ? `did you mean "${fits}/${name}"?`
      : `"${name}" is ${others.map(withArticle).join(" and ")}, and this field takes ${oneOf(allowed)}`;
    return { code: "unknown-ref", summary, hint };
  }
  if (looksForeign(written)) return { code: "unknown-ref", summary, hint: foreignHint(written) };
  const all = declared.namesOf(kind);
  if (all.length === 0) return { code: "unknown-ref", summary, hint: `this environment declares no ${kind}` };
  return { code: "unknown-ref", summary, hint: `declared are: ${all.slice(0, 10).join(", ")}${all.length > 10 ? ", …" : ""}` };
}

function looksForeign(written: string): boolean {
  return /^[a-z]+-[0-9a-f]{8,17}$/.test(written) || written.startsWith("arn:");
}

const isLikeAddress = (written: string) => /^\d+\.\d+\.|^[0-9a-f]*:[0-9a-f:]+|\/\d+$/i.test(written);
const foreignHint = (written: string) => `for what is not ours write { id: ${written} }`;
const withoutIndex = (name: string) => name.replace(/\[[^\]]*\]$/, "");
const oneOf = (kinds: readonly string[]) => (kinds.length === 1 ? withArticle(kinds[0]!) : `one of ${kinds.join(", ")}`);
