import { groupBy } from "../../resource/group-by.ts";
import type { SchemaError } from "../schema/validator.ts";

/**
 * Reduces the complaints of each union to those about the branch that the author most likely meant, because ajv reports every branch of
 * every `anyOf` that failed. That branch has a type that fits the value and the fewest complaints. When no type fits, one complaint names
 * them all. ajv reports the branches first and the union after them, inner unions before outer, so one pass from the left suffices.
 */
export function reduceUnions(errors: readonly SchemaError[]): SchemaError[] {
  const kept: SchemaError[] = [];
  for (const error of errors) {
    if (error.keyword === "if") continue;
    if (error.keyword === "anyOf" || error.keyword === "oneOf") {
      const inside: SchemaError[] = [];
      while (kept.length > 0 && isBelow(kept.at(-1)!, error)) inside.unshift(kept.pop()!);
      kept.push(...likeliest(inside, error));
    } else kept.push(error);
  }
  return kept;
}

function isBelow(error: SchemaError, union: SchemaError): boolean {
  const isHere = error.instancePath === union.instancePath || error.instancePath.startsWith(`${union.instancePath}/`);
  return isHere && error.schemaPath.startsWith(`${union.schemaPath}/`);
}

function likeliest(inside: readonly SchemaError[], union: SchemaError): readonly SchemaError[] {
  const branches = [...groupBy(inside, (error) => branchOf(error, union)).values()];
  const typed = branches.filter((branch) => !branch.some((error) => error.keyword === "type" && error.instancePath === union.instancePath));
  if (typed.length === 0) return inside.length === 0 ? [union] : [allTypes(inside, union)];
  const choices = typed.flat().filter((error) => isChoice(error) && error.instancePath === union.instancePath);
  if (choices.length > 1 && choices.length === typed.flat().length) return [allChoices(choices)];
  return typed.reduce((best, branch) => (strangeness(branch, union) < strangeness(best, union) ? branch : best));
}

function isChoice({ keyword }: SchemaError): boolean {
  return keyword === "const" || keyword === "enum";
}

function branchOf(error: SchemaError, union: SchemaError): string {
  return error.schemaPath.slice(union.schemaPath.length + 1).split("/")[0]!;
}

/** Returns how badly a value fits a branch. An unknown field weighs more than one that is missing or wrong. */
function strangeness(branch: readonly SchemaError[], union: SchemaError): number {
  const weigh = ({ keyword, instancePath }: SchemaError) =>
    instancePath === union.instancePath && (keyword === "additionalProperties" || keyword === "const") ? 3 : 1;
  return branch.reduce((sum, error) => sum + weigh(error), 0);
}

function allTypes(inside: readonly SchemaError[], union: SchemaError): SchemaError {
  const here = inside.filter(({ keyword, instancePath }) => keyword === "type" && instancePath === union.instancePath);
  const types = here.flatMap(({ params }) => params["type"]);
  return { ...union, keyword: "type", params: { type: [...new Set(types)] } };
}

function allChoices(choices: readonly SchemaError[]): SchemaError {
  const allowedValues = choices.flatMap(({ params }) => params["allowedValues"] ?? [params["allowedValue"]]);
  return { ...choices[0]!, keyword: "enum", params: { allowedValues } };
}
