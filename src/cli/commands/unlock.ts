import { breakLease, readLease } from "../../apply/lease.ts";
import type { Context } from "../context.ts";
import { loadOrThrow } from "../environment.ts";
import { exit, type ExitCode } from "../exit.ts";
import { usage } from "../outputs.ts";
import { meOf } from "../run-apply.ts";
import { named } from "../select.ts";
import { inSession, unlessStopped } from "../session.ts";

/** `infra unlock ENV`: shows who holds the lease and frees it. */
export async function unlock(context: Context, nameOrPath: string | undefined, flags: { readonly yes?: boolean }): Promise<ExitCode> {
  const { io } = context;
  const environment = loadOrThrow(context, named(context, nameOrPath, "unlock"));
  return inSession(context, environment, async (session) => {
    const { aws } = session.connection;
    const owner = { project: environment.project, environment: environment.name };
    const { record } = await unlessStopped(context, readLease(aws, owner));
    if (record?.state !== "held") {
      io.stdout.write("Nobody holds the lease.\n");
      return exit.ok;
    }
    io.stdout.write(
      `Held by ${record.who}, run ${record.run}${record.process === undefined ? "" : `, ${record.process}`}, since ${record.since}.\n`,
    );
    if (flags.yes !== true) {
      if (!io.canAsk) throw usage("nobody can be asked here, so the lease was left alone.", "--yes frees it without asking");
      const answer = await unlessStopped(
        context,
        io.ask("Is that run dead? Two applies at once get in each other's way. Free the lease? [y/N] "),
      );
      if (!/^y(es)?$/i.test(answer?.trim() ?? "")) return exit.error;
    }
    const freed = await breakLease(aws, owner, meOf(context, session));
    io.stdout.write(freed === undefined ? "It was freed meanwhile.\n" : "Freed.\n");
    return exit.ok;
  });
}
