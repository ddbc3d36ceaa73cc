import type { Code } from "../diag/codes.ts";
import { didYouMean } from "../diag/did-you-mean.ts";
import { place } from "../diag/format.ts";
import type { Address } from "../kinds/kind.ts";
import { whyNotNetwork } from "./cidr.ts";
import { isLiteral } from "../resource/references.ts";
import type { Declared } from "./declared.ts";

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
  /** The reference is an item of a list, where the name of a counted resource stands for all of it. */
  readonly inList: boolean;
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
}

/** Where one kind alone fits, an id must have its form; a rule or a route also takes prefix lists, interfaces and others that are no kinds here. */
function resolveForeign(written: Foreign, { owner, allowed, literal, declared }: RefContext): Resolution {
  const { id, tags, kind } = written;
  const bad = (code: Code, summary: string, hint: string) => ({ problem: { code, summary: `${owner}: ${summary}`, hint } });
  if (id !== undefined) {
    if (Object.keys(written).length > 1) return bad("conflict", "an id needs nothing beside it.", "write { id } or { tags }, not both");
    const prefix = allowed.length === 1 && literal === undefined ? declared.kind(allowed[0]!)?.idPrefix : undefined;
    if (prefix === undefined || isId(id, prefix)) return { value: id };
    return bad("bad-value", `"${id}" is not the id of ${oneOf(allowed)}.`, `an id looks like ${prefix}0123456789abcdef0`);
  }
  if (tags === undefined)
    return bad("missing-field", "what is not ours is named by its id or its tags.", "write { id: … } or { tags: { … } }");
  if (kind === undefined && allowed.length > 1) return bad("ambiguous-ref", "several kinds fit here.", `add kind: ${allowed.join(" | ")}`);
  return { value: written };
}

function isId(text: string, prefix: string): boolean {
  return text.startsWith(prefix) && /^[0-9a-f]{1,17}$/.test(text.slice(prefix.length));
}

function resolveText(written: string, context: RefContext): Resolution {
  const { allowed, literal, declared } = context;
  if (isLiteral(written, literal) && !isMeantAsRef(written, context)) return literalNetwork(written, context);
  const [, kindName, name, index] = /^(?:([^/]+)\/)?(.*?)(?:\[(\d+)\])?$/s.exec(written)!;
  if (kindName === undefined && allowed.length > 1) return { problem: needsKind(written, context) };
  const kind = kindName ?? allowed[0]!;
  if (!allowed.includes(kind)) return { problem: wrongKind(written, kind, context) };
  const address = `${kind}/${name}`;
  const target = declared.get(address);
  if (!target) return { problem: unknown(written, kind, name!, context) };
  if (context.inList && index === undefined && target.count !== undefined)
    return { several: Array.from({ length: target.count }, (_, i) => `${address}[${i}]`) };
  const why = whyNotIndex(written, address, target.count, index);
  if (why) return { problem: { code: "counted-ref", summary: `${context.owner} names ${why.summary}`, hint: why.hint } };
  return { value: index === undefined ? address : `${address}[${index}]` };
}

/** A literal that begins with a kind, or nearly so and ends with the name of one that is declared, is no literal. */
function isMeantAsRef(written: string, { declared }: RefContext): boolean {
  const [, kind, name] = /^([A-Za-z]+)\/(.+)$/s.exec(written) ?? [];
  if (kind === undefined || name === undefined) return false;
  if (declared.kind(kind)) return true;
  const near = didYouMean(kind, declared.kindNames());
  return near !== undefined && declared.get(`${near}/${withoutIndex(name)}`) !== undefined;
}

/** A counted resource is named with an index below its count, another without one. */
function whyNotIndex(
  written: string,
  address: Address,
  count: number | undefined,
  index: string | undefined,
): { summary: string; hint?: string } | undefined {
  if (count === undefined)
    return index === undefined
      ? undefined
      : { summary: `${address}[${index}], but ${address} has no count.`, hint: `write "${withoutIndex(written)}"` };
  if (count === 0) return { summary: `${address}, whose count is 0.` };
  if (index === undefined)
    return {
      summary: `${address}, which is ${count} objects.`,
      hint: count === 1 ? `write "${written}[0]"` : `name one: "${written}[0]" to "${written}[${count - 1}]"`,
    };
  return Number(index) < count
    ? undefined
    : { summary: `${address}[${index}], but count is ${count}.`, hint: `the last is [${count - 1}]` };
}

/** A literal that is meant as a network must be one. */
function literalNetwork(written: string, { owner }: RefContext): Resolution {
  const why = written.includes("/") && /^[\d.]+\/|:.*\//.test(written) ? whyNotNetwork(written, "any") : undefined;
  return why
    ? { problem: { code: "bad-cidr", summary: `${owner}: "${written}" is not a network: ${why.why}.`, hint: why.hint } }
    : { value: written };
}

function needsKind(written: string, { owner, allowed, declared }: RefContext): RefProblem {
  if (isLikeAddress(written)) return notNetwork(written, owner, allowed);
  const fitting = allowed.filter((kind) => declared.get(`${kind}/${withoutIndex(written)}`));
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
  const what = declared.kind(kind) ? `a ${kind}` : `"${kind}"`;
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

function unknown(written: string, kind: string, name: string, { owner, allowed, declared, literal }: RefContext): RefProblem {
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
  const others = declared.kindNames().filter((other) => declared.get(`${other}/${name}`));
  if (others.length > 0) {
    const fits = others.find((other) => allowed.includes(other));
    const hint = fits
      ? `did you mean "${fits}/${name}"?`
      : `"${name}" is a ${others.join(" and a ")}, and this field takes ${oneOf(allowed)}`;
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
const withoutIndex = (name: string) => name.replace(/\[\d+\]$/, "");
const oneOf = (kinds: readonly string[]) => (kinds.length === 1 ? `a ${kinds[0]}` : `one of ${kinds.join(", ")}`);
