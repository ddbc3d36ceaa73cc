import { breakLease, ownerOf, readLease } from "../../apply/lease.ts";
import type { Context } from "../context.ts";
import { exit, type ExitCode } from "../exit.ts";
import { emit, jsonText, usage } from "../outputs.ts";
import { lifeOf, meOf } from "../apply/lock.ts";
import { placeOf, type PlaceFlags } from "../environments/place.ts";
import { inSession, unlessStopped } from "../session/session.ts";

export interface UnlockFlags extends PlaceFlags {
  readonly yes?: boolean;
  /** Also frees the lock of a run whose heartbeat is fresh. */
  readonly force?: boolean;
}

/** `infra unlock ENV`: shows who holds the lock, and frees it. */
export async function unlock(context: Context, nameOrPath: string | undefined, flags: UnlockFlags): Promise<ExitCode> {
  const place = placeOf(context, nameOrPath, flags);
  return inSession(context, place, async (session) => {
    const { aws } = session.connection;
    const owner = ownerOf(place);
    const view = await unlessStopped(context, readLease(aws, owner));
    const { record } = view;
    const end = (text: string, freed: boolean) => {
      emit(context, { text: () => `${text}\n`, json: () => jsonText({ ...owner, lease: record ?? null, freed }) });
      return exit.ok;
    };
    if (record?.state !== "held") return end("The lock is free.", false);
    const life = lifeOf(view, session.clock.now());
    const process = record.process === undefined ? "" : `, ${record.process}`;
    const held = `Held by ${record.who}, run ${record.run}${process}, since ${record.since}; ${life.text}.`;
    emit(context, { text: () => `${held}\n`, json: () => undefined });
    if (!(await mayFree(context, flags, life.isFresh, place.name))) return exit.error;
    const freed = await breakLease(aws, owner, meOf(context, session));
    return end(freed === undefined ? "The lock was freed in the meantime." : "Freed.", freed !== undefined);
  });
}

async function mayFree({ io, ...context }: Context, flags: UnlockFlags, isFresh: boolean, name: string): Promise<boolean> {
  if (flags.force === true) return true;
  if (flags.yes === true && !isFresh) return true;
  if (isFresh && (flags.yes === true || !io.canAsk))
    throw usage(
      "that run is alive (its heartbeat is recent), so the lock was not freed.",
      "stop that run, or wait for it; --force frees the lock anyway, and the run stops before its next change or within 90 s",
    );
  if (!io.canAsk) throw usage("No terminal to ask for confirmation. The lock was not freed.", "--yes frees it without asking");
  const question = isFresh
    ? `That run is alive. If you free the lock, it stops in the middle of its work. Type ${name} to free the lock: `
    : "Two applies at the same time disturb each other. Are you sure that this run has ended? Free the lock? [y/N] ";
  const answer = (await unlessStopped(context, io.ask(question)))?.trim() ?? "";
  return isFresh ? answer === name : /^y(es)?$/i.test(answer);
}
