/**
 * IAM's roles and instance profiles as other services see them: some seconds after IAM (IAM User Guide, "Changes that I
 * make are not always immediately visible").
 */
import type { FactKind } from "../../account-facts.ts";
import type { Store } from "../../store.ts";
import { policyKey, policies, profileKey, profiles, roleKey, roles } from "./state.ts";

/** How long other services do not know a new role or profile, in milliseconds. */
export const propagation = 8_000;

/** When IAM created the object; undefined when it did not. */
export function madeByIam(store: Store, kind: FactKind, asked: string): number | undefined {
  const found = recordOf(store, kind, asked);
  return found && (!asked.startsWith("arn:") || found.arn === asked) ? found.created : undefined;
}

/** The ARN of an instance profile that IAM created, by its name. */
export function profileArn(store: Store, name: string): string | undefined {
  return profiles({ store }).get(profileKey(name))?.arn;
}

/** Since when an instance profile has a role; undefined when it has none. A profile that IAM did not create has one from the beginning. */
export function roleOfProfileSince(store: Store, asked: string): number | undefined {
  const found = profiles({ store }).get(profileKey(nameOf(asked)));
  return found ? found.role?.since : 0;
}

function recordOf(store: Store, kind: FactKind, asked: string) {
  const name = nameOf(asked);
  if (kind === "role") return roles({ store }).get(roleKey(name));
  if (kind === "instanceProfile") return profiles({ store }).get(profileKey(name));
  return kind === "policy" ? policies({ store }).get(policyKey(name)) : undefined;
}

function nameOf(asked: string): string {
  return asked.split("/").at(-1)!;
}
