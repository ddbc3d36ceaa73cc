/** The smallest object that a schema accepts: its required properties, each with the smallest value that fits. */
import type { RegistrySchema, SchemaNode } from "@plumbline/aws-types";
import fc from "fast-check";
import { deref } from "../../src/kinds/types/facts.ts";

/** Texts of which one fits nearly every pattern in AWS's schemas. */
export const texts = [
  "a",
  "abc",
  "Abcdef",
  "ABC",
  "a1b2c3",
  "1",
  "10",
  "abc-def",
  "abcdefghijklmnopqrst",
  "123456789012",
  "0123456789abcdef0123456789abcdef",
  "12345678-1234-1234-1234-123456789012",
  "arn:aws:iam::123456789012:role/abc",
  "arn:aws:iam::123456789012:user/abc",
  "arn:aws:s3:::abc",
  "arn:aws:kms:eu-west-1:123456789012:key/12345678-1234-1234-1234-123456789012",
  "arn:aws:sns:eu-west-1:123456789012:abc",
  "arn:aws:sqs:eu-west-1:123456789012:abc",
  "arn:aws:lambda:eu-west-1:123456789012:function:abc",
  "arn:aws:kinesis:eu-west-1:123456789012:stream/abc",
  "arn:aws:logs:eu-west-1:123456789012:log-group:abc",
  "arn:aws:secretsmanager:eu-west-1:123456789012:secret:abc-AbCdEf",
  "arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
  "vpc-0123456789abcdef0",
  "subnet-0123456789abcdef0",
  "sg-0123456789abcdef0",
  "ami-0123456789abcdef0",
  "i-0123456789abcdef0",
  "eu-west-1",
  "eu-west-1a",
  "https://example.com",
  "https://example.com/abc",
  "http://example.com",
  "s3://abc/def",
  "example.com",
  "a@example.com",
  "10.0.0.0/16",
  "10.0.0.1",
  "2026-01-01T00:00:00Z",
  "2026-01-01",
  "2026-01",
  "12:00",
  "sun:03:00-sun:04:00",
  "rate(1 day)",
  "cron(0 0 * * ? *)",
  "/abc",
  "/abc/def",
  "abc/def",
  "abc.def",
  "abc:def",
  "AWS::S3::Bucket",
  "1.0",
  "1.0.0",
  "v1",
  "{}",
  "true",
  "t3.micro",
];

/** Returns undefined where no fitting value is known. */
export function smallest(root: RegistrySchema, required: readonly string[]): Readonly<Record<string, unknown>> | undefined {
  return objectOf(root, { ...root, type: "object", required }, 0);
}

function valueOf(root: RegistrySchema, written: SchemaNode, depth: number): unknown {
  const node = deref(root, written);
  if (depth > 12) return undefined;
  if (node.const !== undefined) return node.const;
  if (node.enum) return node.enum[0];
  const type = [node.type ?? []].flat()[0] ?? (node.properties ? "object" : undefined);
  const branches = [...(node.oneOf ?? []), ...(node.anyOf ?? [])];
  if (type === undefined && branches.length > 0) return valueOf(root, branches[0]!, depth + 1);
  switch (type) {
    case "boolean":
      return true;
    case "integer":
    case "number":
      return Math.max(node.minimum ?? 1, Math.min(1, node.maximum ?? 1));
    case "array": {
      const item = (node.minItems ?? 0) > 0 ? valueOf(root, node.items ?? { type: "string" }, depth + 1) : undefined;
      if ((node.minItems ?? 0) > 1)
        return node.uniqueItems || item === undefined ? undefined : Array.from({ length: node.minItems! }, () => item);
      return (node.minItems ?? 0) === 0 ? [] : item === undefined ? undefined : [item];
    }
    case "object":
      return objectOf(root, node, depth + 1);
    default:
      return textOf(node);
  }
}

function objectOf(root: RegistrySchema, node: SchemaNode, depth: number): Readonly<Record<string, unknown>> | undefined {
  const branch = [...(node.oneOf ?? []), ...(node.anyOf ?? [])].map((one) => deref(root, one))[0];
  const result: Record<string, unknown> = {};
  for (const name of new Set([...(node.required ?? []), ...(branch?.required ?? [])])) {
    const value = valueOf(root, node.properties?.[name] ?? branch?.properties?.[name] ?? {}, depth + 1);
    if (value === undefined) return undefined;
    result[name] = value;
  }
  return result;
}

/** Returns a text that fits; undefined where none is known. */
export function textOf({ pattern, minLength = 1, maxLength = 256 }: SchemaNode): string | undefined {
  const fits = pattern === undefined ? undefined : new RegExp(pattern, /\\[pP]\{/.test(pattern) ? "u" : "");
  const padded = texts.map((text) => (text.length < minLength ? text.padEnd(minLength, text.at(-1)) : text));
  return padded.find((text) => text.length <= maxLength && (fits?.test(text) ?? true)) ?? (fits && drawn(fits, minLength, maxLength));
}

/** Patterns for which fast-check makes no text: look-ahead and look-behind, word boundaries, and a few that it reads wrongly. */
const unmade =
  /^Assertions of kind Look(ahead|behind) not implemented yet!|^Meta character \\b not implemented yet!|^Unsupported no token|^fc\.integer minimum value should be an integer/;

/** Returns a text made from the pattern, always the same; undefined for patterns that fast-check does not support. */
function drawn(pattern: RegExp, minLength: number, maxLength: number): string | undefined {
  try {
    const plain = fc.stringMatching(pattern).filter((text) => /^[ -~]*$/.test(text));
    const some = fc.sample(plain, { seed: 1, numRuns: 20 });
    return some.find((text) => text.length >= minLength && text.length <= maxLength && pattern.test(text));
  } catch (error) {
    if (error instanceof Error && unmade.test(error.message)) return undefined;
    throw error;
  }
}
