/** Whether an object that was read is one that the scope asks for. */
import { ownership, tagOfAddress } from "../../resource/ownership.ts";
import type { CreateIdentity, Scope, Tags } from "../kind.ts";

/** Whether an object with these tags belongs to the environment, and to the requested address if the scope names one. */
export function isInScope(tags: Tags | undefined, scope: Scope): boolean {
  if (tags?.[ownership.environment] !== scope.environment) return false;
  return scope.address === undefined || tags[ownership.resource] === tagOfAddress(scope.address);
}

/** Whether an object with these tags is the one that a create would make. If so, an earlier attempt created it. */
export function hasIdentity(tags: Tags, identity: CreateIdentity): boolean {
  return [ownership.project, ownership.environment, ownership.resource].every((key) => tags[key] === identity.tags[key]);
}
