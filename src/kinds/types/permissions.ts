/** The AWS actions of a type's handlers, as the registry lists them ("handlers"), without those that infra never needs. */
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
 * Returns the actions of a type. For a curated type: the actions of its own service, and those of other services that its entry names. The
 * handlers' actions on keys, buckets and log groups depend on what the file names, and belong in the policies of those resources. For any
 * other type: all actions.
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

/** Returns the service that most actions belong to. */
function usualService({ handlers = {} }: RegistrySchema): string {
  const counts = new Map<string, number>();
  for (const { permissions = [] } of Object.values(handlers))
    for (const action of permissions) {
      const service = action.slice(0, action.indexOf(":"));
      counts.set(service, (counts.get(service) ?? 0) + 1);
    }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? "";
}
