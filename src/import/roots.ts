/** Reads a ROOT of the command line: an id, an ARN, `KIND/ID`, or a tag `KEY=VALUE`. */
import type { AwsId, Kind } from "../kinds/kind.ts";
import type { Root } from "./discover.ts";

/** A root that is known, a tag to look for, or why nothing is known. */
export type Meaning = { readonly root: Root } | { readonly tag: readonly [key: string, value: string] } | { readonly unknown: string };

/** The kinds of AWS types, made when somebody names one. */
export interface TypeRoots {
  of(name: string): Kind | undefined;
  ofArn(arn: AwsId): Kind | undefined;
}

const noTypes: TypeRoots = { of: () => undefined, ofArn: () => undefined };

/**
 * Returns what a text means. An id tells its kind by its beginning, and an ARN by its service and type. An object that has only a name
 * needs its kind before it.
 */
export function meaningOf(kinds: readonly Kind[], text: string, types: TypeRoots = noTypes): Meaning {
  if (text.startsWith("arn:")) {
    const root = rootOfArn(kinds, text, types);
    return root ? { root } : { unknown: `infra has no kind for ${text}` };
  }
  const byPrefix = kinds.filter(
    ({ idPrefix }) => idPrefix !== undefined && text.startsWith(idPrefix) && isHex(text.slice(idPrefix.length)),
  );
  const [kind] = byPrefix.sort((a, b) => b.idPrefix!.length - a.idPrefix!.length);
  if (kind) return { root: { kind, id: text } };
  const slash = text.indexOf("/");
  const word = text.slice(0, Math.max(slash, 0));
  const named = kinds.find(({ name, section }) => slash > 0 && [name, section].includes(word)) ?? types.of(word);
  if (named) return { root: { kind: named, id: text.slice(slash + 1) } };
  const equals = text.indexOf("=");
  if (equals > 0) return { tag: [text.slice(0, equals), text.slice(equals + 1)] };
  return { unknown: `"${text}" is not an id, an ARN, KIND/NAME or a tag KEY=VALUE` };
}

/** Returns the object that an ARN names, when a kind here has such objects. */
export function rootOfArn(kinds: readonly Kind[], arn: AwsId, types: TypeRoots = noTypes): Root | undefined {
  const [, , service, , , ...rest] = arn.split(":");
  const type = rest[0]?.split("/")[0] ?? "";
  // The ARN of a subscription is that of its topic with one more part.
  if (rest.length > 1 && service === "sns") return undefined;
  const kind = kinds.find((one) => [service, `${service}:${type}`].includes(one.fromArn?.type ?? one.tagIndex?.type ?? ""));
  if (kind) return { kind, id: idOfArn(kind, arn, rest.join(":"), type) };
  const typed = types.ofArn(arn);
  return typed && { kind: typed, id: typed.tagIndex?.idOf?.(arn) ?? arn };
}

function idOfArn({ fromArn, tagIndex, idPrefix }: Kind, arn: AwsId, resource: string, type: string): AwsId {
  const idOf = fromArn?.idOf ?? tagIndex?.idOf;
  if (idOf) return idOf(arn);
  if (idPrefix !== undefined) return arn.slice(arn.lastIndexOf("/") + 1);
  return resource.slice(type.length + 1).replace(/:\*$/, "");
}

function isHex(text: string): boolean {
  return /^[0-9a-f]{8,17}$/.test(text);
}
