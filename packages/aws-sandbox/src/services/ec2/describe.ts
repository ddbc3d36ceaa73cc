/** The common part of all Describe calls of EC2: ids, filters, tags, pages. */
import { matcher, type Filter, type FilterTable } from "../../filters.ts";
import type { Call } from "../../model.ts";
import { page } from "../../paging.ts";
import { needAll, type IdKind } from "./ids.ts";
import { tags, type Tags } from "./state.ts";

export type Filters<R> = FilterTable<R>;

export interface Query {
  readonly Filters?: readonly Filter[] | undefined;
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

export interface Listing<R> {
  readonly records: Iterable<R>;
  readonly filters: Filters<R>;
  /** The key of a record's tags; the record's id when absent. `null`: the kind has no tags. */
  readonly tagged?: ((record: R) => string) | null;
  readonly ids?: { readonly kind: IdKind<R & object>; readonly given: readonly string[] | undefined; readonly parameter: string };
  /** Smallest and largest MaxResults. When absent, the call has no pages. */
  readonly pages?: readonly [min: number, max: number];
  /** Size of a page when the caller gives none, if AWS has a default. */
  readonly defaultPage?: number;
  /** Set when AWS documents that MaxResults and a list of ids exclude each other. */
  readonly idsExcludePages?: true;
}

/** One page of the records that a Describe call asks for, and the token of the next page. One missing id fails the call. */
export function list<R extends { readonly id: string }>(call: Call, query: Query, of: Listing<R>): { found: R[]; NextToken?: string } {
  const { Filters: filters = [] } = query;
  const ids = of.ids?.given ?? [];
  const byId = ids.length > 0;
  const matches = matcher(filters, { ...of.filters, ...tagFilters(call, filters, of.tagged) });
  const by = filters.some((filter) => filter.Name?.startsWith("tag")) ? "tags" : "id";
  const candidates: Iterable<R> = byId ? (needAll(call, of.ids!.kind, ids, of.ids!.parameter) as R[]) : of.records;
  const fits = (record: R) => matches(record) && (byId || call.sees(record.id, by));
  if (!of.pages) return { found: [...candidates].filter(fits) };
  const { items, next } = page(call, [...candidates], query, {
    key: (record) => record.id,
    fits,
    min: of.pages[0],
    max: of.pages[1],
    ...(of.defaultPage === undefined ? {} : { size: of.defaultPage }),
    ids: of.idsExcludePages ? ids : undefined,
  });
  return { found: [...items], ...next };
}

/** The tag filters that the call uses. Tags are stored by id and not in the records, so these filters are made for the requested keys. */
function tagFilters<R extends { readonly id: string }>(
  call: Call,
  filters: readonly Filter[],
  tagged: Listing<R>["tagged"],
): FilterTable<R> {
  if (tagged === null) return {};
  const all = tags(call);
  const tagsOf = (record: R) => all.get(tagged ? tagged(record) : record.id);
  const table: Record<string, FilterTable<R>[string]> = {};
  for (const { Name: name = "" } of filters) {
    const key = name.slice("tag:".length);
    if (name.startsWith("tag:")) table[name] = (record) => valueOf(tagsOf(record), key);
    if (name === "tag-key") table[name] = (record) => Object.keys(tagsOf(record) ?? {});
    if (name === "tag-value") table[name] = (record) => Object.values(tagsOf(record) ?? {});
  }
  return table;
}

function valueOf(tags: Tags | undefined, key: string): string | undefined {
  return tags !== undefined && Object.hasOwn(tags, key) ? tags[key] : undefined;
}
