import { lookAtLease, setFrozen } from "../../apply/lease.ts";
import type { Context } from "../context.ts";
import { loadOrThrow } from "../environment.ts";
import { exit, type ExitCode } from "../exit.ts";
import { usage } from "../outputs.ts";
import { inSession, unlessStopped } from "../session.ts";

/** `infra freeze ENV --why TEXT`: refuses every apply until `--thaw`. */
export async function freeze(context: Context, nameOrPath: string, flags: { readonly why?: string; readonly thaw?: boolean }): Promise<ExitCode> {
  if ((flags.why === undefined) === (flags.thaw !== true)) throw usage("freeze needs a reason, or --thaw.", '--why "Christmas sale" tells others why their apply is refused');
  const environment = loadOrThrow(context, nameOrPath);
  return inSession(context, environment, async ({ connection: { aws, identity }, clock }) => {
    const owner = { project: environment.project, environment: environment.name };
    const { frozen } = await unlessStopped(context, lookAtLease(aws, owner));
    if (flags.thaw === true) {
      if (frozen) await setFrozen(aws, owner, undefined);
      context.io.stdout.write(frozen ? `Thawed; it was frozen by ${frozen.who} since ${frozen.since}: ${frozen.why}\n` : "It was not frozen.\n");
      return exit.ok;
    }
    await setFrozen(aws, owner, { who: identity.arn, why: flags.why!, since: new Date(clock.now()).toISOString() });
    context.io.stdout.write("Frozen: every apply is refused until `infra freeze ENV --thaw`.\n");
    return exit.ok;
  });
}
