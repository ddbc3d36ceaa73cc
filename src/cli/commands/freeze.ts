import { lookAtLease, setFrozen } from "../../apply/lease.ts";
import type { Context } from "../context.ts";
import { loadOrThrow } from "../environment.ts";
import { exit, type ExitCode } from "../exit.ts";
import { usage } from "../outputs.ts";
import { inSession, unlessStopped } from "../session.ts";

export interface FreezeFlags {
  readonly reason?: string;
  readonly thaw?: boolean;
}

/** `infra freeze ENV --reason TEXT`: refuses every apply until `--thaw`. Alone it shows whether and why. */
export async function freeze(context: Context, nameOrPath: string, flags: FreezeFlags): Promise<ExitCode> {
  if (flags.reason !== undefined && flags.thaw === true) throw usage("--reason and --thaw exclude each other.");
  if (flags.reason?.trim() === "") throw usage("--reason is empty.", '--reason "Christmas sale" tells others why their apply is refused');
  const environment = loadOrThrow(context, nameOrPath);
  return inSession(context, environment, async ({ connection: { aws, identity }, clock }) => {
    const { stdout } = context.io;
    const owner = { project: environment.project, environment: environment.name };
    const { frozen } = await unlessStopped(context, lookAtLease(aws, owner));
    if (flags.thaw === true) {
      if (frozen) await setFrozen(aws, owner, undefined);
      stdout.write(frozen ? `Thawed; it was frozen by ${frozen.who} since ${frozen.since}: ${frozen.why}\n` : "It was not frozen.\n");
    } else if (flags.reason === undefined) {
      stdout.write(frozen ? `Frozen by ${frozen.who} since ${frozen.since}: ${frozen.why}\n` : "Not frozen.\n");
    } else {
      await setFrozen(aws, owner, { who: identity.arn, why: flags.reason, since: new Date(clock.now()).toISOString() });
      stdout.write("Frozen: every apply is refused until `infra freeze ENV --thaw`.\n");
    }
    return exit.ok;
  });
}
