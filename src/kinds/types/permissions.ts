/** What the handlers of a type may ask of AWS, as the registry says ("handlers"), without what infra's use of it never needs. */
import type { RegistrySchema } from "@plumbline/aws-types";
import type { Curated } from "./curated.ts";

export interface Permissions {
  readonly read: readonly string[];
  readonly list: readonly string[];
  readonly create: readonly string[];
  readonly update: readonly string[];
  readonly delete: readonly string[];
  /** Actions that only some properties need. */
  readonly onlyFor: Readonly<Record<string, readonly string[]>>;
  /** Prefix of the actions of the type's own service. */
  readonly service: string;
}

const passRole = "iam:PassRole";

/**
 * Of a curated type: the actions of its own service, and of others those that its entry names. What handlers do with keys, buckets and
 * log groups of others depends on which the file names, and stands in that resource's own policy. Of any other type: all of them.
 */
export function permissionsOf(schema: RegistrySchema, known: Curated | undefined): Permissions {
  const { onlyFor = {}, also = [], without } = known ?? {};
  const service = known ? (known.service ?? known.index?.split(":")[0] ?? "") : usualService(schema);
  const isMeant = (action: string) => {
    if (action in onlyFor || also.includes(action) || action === passRole) return true;
    if (without?.test(action)) return false;
    return known === undefined || action.startsWith(`${service}:`);
  };
  const of = (handler: string) => (schema.handlers?.[handler]?.permissions ?? []).filter(isMeant);
  const all = ["create", "read", "update", "delete", "list"].flatMap(of);
  return {
    read: of("read"),
    list: of("list"),
    create: of("create"),
    update: of("update"),
    delete: of("delete"),
    onlyFor: Object.fromEntries(Object.entries(onlyFor).filter(([action]) => all.includes(action))),
    service,
  };
}

/** The service of most actions. */
function usualService({ handlers = {} }: RegistrySchema): string {
  const counts = new Map<string, number>();
  for (const { permissions = [] } of Object.values(handlers))
    for (const action of permissions) {
      const service = action.slice(0, action.indexOf(":"));
      counts.set(service, (counts.get(service) ?? 0) + 1);
    }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? "";
}
