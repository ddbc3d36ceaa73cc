/** Whether an assertion speaks of machines that no file names. */
import type { Assertion } from "./assert.ts";

/** A subnet, a network, a group and "everybody" mean whoever is there, machines of others among them. */
export function meansUnmanaged({ is, from, to }: Pick<Assertion, "is" | "from" | "to">): boolean {
  if (is === "only" || from === undefined || to === undefined) return true;
  return [...from, ...to].some((name) => /^(subnet|vpc|securityGroup)\//.test(name));
}
