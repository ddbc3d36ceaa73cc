import type { Aws } from "../aws/aws.ts";
import type { Environment } from "../config/environment.ts";
import type { Address, AwsId, Driver, Kind, Live, Scope } from "../kinds/kind.ts";
import { scopeOf, type Drivers } from "../observe/drivers.ts";

/** Seconds between two lists. Their sum is longer than AWS's tag index has been seen to lag. */
const pollDelays = [1, 2, 4, 8, 15, 30, 60];
/** The delay from which on people are told what is waited for. */
const toldFrom = 4;

/**
 * Waits until the lists that the next run would read show the objects that this run made, so that the next holder of the lease sees all of
 * them. Returns the objects as the lists show them. It reads one list for each kind and delay, and one at the end. It gives up after two
 * minutes, or when the run is stopped: the missing objects are then absent from the answer. `waiting` hears the missing addresses of a kind
 * once, after some seconds.
 */
export async function waitUntilListed(
  kinds: readonly Kind[],
  drivers: Drivers,
  aws: Aws,
  environment: Environment,
  made: ReadonlyMap<Address, AwsId>,
  signal: AbortSignal,
  waiting: (missing: readonly Address[]) => void = () => undefined,
): Promise<ReadonlyMap<Address, Live>> {
  const seen = new Map<Address, Live>();
  const scope = { ...scopeOf(environment), existence: true as const };
  await Promise.all(
    kinds.map(async (kind) => {
      // A name is an id within its kind only: a database and its subnet group may share one.
      const addresses = new Map(
        [...made].flatMap(([address, id]) => (address.startsWith(`${kind.name}/`) ? [[id, address] as const] : [])),
      );
      const missing = new Set(addresses.keys());
      if (missing.size === 0) return;
      const driver = await drivers.of(kind);
      for (const seconds of [...pollDelays, undefined]) {
        for await (const live of listed(aws, kind, driver, scope, missing))
          for (const id of [live.id, ...live.aliases]) {
            missing.delete(id);
            const address = addresses.get(id);
            if (address !== undefined) seen.set(address, live);
          }
        if (missing.size === 0 || seconds === undefined || signal.aborted) return;
        if (seconds === toldFrom) waiting([...missing].map((id) => addresses.get(id)!));
        await aws.clock.sleep(seconds * 1000, signal).catch(() => undefined); // when the run is stopped: one more list, then the end
      }
    }),
  );
  return seen;
}

/**
 * Reads the missing objects. The next run looks up by name the objects that the tag index does not show. So for kinds of this index, the
 * objects are read by id: no wait for the index, and no listing of the account.
 */
async function* listed(aws: Aws, kind: Kind, driver: Driver, scope: Scope, missing: ReadonlySet<AwsId>): AsyncIterable<Live> {
  if (kind.tagIndex?.idOf) yield* (await driver.get(aws, [...missing], scope)).values();
  else yield* driver.list(aws, scope);
}
