/**
 * The text of policies in a plan: a line for each statement, and a warning where a statement gives every right or lets everybody in. Pure.
 */
import type { Json as Value, Told } from "../../kind.ts";
import { isObject, parsedPolicy, statementsOf, type Json } from "./documents.ts";
import { textOf } from "../told.ts";

/** Returns the lines of one document; undefined when it is not a policy. */
export function policyLines(document: Value, field: string): readonly Told[] | undefined {
  const parsed = parsedPolicy(document);
  const statements = parsed === undefined ? [] : statementsOf(parsed);
  return statements.length === 0 ? undefined : statements.map((statement) => tellStatement(statement, field));
}

/** Returns the lines of a map of documents by name. */
export function policiesLines(documents: Value, field: string): readonly Told[] | undefined {
  if (!isObject(documents)) return undefined;
  const lines = Object.entries(documents).map(([name, document]) => policyLines(document as Value, `${field}.${name}`));
  return lines.every((of) => of !== undefined) ? lines.flat() : undefined;
}

function tellStatement(statement: Json, field: string): Told {
  const said = [
    `${field}: ${textOf(statement["Effect"]).toLowerCase()}`,
    ...part("", statement["Action"]),
    ...part("all but", statement["NotAction"]),
    ...part("on", statement["Resource"]),
    ...part("on all but", statement["NotResource"]),
    ...part("to", principals(statement["Principal"])),
    ...part("to all but", principals(statement["NotPrincipal"])),
    ...part("if", conditions(statement["Condition"])),
  ];
  const warning = warningOf(statement);
  return { text: said.join(" "), ...(warning === undefined ? {} : { warning }) };
}

function part(word: string, value: unknown): string[] {
  if (value === undefined) return [];
  return [...(word === "" ? [] : [word]), [value].flat().map(textOf).join(", ")];
}

function principals(value: unknown): unknown {
  return isObject(value)
    ? Object.entries(value).flatMap(([sort, who]) => [who].flat().map((one) => (sort === "AWS" ? one : `${sort} ${textOf(one)}`)))
    : value;
}

function conditions(value: unknown): unknown {
  if (!isObject(value)) return value;
  const tests = Object.entries(value).flatMap(([operator, of]) =>
    isObject(of) ? Object.entries(of).map(([key, wanted]) => `${key} ${operator} ${[wanted].flat().map(textOf).join(" or ")}`) : [],
  );
  return tests.join(" and ");
}

function warningOf(statement: Json): string | undefined {
  if (statement["Effect"] !== "Allow") return undefined;
  const isAll = (element: string) => [statement[element]].flat().includes("*");
  const { AWS: accounts } = isObject(statement["Principal"]) ? statement["Principal"] : {};
  if (statement["Condition"] === undefined && (isAll("Principal") || [accounts].flat().includes("*"))) return "open to everybody";
  return isAll("Action") && isAll("Resource") && statement["Principal"] === undefined ? "allows every action" : undefined;
}
