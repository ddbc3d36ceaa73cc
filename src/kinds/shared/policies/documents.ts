/**
 * JSON policies: the forms that authors write and AWS stores, and a comparison by meaning (IAM User Guide, "Grammar of the IAM JSON policy
 * language"). Pure.
 */
import type { TSchema } from "typebox";
import * as Type from "typebox";

/** A policy as a mapping or as JSON text. */
export type PolicyDocument = Readonly<Record<string, unknown>> | string;

/** Returns a field that holds a policy. */
export function policyDocument(doc: string) {
  const description = `${doc} A mapping with \`Version\` and \`Statement\`, or the same as JSON text.`;
  return Type.Unsafe<PolicyDocument>({ description, type: ["object", "string"], examples: [example] } as unknown as TSchema);
}

const example = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::my-bucket/*" }] };

export type Json = Readonly<Record<string, unknown>>;

/** Returns the document as a tree; undefined when it is not one. Text may be URL-encoded, as in IAM's answers. */
export function parsedPolicy(document: unknown): Json | undefined {
  if (isObject(document)) return document;
  if (typeof document !== "string") return undefined;
  try {
    const value: unknown = JSON.parse(document.trimStart().startsWith("%7B") ? decodeURIComponent(document) : document);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // the caller reports the error with its line
  }
}

/** Returns the text for AWS, without white space, which has no meaning. */
export function policyText(document: PolicyDocument): string {
  const parsed = parsedPolicy(document);
  return parsed ? JSON.stringify(parsed) : String(document);
}

/** Returns the statements as a list; a document may hold one or a list. */
export function statementsOf(document: Json): readonly Json[] {
  return [document["Statement"]].flat().filter(isObject);
}

/**
 * Whether two documents mean the same. A string equals a list of that one string. The order of lists, the forms of an account as a
 * principal, and the case of actions and condition keys have no meaning. A principal that AWS shows by its id (`AROA…`) was deleted: it
 * differs from the requested ARN, so that the text is written again.
 */
export function meansSame(a: unknown, b: unknown): boolean {
  const [one, other] = [parsedPolicy(a), parsedPolicy(b)];
  if (!one || !other) return a === b;
  return canonicalText(one) === canonicalText(other);
}

/** What the statements of a document mean, each as a text that is the same for every way of writing it; none of what is no document. */
export function meaningsOf(document: unknown): readonly { readonly text: string; readonly isDeny: boolean }[] {
  const parsed = parsedPolicy(document);
  return (parsed === undefined ? [] : statementsOf(parsed)).map((statement) => ({
    text: JSON.stringify(canonicalStatement(withoutSid(statement))),
    isDeny: String(statement["Effect"]).toLowerCase() === "deny",
  }));
}

function withoutSid({ Sid: _sid, ...statement }: Json): Json {
  return statement;
}

function canonicalText(document: Json): string {
  const statements = statementsOf(document)
    .map((statement) => JSON.stringify(canonicalStatement(statement)))
    .sort();
  // Without Version, a policy uses the old language (IAM User Guide, "IAM JSON policy elements: Version").
  return JSON.stringify([document["Version"] ?? "2008-10-17", document["Id"] ?? "", statements]);
}

function canonicalStatement(statement: Json): unknown {
  const entries = Object.entries(statement)
    .filter(([key, value]) => !(key === "Sid" && value === ""))
    .map(([key, value]) => [key, canonicalElement(key, value)] as const);
  return entries.sort(byKey);
}

function canonicalElement(element: string, value: unknown): unknown {
  switch (element) {
    case "Effect":
      return String(value).toLowerCase();
    case "Action":
    case "NotAction":
      return texts(value, (text) => text.toLowerCase());
    case "Resource":
    case "NotResource":
      return texts(value);
    case "Principal":
    case "NotPrincipal":
      return isObject(value) ? mapped(value, (sort, who) => [sort, texts(who, accountOf)]) : value;
    case "Condition":
      return isObject(value) ? mapped(value, (operator, tests) => [operator.toLowerCase(), canonicalTests(tests)]) : value;
    default:
      return value;
  }
}

/** Returns tests in one form: AWS returns booleans and numbers as texts. */
function canonicalTests(tests: unknown): unknown {
  return isObject(tests) ? mapped(tests, (key, value) => [key.toLowerCase(), texts(value)]) : tests;
}

/**
 * Returns an account's number. AWS shows an account that is written by its number as its root (IAM User Guide, "AWS JSON policy elements:
 * Principal").
 */
function accountOf(principal: string): string {
  return /^arn:aws[a-z-]*:iam::(\d{12}):root$/.exec(principal)?.[1] ?? principal;
}

function texts(value: unknown, form: (text: string) => string = (text) => text): string[] {
  return [...new Set([value].flat().map((item) => form(String(item))))].sort();
}

function mapped(value: Json, entry: (key: string, value: unknown) => readonly [string, unknown]): unknown {
  return Object.entries(value)
    .map(([key, inner]) => entry(key, inner))
    .sort(byKey);
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
