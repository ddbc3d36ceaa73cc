import { ownership, tagOfAddress } from "../../resource/ownership.ts";
import type { Scope, Tags } from "../kind.ts";

/** Whether an object with these tags is what is looked for. */
export function isInScope(tags: Tags, scope: Scope): boolean {
  if (tags[ownership.environment] !== scope.environment) return false;
  return scope.address === undefined || tags[ownership.resource] === tagOfAddress(scope.address);
}
