import type { Environment } from "../config/environment.ts";
import { kinds } from "../kinds/index.ts";
import type { Live } from "../kinds/kind.ts";
import { Drivers, observe } from "../observe/observe.ts";
import type { Status, StatusRow } from "../render/status.ts";
import { unlessStopped, type Session } from "./session.ts";
import type { Context } from "./context.ts";

/** What exists of an environment, in the order in which kinds and names are listed. */
export async function lookAt(context: Context, session: Session, environment: Environment): Promise<Status> {
  const { aws, identity } = session.connection;
  const observed = await unlessStopped(context, observe(kinds, new Drivers(aws), aws, environment));
  const order = new Map(kinds.map((kind, place) => [kind.name, place]));
  const rows = [...observed.objects.values()].map(({ address, kind, live }): StatusRow => {
    const { id, outputs = {}, createdAt, parts = [], notes = [] } = live;
    return { address, kind: kind.name, id, state: stateOf(live), outputs, createdAt, parts, notes };
  });
  rows.sort((a, b) => order.get(a.kind)! - order.get(b.kind)! || a.address.localeCompare(b.address, "en", { numeric: true }));
  return { project: environment.project, environment: environment.name, account: identity.account, region: environment.region, rows };
}

function stateOf({ state }: Live): string {
  return typeof state === "object" ? `failed: ${state.failed}` : state;
}
