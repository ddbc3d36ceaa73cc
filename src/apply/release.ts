/** The reverse of an adoption: takes our tags off objects and leaves the objects as they are. */
import type { Connection } from "../aws/connection.ts";
import { kindsFor, type Environment } from "../config/environment.ts";
import type { Address, AwsId, Kind } from "../kinds/kind.ts";
import { buildGraph, layers } from "../graph/graph.ts";
import { Drivers } from "../observe/drivers.ts";
import { observe } from "../observe/observe.ts";
import type { Found, Observed } from "../plan/observed.ts";
import { idsOf } from "../resource/ownership-check.ts";
import { acquireLease, type AcquireOptions, type Frozen, FrozenError, Lease, type Me, ownerOf } from "./lease.ts";

export interface ReleaseRequest {
  readonly addresses: readonly Address[];
  /** Shows the objects to release before anything is written; false ends the release. */
  readonly confirm: (found: readonly Found[]) => Promise<boolean>;
  readonly me: Me;
  readonly lease: AcquireOptions;
}

export type ReleaseResult =
  | { readonly ended: "unknown"; readonly addresses: readonly Address[]; readonly known: readonly Address[] }
  | { readonly ended: "parts-left"; readonly left: readonly LeftPart[] }
  | { readonly ended: "declined" }
  | { readonly ended: "frozen"; readonly frozen: Frozen }
  | { readonly ended: "released"; readonly objects: readonly { readonly address: Address; readonly id: AwsId }[] };

/** An object that was not named, and the named object (`holder`) whose tags alone show that it is ours. */
export interface LeftPart {
  readonly part: Address;
  readonly holder: Address;
}

/**
 * Releases objects under the lease. If it is killed and run again, the result is the same: an address that the file declares and that has
 * no tags any more counts as released, as long as one of the named objects still has its tags.
 */
export async function releaseUnderLease(
  native: readonly Kind[],
  connection: Connection,
  environment: Environment,
  { addresses, confirm, me, lease: options }: ReleaseRequest,
): Promise<ReleaseResult> {
  const { aws } = connection;
  const drivers = new Drivers(aws);
  const asked = new Set(addresses);
  const kinds = kindsOf(native, environment, addresses);
  const observed = await observe(kinds, drivers, aws, environment);
  const unknown = addresses.filter((address) => bearers(observed, new Set([address])).length === 0);
  const isDeclared = (address: Address) => environment.nodes.some((node) => node.address === address);
  if (unknown.length === asked.size || !unknown.every(isDeclared))
    return { ended: "unknown", addresses: unknown, known: [...observed.objects.keys()] };
  const left = partsLeft(observed, asked);
  if (left.length > 0) return { ended: "parts-left", left };
  if (!(await confirm(bearers(observed, asked)))) return { ended: "declined" };
  const lease = await acquireLease(aws, ownerOf(environment), me, options).catch((error: unknown) => {
    if (error instanceof FrozenError) return error.frozen;
    throw error;
  });
  if (!(lease instanceof Lease)) return { ended: "frozen", frozen: lease };
  connection.fence(lease.check);
  try {
    // Read again: the holder of the lease before may have replaced one of the objects.
    const found = bearers(await observe(kinds, drivers, aws, environment), asked);
    for (const some of partsFirst(found)) await Promise.all(some.map((one) => release(one, drivers, connection)));
    return { ended: "released", objects: found.map(({ address, live }) => ({ address, id: live.id })) };
  } finally {
    connection.fence(undefined);
    await lease.giveBack();
  }
}

/** Returns the environment's kinds, and the kinds of types that only a named address still uses. */
function kindsOf(native: readonly Kind[], environment: Environment, addresses: readonly Address[]): readonly Kind[] {
  const former = addresses.flatMap((address) => environment.types?.of(address.slice(0, address.indexOf("/"))) ?? []);
  return [...new Set([...kindsFor(native, environment), ...former])];
}

/** The objects that have our tags under these addresses. */
function bearers({ objects }: Observed, addresses: ReadonlySet<Address>): Found[] {
  return [...objects.values()].filter((one) => addresses.has(one.address) && one.adopted !== true);
}

/** Returns the parts that would have no owner after the named objects lose their tags. */
function partsLeft(observed: Observed, asked: ReadonlySet<Address>): LeftPart[] {
  const going = bearers(observed, asked);
  return [...observed.objects.values()].flatMap((part) => {
    const holder = asked.has(part.address) ? undefined : going.find((one) => tells(one, part));
    return holder ? [{ part: part.address, holder: holder.address }] : [];
  });
}

/**
 * Groups the objects that may lose their tags at the same time. A part whose owner is shown by another object's tags comes before that
 * object.
 */
export function partsFirst(found: readonly Found[]): Found[][] {
  const parts = found.filter(({ live }) => live.toldBy);
  const nodes = found.map((one) => ({ id: one.address, needs: parts.filter((part) => tells(one, part)).map(({ address }) => address) }));
  const byAddress = new Map(found.map((one) => [one.address, one]));
  return layers(buildGraph(nodes)).map((layer) => layer.map((address) => byAddress.get(address)!));
}

/** Whether the tags of the first object show that the second is ours. */
function tells({ kind, live }: Found, { live: { toldBy } }: Found): boolean {
  return toldBy !== undefined && toldBy.kind === kind.name && idsOf(live).includes(toldBy.id);
}

async function release({ kind, live }: Found, drivers: Drivers, { aws }: Connection): Promise<void> {
  const ours = Object.keys(live.tags).filter((key) => key.startsWith("infra:"));
  await (await drivers.of(kind)).tag(aws, live, {}, ours);
}
