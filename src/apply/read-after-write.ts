import type { Aws } from "../aws/aws.ts";
import type { Environment } from "../config/environment.ts";
import type { Address, AwsId, Driver, Kind, Live, Scope } from "../kinds/kind.ts";
import { scopeOf, type Drivers } from "../observe/drivers.ts";

/** Seconds between polls; together longer than AWS's tag index has been seen to lag. */
const pollDelays = [1, 2, 4, 8, 15, 30, 60];

/**
 * Waits until the lists that a next run would read show what this one made, so that whoever takes the lease next sees
 * all of it, and answers with what they show. One list for each kind and look; gives up silently after two minutes, because a later run waits as long itself.
 */
export async function waitUntilListed(
  kinds: readonly Kind[],
  drivers: Drivers,
  aws: Aws,
  environment: Environment,
  made: ReadonlyMap<Address, AwsId>,
): Promise<ReadonlyMap<Address, Live>> {
  const seen = new Map<Address, Live>();
  const addresses = new Map([...made].map(([address, id]) => [id, address]));
  const scope = { ...scopeOf(environment), existence: true as const };
  await Promise.all(
    kinds.map(async (kind) => {
      const missing = new Set([...made].filter(([address]) => address.startsWith(`${kind.name}/`)).map(([, id]) => id));
      if (missing.size === 0) return;
      const driver = await drivers.of(kind);
      for (const seconds of pollDelays) {
        for await (const live of listed(aws, kind, driver, scope, missing))
          for (const id of [live.id, ...live.aliases]) {
            missing.delete(id);
            const address = addresses.get(id);
            if (address !== undefined) seen.set(address, live);
          }
        if (missing.size === 0) return;
        await aws.clock.sleep(seconds * 1000);
      }
    }),
  );
  return seen;
}

/** A next run asks for what the tag index does not show by its name; so the index is not waited for, and no account is listed for it. */
async function* listed(aws: Aws, kind: Kind, driver: Driver, scope: Scope, missing: ReadonlySet<AwsId>): AsyncIterable<Live> {
  if (kind.tagIndex?.idOf) yield* (await driver.get(aws, [...missing], scope)).values();
  else yield* driver.list(aws, scope);
}
