/** One call of the script that both endpoints play. */
import type { Clients } from "../../e2e/support/clients.ts";

export interface Step {
  /** A sentence for people about the call; each step has its own. */
  readonly title: string;
  readonly service: keyof Clients;
  /** The SDK's command; `id` returns values of earlier answers. */
  readonly command: (id: Ids) => object;
  /** The values that later calls need: a name for the value at a path ("Vpc.VpcId", "Instances.0.InstanceId"). */
  readonly keep?: Readonly<Record<string, string>>;
}

/** Returns the value that was kept under a name; throws when there is none. */
export type Ids = (name: string) => string;

/** Steps for one service, written as rows. */
export function steps(
  service: keyof Clients,
  rows: readonly (readonly [title: string, command: Step["command"], keep?: Step["keep"]])[],
): readonly Step[] {
  return rows.map(([title, command, keep]) => ({ service, title, command, ...(keep && { keep }) }));
}
