/** Records the kinds that an environment has had, and deletes the record after a destroy. */
import type { Aws } from "../aws/aws.ts";
import { isDenied } from "../aws/errors.ts";
import type { Environment } from "../config/environment.ts";
import type { Kind } from "../kinds/kind.ts";
import { observe } from "../observe/observe.ts";
import type { Drivers } from "../observe/drivers.ts";
import type { Observed } from "../plan/observed.ts";
import type { Plan } from "../plan/plan.ts";
import { addKnownKinds, deleteKnownKinds, formerTypes } from "./known-kinds.ts";
import { ownerOf } from "./lease.ts";

interface Read {
  readonly environment: Environment;
  readonly observed: Observed;
}

/**
 * Records the kinds that this run may make or tag, and the kinds that were found, before the first step. If no kinds are recorded yet and
 * AWS denies the write, every plan goes on listing every kind, and the returned text says so. If some are recorded, the run ends, because a
 * set that lacks a kind would hide its objects.
 */
export async function keepKinds(aws: Aws, { environment, observed }: Read, goal: Plan["goal"]): Promise<string | undefined> {
  const { known, unread = [] } = observed.reads ?? {};
  if (goal === "destroy" && !known) return undefined;
  const declared = goal === "destroy" ? [] : environment.nodes.map(({ kind }) => kind);
  const found = [...observed.shown.keys()].map((address) => address.split("/")[0]!);
  const kinds = new Set([...declared, ...found, ...unread]);
  if (known && [...kinds].every((kind) => known.has(kind))) return undefined;
  try {
    await addKnownKinds(aws, ownerOf(environment), kinds);
    return undefined;
  } catch (error) {
    if (known?.size || !isDenied(error)) throw error;
    return `infra could not record which kinds this environment has had: ${error.operation}: ${error.code}; every plan lists every kind`;
  }
}

/**
 * Deletes the record after a destroy, so that the next environment of the same name starts anew. The record stays when a full listing still
 * finds an object of this environment, or cannot read a kind.
 */
export async function forgetKindsIfNoneIsLeft(
  kinds: readonly Kind[],
  aws: Aws,
  { environment, drivers, observed }: Read & { readonly drivers: Drivers },
): Promise<void> {
  if (!observed.reads?.known?.size) return;
  const former = formerTypes(environment, Promise.resolve(observed.reads.known));
  const left = await observe(kinds, drivers, aws, { ...environment, nodes: [] }, { former });
  const objects = left.objects.size + left.leftovers.length + left.dying.length + left.ambiguous.size;
  if (objects === 0 && left.reads?.unread.length === 0) await deleteKnownKinds(aws, ownerOf(environment));
}
