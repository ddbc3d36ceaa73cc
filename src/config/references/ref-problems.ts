/** Explains why a text is not a reference that its field may hold, and what to write instead. */
import { withArticle } from "../../diag/words.ts";
import { didYouMean, writeOneOf } from "../../diag/did-you-mean.ts";
import { place } from "../../diag/format.ts";
import type { Address } from "../../kinds/kind.ts";
import { whyNotNetwork } from "../values/cidr.ts";
import type { Declared } from "./declared.ts";
import { withKindMeant } from "./foreign-names.ts";
import type { RefContext, RefProblem, Resolution } from "./ref-context.ts";
import type { Repetition } from "../values/repetition.ts";

export function arnAsName(written: string, { owner, allowed }: RefContext): RefProblem {
  return {
    code: "unknown-ref",
    summary: `${owner} names "${written}" where the name of ${oneOf(allowed)} is expected.`,
    hint: `for an object outside this environment write { arn: "${written}" }`,
  };
}

/** Returns why a key does not fit. A repeated resource is named with one of its keys, any other resource without one. */
export function whyNotIndex(
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
          summary: `${address}[*], but this field takes one.`,
          hint:
            keys.length > 0
              ? `name one: "${withoutIndex(written)}[${keys[0]}]"`
              : `name one, and give ${owner} a \`when\` that is false when ${address} has no objects`,
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

/** Returns the problem of a reference to a resource that is written but whose `when` is false. */
export function absent(address: Address, { owner, inList }: RefContext): RefProblem {
  const list = inList ? `; in a list, "${withoutIndex(address.slice(address.indexOf("/") + 1))}[*]" is empty then` : "";
  return {
    code: "absent-ref",
    summary: `${owner} names ${address}, which is not declared in this run: its \`when\` is false.`,
    hint: `give ${owner} the same \`when\`${list}`,
  };
}

function someOf(keys: readonly string[]): string {
  return keys.length > 10 ? `${keys.slice(0, 10).join(", ")}, …` : keys.join(", ");
}

/** Resolves a literal. One that is meant as a network must be one. */
export function literalNetwork(written: string, { owner }: RefContext): Resolution {
  const why =
    written.includes("/") && !written.startsWith("arn:") && /^[\d.]+\/|:.*\//.test(written) ? whyNotNetwork(written, "any") : undefined;
  return why
    ? { problem: { code: "bad-cidr", summary: `${owner}: "${written}" is not a network: ${why.why}.`, hint: why.hint } }
    : { value: written };
}

export function needsKind(written: string, { owner, allowed, declared, literal }: RefContext): RefProblem {
  if (isLikeAddress(written)) return notNetwork(written, owner, allowed);
  const fitting = allowed.filter((kind) => declared.repetition(`${kind}/${withoutIndex(written)}`));
  const summary = `${owner} names "${written}" without its kind, and several kinds fit here.`;
  if (fitting.length > 0)
    return { code: "ambiguous-ref", summary, hint: `write ${fitting.map((kind) => `"${kind}/${written}"`).join(" or ")}` };
  return {
    code: "ambiguous-ref",
    summary,
    hint: looksForeign(written)
      ? foreignHint(written)
      : literal !== undefined && meansEverybody(written)
        ? everybodyHint
        : `write kind/name, where the kind is ${oneOf(allowed)}`,
  };
}

export function wrongKind(written: string, kind: string, { owner, allowed, declared }: RefContext): RefProblem {
  if (isLikeAddress(written)) return notNetwork(written, owner, allowed);
  const fitting = declared.kinds.filter(({ name }) => allowed.includes(name));
  const meant = declared.kind(kind) ? undefined : withKindMeant(written, fitting);
  const summary = `${owner} names "${written}", but there is no kind "${kind}".`;
  if (meant) return { code: "wrong-kind", summary, hint: `did you mean "${meant}"?` };
  const what = declared.kind(kind) ? withArticle(kind) : `"${kind}"`;
  return {
    code: "wrong-kind",
    summary: `${owner} names "${written}", but this field takes ${oneOf(allowed)}, not ${what}.`,
    hint: fittingNames(allowed, declared),
  };
}

/** Returns a hint with the names that the field would take. */
function fittingNames(allowed: readonly string[], declared: Declared): string {
  const names = allowed.flatMap((kind) => declared.namesOf(kind).map((name) => (allowed.length > 1 ? `${kind}/${name}` : name)));
  if (names.length === 0) return `this environment declares no ${allowed.join(" and no ")}`;
  return writeOneOf(names, 10);
}

function notNetwork(written: string, owner: string, allowed: readonly string[]): RefProblem {
  const why = whyNotNetwork(written, "any");
  return {
    code: "bad-cidr",
    summary: `${owner}: "${written}" is neither a network nor ${oneOf(allowed)}${why ? `: ${why.why}` : ""}.`,
    hint: why?.hint,
  };
}

/** Returns the problem of an unknown name in a part. A part sees its own resources only, by their names inside it. */
function unknownInside(kind: string, local: string, { owner, declared, prefix }: RefContext): RefProblem {
  const own = declared.namesOf(kind).filter((one) => declared.isInside(`${kind}/${one}`, prefix!));
  const names = own.map((one) => one.slice(prefix!.length + 1));
  const near = didYouMean(local, names);
  const all =
    names.length > 0 ? `it has: ${names.slice(0, 10).join(", ")}` : "declare a parameter for a resource outside the part: { ref: KIND }";
  return {
    code: "unknown-ref",
    summary: `${owner} names ${kind} "${local}", which its part does not declare.`,
    hint: near ? `did you mean "${near}"?` : all,
  };
}

export function unknownName(written: string, kind: string, name: string, context: RefContext): RefProblem {
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
      hint: `declare it under ${declared.kind(kind)!.section}, or for one outside this environment write { name: ${written} }`,
    };
  const others = declared.kindNames().filter((other) => declared.repetition(`${other}/${name}`));
  if (others.length > 0) {
    const fits = others.find((other) => allowed.includes(other));
    const hint = fits
      ? `did you mean "${fits}/${name}"?`
      : `"${name}" is ${others.map(withArticle).join(" and ")}, but this field takes ${oneOf(allowed)}`;
    return { code: "unknown-ref", summary, hint };
  }
  if (looksForeign(written)) return { code: "unknown-ref", summary, hint: foreignHint(written) };
  // "default" means every address, unless it can mean an object that AWS made by itself.
  const isDefault = written === "default" && allowed.every((one) => declared.kind(one)?.madeWith === undefined);
  if (literal !== undefined && (isDefault || meansEverybody(written))) return { code: "unknown-ref", summary, hint: everybodyHint };
  const all = declared.namesOf(kind);
  if (all.length === 0) return { code: "unknown-ref", summary, hint: `this environment declares no ${kind}` };
  return { code: "unknown-ref", summary, hint: writeOneOf(all, 10) };
}

function looksForeign(written: string): boolean {
  return /^[a-z]+-[0-9a-f]{8,17}$/.test(written) || written.startsWith("arn:");
}

const isLikeAddress = (written: string) => /^\d+\.\d+\.|^[0-9a-f]*:[0-9a-f:]+|\/\d+$/i.test(written);

/** Whether a text is a word that firewalls and consoles use for every address. */
const meansEverybody = (written: string) => /^(\*|all|any|anyone|anywhere|everybody|everyone|internet|public|world)$/i.test(written);

const everybodyHint = "write 0.0.0.0/0 for all IPv4 addresses, ::/0 for all IPv6 addresses";

const foreignHint = (written: string) => `for an object outside this environment write { id: ${written} }`;

export const withoutIndex = (name: string) => name.replace(/\[[^\]]*\]$/, "");

export const oneOf = (kinds: readonly string[]) => (kinds.length === 1 ? withArticle(kinds[0]!) : `one of ${kinds.join(", ")}`);
