/** Whether an assertion speaks of machines that no file names. */
import type { Kind } from "../kinds/kind.ts";
import type { Assertion } from "./assert.ts";

/** A subnet, a network, a group and "everybody" mean whoever is there, machines of others among them. */
export function meansUnmanaged({ is, from, to }: Pick<Assertion, "is" | "from" | "to">, kinds: readonly Kind[]): boolean {
  if (is === "only" || from === undefined || to === undefined) return true;
  const places = kinds.filter(({ machines }) => machines !== undefined);
  return [...from, ...to].some((name) => places.some((kind) => name.startsWith(`${kind.name}/`)));
}
