/**
 * Roles and instance profiles as other services know them: seconds after IAM does (IAM User Guide, "Changes that I make are
 * not always immediately visible").
 */
import type { FactKind } from "../../account-facts.ts";
import type { Store } from "../../store.ts";
import { policyKey, policies, profileKey, profiles, roleKey, roles } from "./state.ts";

/** How long a new role or profile is unknown outside IAM. */
export const propagation = 8_000;

/** Whether IAM has made it, and when. Undefined: not by IAM. */
export function madeByIam(store: Store, kind: FactKind, asked: string): number | undefined {
  const found = recordOf(store, kind, asked);
  return found && (!asked.startsWith("arn:") || found.arn === asked) ? found.created : undefined;
}

/** The ARN of a profile that IAM made, by its name. */
export function profileArn(store: Store, name: string): string | undefined {
  return profiles({ store }).get(profileKey(name))?.arn;
}

/** Since when the profile has had a role; undefined: it has none. Of a profile that IAM did not make: from the beginning. */
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
