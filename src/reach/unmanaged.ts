/** Checks whether an assertion can mean instances that no file names. */
import type { Kind } from "../kinds/kind.ts";
import type { Assertion } from "./assert.ts";

/**
 * Whether an assertion can mean unmanaged instances. A subnet, a VPC, a security group and "everybody" mean every instance there, also
 * those of others.
 */
export function meansUnmanaged({ is, from, to }: Pick<Assertion, "is" | "from" | "to">, kinds: readonly Kind[]): boolean {
  if (is === "only" || from === undefined || to === undefined) return true;
  const places = kinds.filter(({ machines }) => machines !== undefined);
  return [...from, ...to].some((name) => places.some((kind) => name.startsWith(`${kind.name}/`)));
}
