import type { Aws } from "../aws/aws.ts";
import { kindsFor, type Environment } from "../config/environment.ts";
import { kinds } from "../kinds/index.ts";
import type { AwsId, Kind, Live } from "../kinds/kind.ts";
import { formerTypes, readKnownKinds } from "../apply/known-kinds.ts";
import { Drivers } from "../observe/drivers.ts";
import { observe } from "../observe/observe.ts";
import type { Found } from "../plan/observed.ts";
import type { Status, StatusRow } from "../render/status.ts";
import { unlessStopped, type Session } from "./session/session.ts";
import type { Context } from "./context.ts";

/** Returns the existing resources of an environment, in the order in which kinds and names are listed. */
export async function lookAt(context: Context, session: Session, environment: Environment, withDetails = false): Promise<Status> {
  const { identity } = session.connection;
  const { observed, aws, drivers } = await read(context, session, environment);
  const details = withDetails
    ? await unlessStopped(context, detailsOf(aws, drivers, [...observed.objects.values()]))
    : new Map<string, Details>();
  const order = new Map(kindsFor(kinds, environment).map((kind, place) => [kind.name, place]));
  const rows = [...observed.objects.values()].map(({ address, kind, live }): StatusRow => {
    const { id, aliases, outputs = {}, createdAt, parts = [], notes = [] } = { ...live, ...details.get(keyOf(kind, live.id)) };
    const told = live.status === undefined ? notes : [`is ${live.status}`, ...notes];
    return { address, kind: kind.name, id, aliases, state: stateOf(live), outputs, createdAt, parts, notes: told };
  });
  const placeOf = ({ kind }: StatusRow) => order.get(kind) ?? order.size;
  rows.sort((a, b) => placeOf(a) - placeOf(b) || a.address.localeCompare(b.address, "en", { numeric: true }));
  return { project: environment.project, environment: environment.name, account: identity.account, region: environment.region, rows };
}

/** Reads the resources of an environment from AWS. */
export async function read(context: Context, session: Session, environment: Environment) {
  const aws = session.connection.aws.within({ signal: context.signals.stop });
  const drivers = new Drivers(aws);
  const owner = { project: environment.project, environment: environment.name };
  const known = readKnownKinds(aws, owner);
  const former = formerTypes(environment, known);
  const observed = await unlessStopped(context, observe(kindsFor(kinds, environment), drivers, aws, environment, { known, former }));
  return { observed, aws, drivers };
}

type Details = Pick<Live, "parts" | "notes" | "outputs">;

/** Reads details by kind and id that cost one call per object and are needed only here: the health of targets. */
export async function detailsOf(
  aws: Aws,
  drivers: Pick<Drivers, "of">,
  found: readonly Pick<Found, "kind" | "live">[],
): Promise<ReadonlyMap<string, Details>> {
  const byKind = new Map<Kind, Live[]>();
  for (const { kind, live } of found) byKind.set(kind, [...(byKind.get(kind) ?? []), live]);
  const details = await Promise.all(
    [...byKind].map(async ([kind, lives]) => {
      const driver = await drivers.of(kind);
      const told = driver.details ? await driver.details(aws, lives) : new Map<AwsId, Details>();
      return [...told].map(([id, one]) => [keyOf(kind, id), one] as const);
    }),
  );
  return new Map(details.flat());
}

/** The key of an object. AWS gives a database and its groups the same id when people give them the same name. */
function keyOf({ name }: Kind, id: AwsId): string {
  return `${name} ${id}`;
}

function stateOf({ state }: Live): string {
  return typeof state === "object" ? `failed: ${state.failed}` : state;
}
