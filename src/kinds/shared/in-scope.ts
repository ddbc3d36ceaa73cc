/** Whether an object that was read is what is looked for. */
import { ownership, tagOfAddress } from "../../resource/ownership.ts";
import type { CreateIdentity, Scope, Tags } from "../kind.ts";

/** Whether an object with these tags is of the environment, and of the one address that is looked for. */
export function isInScope(tags: Tags | undefined, scope: Scope): boolean {
  if (tags?.[ownership.environment] !== scope.environment) return false;
  return scope.address === undefined || tags[ownership.resource] === tagOfAddress(scope.address);
}

/** Whether an object with these tags is the one that a create makes: an earlier attempt has made it then. */
export function hasIdentity(tags: Tags, identity: CreateIdentity): boolean {
  return [ownership.project, ownership.environment, ownership.resource].every((key) => tags[key] === identity.tags[key]);
}
