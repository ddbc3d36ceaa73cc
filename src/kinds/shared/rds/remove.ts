/**
 * Deletes a database, an instance or a cluster: switches its protection off, then sends the delete with a last snapshot. Only the names of
 * the calls differ.
 */
import type { Aws } from "../../../aws/aws.ts";
import { hasCode, isNotFound } from "../../../aws/errors.ts";
import { Refusal } from "../../../resource/refusal.ts";
import type { AwsId, Live, Run, Tags } from "../../kind.ts";
import { finalSnapshotTag } from "../final-snapshot.ts";
import { finalSnapshotName } from "./snapshots.ts";

interface Protected {
  readonly deletionProtection?: boolean | undefined;
}

/** The facts about a database that its deletion needs. */
interface Ending {
  readonly id: AwsId;
  readonly tags: Tags;
  readonly handle: {
    readonly resourceId: string;
    readonly status: string;
    readonly hasLived: boolean;
    readonly current: Protected;
  };
}

/** The calls, and the error codes for a busy database and for a snapshot name that is taken. */
interface EndCalls {
  readonly unprotect: () => Promise<unknown>;
  readonly delete: (snapshot: LastSnapshot) => Promise<unknown>;
  readonly busy: string;
  readonly taken: string;
}

/** The part of a delete that instances and clusters spell alike. Without this setting, RDS would delete the automated backups too. */
export type LastSnapshot = { readonly DeleteAutomatedBackups: false } & (
  | { readonly SkipFinalSnapshot: true }
  | { readonly SkipFinalSnapshot: false; readonly FinalDBSnapshotIdentifier: string }
);

/** Whether the database gets a last snapshot. If it has held data and AWS takes no snapshot in its state, a person must decide. */
export function wantsFinalSnapshot({ id, tags, handle: { status, hasLived } }: Ending, canBeTaken: boolean): boolean {
  if (tags[finalSnapshotTag] === "skip") return false;
  if (canBeTaken) return true;
  if (!hasLived) return false;
  throw new Refusal(
    `${id} is ${status}: AWS cannot take a final snapshot in this state, and without one its data would be lost. ` +
      `Bring it back to "available", or write finalSnapshot: false in its block, apply that, and remove it again.`,
  );
}

/**
 * Switches the deletion protection off. AWS does that at once, whatever ApplyImmediately says, so no other pending change is applied with
 * it.
 */
export async function unprotect<Spec extends object, H extends Ending["handle"]>(
  live: Live<Spec, H>,
  run: Run<Spec, H>,
  calls: EndCalls,
): Promise<void> {
  if (live.handle.current.deletionProtection !== true) return;
  await run.until(`${live.id} to accept the change of its deletion protection`, 3600, 15, async () => {
    try {
      await calls.unprotect();
      return true;
    } catch (error) {
      if (isGoing(error, calls)) return true;
      if (!hasCode(error, calls.busy)) throw error;
      return false;
    }
  });
  await run.wait(
    `the deletion protection of ${live.id} to be off`,
    600,
    (now) => now === undefined || now.handle.current.deletionProtection !== true,
  );
}

/** Sends the delete until AWS accepts it. */
export async function removeWith(
  aws: Aws,
  live: Ending,
  run: Pick<Run, "until" | "say">,
  takesSnapshot: boolean,
  calls: EndCalls,
): Promise<void> {
  let number = 1;
  const began = aws.clock.now();
  await run.until(`${live.id} to accept the deletion`, 3600, 15, async () => {
    const name = takesSnapshot ? finalSnapshotName({ id: live.id, resourceId: live.handle.resourceId }, number) : undefined;
    try {
      await calls.delete({
        DeleteAutomatedBackups: false,
        ...(name === undefined ? { SkipFinalSnapshot: true } : { SkipFinalSnapshot: false, FinalDBSnapshotIdentifier: name }),
      });
      if (name !== undefined) run.say(`final snapshot ${name}`);
      return true;
    } catch (error) {
      if (isGoing(error, calls)) return true;
      if (hasCode(error, calls.taken)) number++;
      else if (!isBusy(error, aws.clock.now() - began, calls)) throw error;
      return false;
    }
  });
}

function isGoing(error: unknown, { busy }: EndCalls): boolean {
  return isNotFound(error) || (hasCode(error, busy) && /already being deleted/i.test(error.message));
}

/**
 * Whether to send the delete again. The database is busy, or not all of AWS sees yet that its protection is off (for five minutes; after
 * that, somebody switched it on again).
 */
function isBusy(error: unknown, elapsed: number, { busy }: EndCalls): boolean {
  if (hasCode(error, busy)) return true;
  return elapsed < 300_000 && hasCode(error, "InvalidParameterCombination") && /deletion pro/i.test(error.message);
}
