import { AwsError } from "../../aws/errors.ts";
import { ownerOf, readLease, setFrozen, type Frozen, type LeaseView } from "../../apply/lease.ts";
import type { Context } from "../context.ts";
import { program } from "../environments/environment.ts";
import { exit, type ExitCode } from "../exit.ts";
import { goesOnText } from "../apply/lock.ts";
import { emit, exitWithOutputs, jsonText, usage } from "../outputs.ts";
import { placeOf, wordsFor, type PlaceFlags } from "../environments/place.ts";
import { inSession, unlessStopped } from "../session/session.ts";

export interface FreezeFlags extends PlaceFlags {
  readonly reason?: string;
  readonly thaw?: boolean;
}

/**
 * `infra freeze ENV --reason TEXT`: refuses every apply until `--thaw`. Without flags it shows whether applies are refused and why. It also
 * names the run that has the lock and goes on. Its JSON names the last person who applied, and the commit.
 */
export async function freeze(context: Context, nameOrPath: string | undefined, flags: FreezeFlags): Promise<ExitCode> {
  const { reason } = flags;
  if (reason !== undefined && flags.thaw === true) throw usage("--reason and --thaw cannot be used together.");
  if (reason?.trim() === "") throw usage("--reason is empty.", '--reason "Christmas sale" tells others why their apply is refused');
  const place = placeOf(context, nameOrPath, flags);
  const words = wordsFor(nameOrPath, place, context.cwd);
  return inSession(context, place, async ({ connection: { aws, identity }, clock }) => {
    const owner = ownerOf(place);
    const view = await unlessStopped(context, readLease(aws, owner));
    const { frozen } = view;
    const say = (text: string, now: Frozen | undefined, seen: LeaseView) => {
      const goesOn = flags.thaw === true ? undefined : goesOnText(seen, clock.now(), `${program(context)} unlock ${words}`);
      emit(context, {
        text: () => `${text}\n${goesOn === undefined ? "" : `${goesOn}\n`}`,
        json: () => jsonText({ ...owner, frozen: now ?? null, lease: seen.record ?? null }),
      });
    };
    if (flags.thaw === true) {
      if (frozen) await setFrozen(aws, owner, undefined);
      say(frozen ? `Thawed; it was frozen by ${frozen.who} since ${frozen.since}: ${frozen.why}` : "It was not frozen.", undefined, view);
    } else if (reason === undefined) {
      say(frozen ? `Frozen by ${frozen.who} since ${frozen.since}: ${frozen.why}` : "Not frozen.", frozen, view);
    } else {
      const now = { who: identity.arn, why: reason, since: new Date(clock.now()).toISOString() };
      await setFrozen(aws, owner, now);
      // Read again: a run may have taken the lock just before the freeze.
      const after = await readLease(aws, owner).catch((error: unknown) => {
        if (!(error instanceof AwsError)) throw error;
        context.io.stderr.write(`note: infra could not read who has the lock now: ${error.operation}: ${error.code}\n`);
        return view;
      });
      say(`Frozen: applies are blocked until \`${program(context)} freeze ${words} --thaw\`.`, now, after);
    }
    return exitWithOutputs(context, exit.ok, reason === undefined && flags.thaw !== true);
  });
}
