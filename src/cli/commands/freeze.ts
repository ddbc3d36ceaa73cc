import { readLease, setFrozen, type Frozen } from "../../apply/lease.ts";
import type { Context } from "../context.ts";
import { loadOrThrow } from "../environment.ts";
import { exit, type ExitCode } from "../exit.ts";
import { emit, exitWithOutputs, jsonText, usage } from "../outputs.ts";
import { named } from "../select.ts";
import { inSession, unlessStopped } from "../session.ts";

export interface FreezeFlags {
  readonly reason?: string;
  readonly thaw?: boolean;
}

/**
 * `infra freeze ENV --reason TEXT`: refuses every apply until `--thaw`. Without flags it shows whether applies are refused and why. Its
 * JSON also names the last person who applied, and the commit.
 */
export async function freeze(context: Context, nameOrPath: string | undefined, flags: FreezeFlags): Promise<ExitCode> {
  const { reason } = flags;
  if (reason !== undefined && flags.thaw === true) throw usage("--reason and --thaw exclude each other.");
  if (reason?.trim() === "") throw usage("--reason is empty.", '--reason "Christmas sale" tells others why their apply is refused');
  const environment = loadOrThrow(context, named(context, nameOrPath, "freeze"));
  return inSession(context, environment, async ({ connection: { aws, identity }, clock }) => {
    const owner = { project: environment.project, environment: environment.name };
    const { frozen, record } = await unlessStopped(context, readLease(aws, owner));
    const say = (text: string, now: Frozen | undefined) =>
      emit(context, { text: () => `${text}\n`, json: () => jsonText({ ...owner, frozen: now ?? null, lease: record ?? null }) });
    if (flags.thaw === true) {
      if (frozen) await setFrozen(aws, owner, undefined);
      say(frozen ? `Thawed; it was frozen by ${frozen.who} since ${frozen.since}: ${frozen.why}` : "It was not frozen.", undefined);
    } else if (reason === undefined) {
      say(frozen ? `Frozen by ${frozen.who} since ${frozen.since}: ${frozen.why}` : "Not frozen.", frozen);
    } else {
      const now = { who: identity.arn, why: reason, since: new Date(clock.now()).toISOString() };
      await setFrozen(aws, owner, now);
      say(`Frozen: applies are blocked until \`infra freeze ${environment.name} --thaw\`.`, now);
    }
    return exitWithOutputs(context, exit.ok, reason === undefined && flags.thaw !== true);
  });
}
