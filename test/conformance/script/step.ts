/** One call of the script that both AWSs are given. */
import type { Clients } from "../../e2e/support/clients.ts";

export interface Step {
  /** What the call is about, for people; each has another. */
  readonly title: string;
  readonly service: keyof Clients;
  /** The SDK's command; `id` knows what earlier answers gave. */
  readonly command: (id: Ids) => object;
  /** What later calls need of the answer: a name for the value at a path ("Vpc.VpcId", "Instances.0.InstanceId"). */
  readonly keep?: Readonly<Record<string, string>>;
}

/** The value that was kept under a name; throws when none was. */
export type Ids = (name: string) => string;

/** Steps for one service, written as rows. */
export function steps(
  service: keyof Clients,
  rows: readonly (readonly [title: string, command: Step["command"], keep?: Step["keep"]])[],
): readonly Step[] {
  return rows.map(([title, command, keep]) => ({ service, title, command, ...(keep && { keep }) }));
}
