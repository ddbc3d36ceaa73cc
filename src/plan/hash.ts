import { createHash } from "node:crypto";
import { canonicalJson } from "./compare.ts";

/** 32 hexadecimal digits for a value, the same for equal values in every process; kept in tags and tokens. */
export function hashOf(value: unknown): string {
  return createHash("sha256")
    .update(typeof value === "string" ? value : canonicalJson(value))
    .digest("hex")
    .slice(0, 32);
}
