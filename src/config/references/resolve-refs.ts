/** Resolves references as they are written: what each one means, or why it means nothing. */
import { didYouMean } from "../../diag/did-you-mean.ts";
import { isLate } from "../../resource/late.ts";
import { partitionOf } from "../../resource/partition.ts";
import { isLiteral } from "../../resource/references.ts";
import { withKindMeant } from "./foreign-names.ts";
import { type Foreign, resolveForeign } from "./foreign-refs.ts";
import type { RefContext, Resolution } from "./ref-context.ts";
import { splitRef } from "../values/repetition.ts";
import { absent, arnAsName, literalNetwork, needsKind, unknownName, whyNotIndex, withoutIndex, wrongKind } from "./ref-problems.ts";

/** Returns the meaning of a reference as it is written. */
export function resolveRef(written: unknown, context: RefContext): Resolution {
  if (typeof written === "string") return resolveText(written, context);
  if (typeof written !== "object" || written === null) return { value: written };
  return resolveForeign(written as Foreign, context);
}

function resolveText(written: string, context: RefContext): Resolution {
  const { allowed, literal, declared } = context;
  if (isLate(written)) return { value: written };
  if (isLiteral(written, literal) && !isMeantAsRef(written, context)) return literalNetwork(written, context);
  const provided = providedBy(written, context);
  if (provided) return provided;
  if (context.isNamed && written.startsWith("arn:")) return { problem: arnAsName(written, context) };
  const { kind: kindName, name: local, key: index } = splitRef(written);
  const name = context.prefix === undefined ? local : `${context.prefix}-${local}`;
  if (kindName === undefined && allowed.length > 1) return { problem: needsKind(written, context) };
  const kind = kindName ?? allowed[0]!;
  if (!allowed.includes(kind)) return { problem: wrongKind(written, kind, context) };
  const address = `${kind}/${name}`;
  const isSeen = context.prefix === undefined || declared.isInside(address, context.prefix);
  const target = isSeen ? declared.repetition(address) : declared.isLacking(address) ? ({ how: "broken" } as const) : undefined;
  if (!target) return { problem: unknownName(written, kind, name, context) };
  if (target.how === "broken") return { value: written };
  if (target.how === "absent") return { problem: absent(address, context) };
  if (target.how !== "one" && index !== undefined && target.absent.has(index)) return { problem: absent(`${address}[${index}]`, context) };
  // In a list, a name alone stands for all objects of a `count`, as it always did. All objects of a `forEach` are named with [*].
  if (context.inList && index === undefined && target.how === "count")
    return { several: target.items.map(({ key }) => `${address}[${key}]`) };
  const why = whyNotIndex(written, address, target, index, context);
  if (why) return { problem: { code: "counted-ref", summary: `${context.owner} names ${why.summary}`, hint: why.hint } };
  return { value: index === undefined ? address : `${address}[${index}]` };
}

/** Resolves a name that nobody declared and that looks like one that AWS provides, unless a name of the file is similar. */
function providedBy(written: string, { provided, declared, region, allowed, prefix }: RefContext): Resolution | undefined {
  if (!provided || !new RegExp(provided.names).test(written)) return undefined;
  const names = allowed.flatMap((kind) => declared.namesOf(kind));
  const own = prefix === undefined ? written : `${prefix}-${written}`;
  if (names.includes(own) || didYouMean(own, names)) return undefined;
  return { value: provided.arn.replace("{partition}", partitionOf(region)).replace("{name}", written) };
}

/** Whether a literal is meant as a reference: it begins with a kind, or with nearly a kind and ends with a declared name. */
function isMeantAsRef(written: string, { declared }: RefContext): boolean {
  const [, kind, name] = /^([A-Za-z]+)\/(.+)$/s.exec(written) ?? [];
  if (kind === undefined || name === undefined) return false;
  if (declared.kind(kind)) return true;
  const meant = withKindMeant(withoutIndex(written), declared.kinds);
  return meant !== undefined && declared.repetition(meant) !== undefined;
}
