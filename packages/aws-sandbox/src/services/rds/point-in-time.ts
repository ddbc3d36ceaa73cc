/** RestoreDBInstanceToPointInTime: makes a new instance with the data of another at some second. */
import type { RestoreDBInstanceToPointInTimeMessage } from "@aws-sdk/client-rds";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { describeInstance, latestRestorable } from "./describe.ts";
import { invalidCombination, invalidValue, noInstance } from "./faults.ts";
import { arn } from "./names.ts";
import { needInstance, newIdentifier } from "./new-instance.ts";
import { restoreDefaults, restoreInstance, restoreNames } from "./restore.ts";
import { copyOf } from "./snapshots.ts";
import { instances, retainedBackups, type InstanceRecord, type SnapshotRecord } from "./state.ts";

type Input = RestoreDBInstanceToPointInTimeMessage;

const sources = ["SourceDBInstanceIdentifier", "SourceDbiResourceId", "SourceDBInstanceAutomatedBackupsArn"] as const;
const modelled = [
  "TargetDBInstanceIdentifier",
  ...sources,
  "RestoreTime",
  "UseLatestRestorableTime",
  "MaxAllocatedStorage",
  ...restoreNames,
];

interface Source {
  readonly of: SnapshotRecord["of"];
  readonly passwordHash?: string;
  readonly from: number;
  readonly until: number;
}

export const pointInTimeOperations: Readonly<Record<string, Handler>> = {
  RestoreDBInstanceToPointInTime(input: Input, call) {
    refuseUnknown(call, input, modelled, restoreDefaults);
    const id = newIdentifier(call, input.TargetDBInstanceIdentifier);
    const source = sourceOf(call, input);
    checkTime(source, input.RestoreTime, input.UseLatestRestorableTime);
    return { DBInstance: describeInstance(restoreInstance(call, id, input, source), call) };
  },
};

/** Checks the time of a restore: either a time with backups, or the latest one. */
export function checkTime({ from, until }: Pick<Source, "from" | "until">, time: Date | undefined, latest: boolean | undefined): void {
  if ((latest === true) === (time !== undefined)) throw invalidCombination("Specify either a restore time or UseLatestRestorableTime.");
  if (time === undefined) return;
  const at = new Date(time).getTime();
  if (at < from || at > until)
    throw invalidValue(
      `The specified time ${new Date(at).toISOString()} is not between ${new Date(from).toISOString()} and ${new Date(until).toISOString()}.`,
    );
}

/** The ARN of the automated backups of an instance. */
export function backupsArn(call: Call, resourceId: string): string {
  return arn(call, "auto-backup", `ab-${resourceId.slice(3).toLowerCase()}`);
}

function sourceOf(call: Call, input: Input): Source {
  if (sources.filter((name) => input[name] !== undefined).length !== 1) throw invalidCombination(`Specify one of ${sources.join(", ")}.`);
  if (input.SourceDBInstanceIdentifier !== undefined) return living(call, needInstance(call, input.SourceDBInstanceIdentifier));
  const isIt = ({ resourceId }: { readonly resourceId: string }) =>
    input.SourceDbiResourceId?.toLowerCase() === resourceId.toLowerCase() ||
    input.SourceDBInstanceAutomatedBackupsArn === backupsArn(call, resourceId);
  const alive = instances.all(call).find(isIt);
  if (alive) return living(call, alive);
  const kept = retainedBackups.all(call).find(isIt);
  if (kept)
    return {
      of: kept.of,
      ...(kept.passwordHash === undefined ? {} : { passwordHash: kept.passwordHash }),
      from: kept.since,
      until: kept.until,
    };
  if (input.SourceDbiResourceId !== undefined) throw noInstance(input.SourceDbiResourceId);
  throw new AwsFault("DBInstanceAutomatedBackupNotFound", `No automated backups ${input.SourceDBInstanceAutomatedBackupsArn}.`, 404);
}

function living(call: Call, instance: InstanceRecord): Source {
  if (instance.createdAt === undefined || instance.backupRetention === 0)
    throw new AwsFault("PointInTimeRestoreNotEnabled", `Point in time restore is not enabled for DB instance ${instance.id}.`);
  return {
    of: copyOf(instance),
    ...(instance.passwordHash === undefined ? {} : { passwordHash: instance.passwordHash }),
    from: instance.createdAt,
    until: latestRestorable(instance, call),
  };
}
