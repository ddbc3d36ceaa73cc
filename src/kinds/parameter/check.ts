import { isLate, standingIn } from "../../resource/late.ts";
import type { Problem, Subject } from "../kind.ts";
import type { Parameter } from "./schema.ts";

/** The most bytes of a value, by tier (Systems Manager User Guide, "Managing parameter tiers"). */
const limits = { Standard: 4096, Advanced: 8192 } as const;

/** Returns the value as Parameter Store keeps it: the items of a list with commas between them. */
export function textOf(value: Parameter["value"]): string {
  return typeof value === "string" ? value : value.join(",");
}

export function check({ spec }: Subject<Parameter>): readonly Problem[] {
  return [...checkItems(spec), ...checkText(textOf(spec.value), spec)];
}

function checkItems({ value }: Parameter): Problem[] {
  if (typeof value === "string") return [];
  return value.flatMap((item, i) =>
    item.includes(",")
      ? [
          problem(
            `value[${i}]`,
            "an item of the list contains a comma, and Parameter Store would read it as two items",
            "write it as two items, or write the whole value as one text",
          ),
        ]
      : [],
  );
}

function checkText(text: string, { tier = "Standard", allowedPattern }: Parameter): Problem[] {
  const found: Problem[] = [];
  // The length of a value that AWS sets later is not known, so it counts as empty.
  const size = Buffer.byteLength(standingIn(text, ""));
  if (size > limits[tier])
    found.push(
      problem(
        "value",
        `the value has ${size} bytes, and the tier ${tier} allows ${limits[tier]}`,
        tier === "Standard" ? "write `tier: Advanced`" : undefined,
      ),
    );
  // "Parameter value can't nest another parameter" (Systems Manager API, PutParameter).
  if (text.includes("{{")) found.push(problem("value", "the value contains `{{`, which Parameter Store refuses"));
  const pattern = allowedPattern === undefined ? undefined : compiled(allowedPattern);
  if (pattern && !isLate(text) && !pattern.test(text))
    found.push(problem("value", `the value does not match \`allowedPattern\` (${allowedPattern})`));
  return found;
}

/** Returns the pattern, or undefined when it is not valid here. AWS uses Java's regular expressions, so it may be valid there. */
function compiled(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`);
  } catch {
    return undefined;
  }
}

function problem(path: string, summary: string, hint?: string): Problem {
  return { code: "bad-value", path, summary, ...(hint !== undefined && { hint }) };
}
