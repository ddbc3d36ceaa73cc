/** Finds the objects to which an imported file refers and that it does not declare. Pure. */
import type { Address } from "../kinds/kind.ts";
import { mapAnnotated } from "../resource/references.ts";
import type { Entry } from "./author.ts";

export interface Reference {
  readonly from: Address;
  readonly path: string;
  /** Its id, its name or its ARN. */
  readonly to: string;
  /** The kinds that it may have. */
  readonly kinds: readonly string[];
}

/** Returns every `{ id }`, `{ name }` and `{ arn }` in the file. */
export function referencesOut(entries: readonly Entry[]): Reference[] {
  const found: Reference[] = [];
  for (const { kind, address, body } of entries)
    mapAnnotated(kind.schema, body, "x-ref", (value, path, schema) => {
      if (typeof value !== "object" || value === null) return value;
      const { id, name, arn } = value as { readonly id?: string; readonly name?: string; readonly arn?: string };
      const to = id ?? name ?? arn;
      if (to !== undefined) found.push({ from: address, path, to, kinds: schema["x-ref"]! });
      return value;
    });
  return found;
}
