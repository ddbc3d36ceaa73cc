/** Sections that are named after AWS types: their kinds, or what is wrong with them. */
import { didYouMean } from "../diag/did-you-mean.ts";
import type { Kind } from "../kinds/kind.ts";
import type { EnvironmentTypes } from "./environment.ts";
import { kindsOf, type Kinds, type TypeKinds } from "./kinds.ts";
import { error, type Report } from "./yaml/problem.ts";
import { positionOf, type Spot } from "./yaml/source.ts";
import type { Entry, MapTree } from "./yaml/tree.ts";

/** Returns the kinds of a document, and the places of the sections that were reported. */
export function typesIn(
  tree: MapTree,
  native: readonly Kind[],
  types: TypeKinds | undefined,
  report: Report,
): { readonly kinds: Kinds; readonly told: readonly Spot[] } {
  const named = types ? [...tree.entries].filter(([section]) => types.isType(section)) : [];
  if (!types || named.length === 0) return { kinds: kindsOf(native, []), told: [] };
  const found: Kind[] = [];
  const told: Spot[] = [];
  for (const [section, entry] of named) {
    const answer = types.of(section);
    if (answer && "kind" in answer) found.push(answer.kind);
    else {
      told.push(entry.key);
      report(problemOf(section, entry, answer, types));
    }
  }
  return { kinds: kindsOf(native, found), told };
}

/** Returns the types that an environment keeps: those that it uses, and a way to those that it used before. */
export function environmentTypes(used: readonly Kind[], types: TypeKinds): EnvironmentTypes {
  return {
    used,
    of: (name) => {
      const answer = types.isType(name) ? types.of(name) : undefined;
      return answer && "kind" in answer ? answer.kind : undefined;
    },
  };
}

function problemOf(section: string, { key }: Entry, answer: ReturnType<TypeKinds["of"]>, types: TypeKinds) {
  if (answer && "refused" in answer)
    return error("refused-type", positionOf(key), `infra does not support ${section}: ${answer.refused.why}.`, answer.refused.instead);
  const near = didYouMean(section, types.names());
  const hint = near ? `did you mean "${near}"?` : "`infra types WORD` lists the types with a word in their name";
  return error("unknown-type", positionOf(key), `AWS has no type ${section}.`, hint);
}

/**
 * Returns the types whose names stand at the beginnings of lines, as sections do. This works for a file that is not valid YAML yet, too.
 */
export function typesNamedIn(texts: readonly string[], types: TypeKinds): readonly Kind[] {
  const names = new Set(texts.flatMap((text) => [...text.matchAll(/^["']?(\w+::\w+::\w+)["']?:(?=\s|$)/gm)].map(([, name]) => name!)));
  return [...names].sort().flatMap((name) => {
    const answer = types.of(name);
    return answer && "kind" in answer ? answer.kind : [];
  });
}
