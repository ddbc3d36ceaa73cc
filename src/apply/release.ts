/** The reverse of an adoption: takes our tags off objects and leaves the objects as they are. */
import type { Connection } from "../aws/connection.ts";
import { kindsFor, type Environment } from "../config/environment.ts";
import type { Address, AwsId, Kind } from "../kinds/kind.ts";
import { Drivers } from "../observe/drivers.ts";
import { observe } from "../observe/observe.ts";
import type { Found, Observed } from "../plan/observed.ts";
import { acquireLease, type AcquireOptions, type Me } from "./lease.ts";

export interface ReleaseRequest {
  readonly addresses: readonly Address[];
  /** Shown what is released before anything is written; false ends it. */
  readonly confirm: (found: readonly Found[]) => Promise<boolean>;
  readonly me: Me;
  readonly lease: AcquireOptions;
}

export type ReleaseResult =
  | { readonly ended: "unknown"; readonly addresses: readonly Address[] }
  | { readonly ended: "declined" }
  | { readonly ended: "released"; readonly objects: readonly { readonly address: Address; readonly id: AwsId }[] };

/** Killed anywhere and run again it ends the same: what has no tags any more is not found, and counts as released. */
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
  const unknown = addresses.filter((address) => !bearers(observed, new Set([address])).length);
  if (unknown.length > 0) return { ended: "unknown", addresses: unknown };
  if (!(await confirm(bearers(observed, asked)))) return { ended: "declined" };
  const lease = await acquireLease(aws, { project: environment.project, environment: environment.name }, me, options);
  connection.fence(lease.check);
  try {
    // Read again: whoever held the lease before may have replaced one of them.
    const found = bearers(await observe(kinds, drivers, aws, environment), asked);
    await Promise.all(found.map((one) => release(one, drivers, connection)));
    return { ended: "released", objects: found.map(({ address, live }) => ({ address, id: live.id })) };
  } finally {
    connection.fence(undefined);
    await lease.release();
  }
}

/** With those of types that the file names, and those that only an address names any more. */
function kindsOf(native: readonly Kind[], environment: Environment, addresses: readonly Address[]): readonly Kind[] {
  const former = addresses.flatMap((address) => environment.types?.of(address.slice(0, address.indexOf("/"))) ?? []);
  return [...new Set([...kindsFor(native, environment), ...former])];
}

/** The objects that have our tags under these addresses. */
function bearers({ objects }: Observed, addresses: ReadonlySet<Address>): Found[] {
  return [...objects.values()].filter((one) => addresses.has(one.address) && one.adopted !== true);
}

async function release({ kind, live }: Found, drivers: Drivers, { aws }: Connection): Promise<void> {
  const ours = Object.keys(live.tags).filter((key) => key.startsWith("infra:"));
  await (await drivers.of(kind)).tag(aws, live, {}, ours);
}
