import type { Diagnostic } from "../diag/diagnostic.ts";
import type { Environment } from "./environment.ts";
import { placePatterns } from "./schema/schema.ts";
import { positionOf, type Source } from "./yaml/source.ts";
import { type MapTree, valueOf } from "./yaml/tree.ts";

/** The identity and the location of an environment. */
export type WrittenPlace = Pick<Environment, "project" | "name" | "region" | "account" | "accountAt" | "assumeRole">;

const keys = ["project", "environment", "region", "account", "assumeRole"] as const;

/**
 * Returns the place of an environment that has errors elsewhere; undefined where the errors leave a doubt about it. `texts` are the files
 * of the environment and its bases: an error of syntax may hide a key of theirs, and the marks of a merge conflict give two of them.
 */
export function writtenPlace(
  tree: MapTree,
  texts: readonly Source[],
  fileName: string,
  problems: readonly Diagnostic[],
): WrittenPlace | undefined {
  const values = Object.fromEntries(
    keys.flatMap((key) => {
      const value = valueOf(tree, key);
      return value ? [[key, value.type === "scalar" ? String(value.value) : ""]] : [];
    }),
  ) as Partial<Record<(typeof keys)[number], string>>;
  const isDoubtful = keys.some((key) => {
    const line = new RegExp(`^["']?${key}["']?[ \\t]*:`, "m");
    const counts = texts.map(({ text }) => text.match(new RegExp(line, "gm"))?.length ?? 0);
    return (
      counts.some((count) => count > 1 || (count > 0 && values[key] === undefined)) ||
      (values[key] !== undefined && !new RegExp(placePatterns[key]).test(values[key])) ||
      problems.some(({ severity, at }) => severity === "error" && line.test(at?.text ?? ""))
    );
  });
  const { project, environment: name = fileName, region, account, assumeRole } = values;
  if (isDoubtful || project === undefined || region === undefined || !new RegExp(placePatterns.environment).test(name)) return undefined;
  return {
    project,
    name,
    region,
    ...(account !== undefined && { account, accountAt: positionOf(valueOf(tree, "account")!.spot) }),
    ...(assumeRole !== undefined && { assumeRole }),
  };
}
