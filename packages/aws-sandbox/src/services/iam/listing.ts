/** IAM's pages: `Marker` and `IsTruncated`, with a hundred items by default. */
import type { Call } from "../../model.ts";
import { page } from "../../paging.ts";

/** A page of the items below a path. */
export function listing<R extends { readonly name: string; readonly path: string }>(
  call: Call,
  all: readonly R[],
  input: { readonly PathPrefix?: string | undefined },
  key: (name: string) => string,
): { readonly items: readonly R[]; readonly more: { readonly IsTruncated: boolean; readonly Marker?: string } } {
  const seen = all
    .filter((one) => one.path.startsWith(input.PathPrefix ?? "/") && call.sees(key(one.name), "id"))
    .sort((a, b) => (key(a.name) < key(b.name) ? -1 : 1));
  const { items, next } = page(call, seen, input, { key: (one) => key(one.name), ...pages });
  return { items, more: truncated(next) };
}

export const pages = { max: 1000, size: 100, names: "iam" } as const;

export function truncated(next: { readonly Marker?: string }): { readonly IsTruncated: boolean; readonly Marker?: string } {
  return { IsTruncated: next.Marker !== undefined, ...next };
}
