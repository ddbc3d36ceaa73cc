import type { ModifyDBClusterCommandInput } from "@aws-sdk/client-rds";
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { Changes, Run } from "../kind.ts";
import { filled, logChange } from "../shared/rds-fields.ts";
import { insightsChanged } from "../shared/rds-insights.ts";
import { rdsTagging } from "../shared/rds-tagging.ts";
import { passwordIn, passwordTag } from "../shared/rds-password.ts";
import { snapshotBefore } from "../shared/rds-snapshots.ts";
import { isMajor } from "../shared/rds-versions.ts";
import { scalingSent } from "./create.ts";
import { changeMembers } from "./members.ts";
import type { Handle, LiveCluster } from "./live.ts";
import { clusterCondition } from "./observe.ts";
import { fields } from "./rules.ts";
import { waitsForWindow, type DbCluster } from "./schema.ts";
import { needsSnapshot, snapshotCalls } from "./snapshots.ts";

type Input = ModifyDBClusterCommandInput;
type Field = keyof DbCluster & string;
type ClusterRun = Run<DbCluster, Handle>;

/** Seconds for which a change is waited for: a major upgrade takes up to an hour. */
const longest = 5400;

/** Brings a cluster from observed to wanted, one stage at a time: a snapshot where the change is risky, all settings in one call; its instances. */
export async function modify(
  aws: Aws,
  stage: string,
  live: LiveCluster,
  request: DbCluster,
  changes: Changes<DbCluster>,
  run: ClusterRun,
): Promise<void> {
  refuseUnable(live);
  if (stage === "instances") {
    if (changes.instances) await changeMembers(aws, live, request, changes.instances, run);
    return;
  }
  if (needsSnapshot(request, changes))
    await snapshotBefore(
      aws,
      await snapshotCalls(),
      { id: live.id, resourceId: live.handle.resourceId, tags: live.tags },
      changes,
      request.keepSnapshots,
      run,
    );
  const { httpEndpoint, ...others } = changes;
  if (Object.keys(others).length > 0) await change(aws, live, request, others, run);
  if (httpEndpoint) await switchEndpoint(aws, live, httpEndpoint.after === true, run);
}

function refuseUnable({ id, handle: { status } }: LiveCluster): void {
  const condition = clusterCondition(status);
  if (condition === "stopped") throw new Refusal(`${id} is stopped, and AWS changes no stopped cluster. Start it and apply again.`);
  if (condition === "broken") throw new Refusal(`${id} is ${status}, and AWS changes no cluster in this state. Mend that and apply again.`);
}

async function change(aws: Aws, live: LiveCluster, request: DbCluster, changes: Changes<DbCluster>, run: ClusterRun): Promise<void> {
  const rds = await import("../../aws/sdk/rds.ts");
  const isAtOnce =
    request.applyImmediately === true && Object.keys(changes).some((field) => field === "applyImmediately" || waitsForWindow.has(field));
  const due = changes.applyImmediately ? { ...flushed(live, request), ...changes } : changes;
  const others = live.handle.waiting.filter((name) => name !== "MasterUserPassword");
  if (isAtOnce && others.length > 0) run.say(`this also makes what waited for the maintenance window: ${others.join(", ")}`);
  const sent = await settings(aws, live, request, due);
  if (Object.keys(sent).length === 0) return flushMembers(aws, live, run);
  const input: Input = { DBClusterIdentifier: live.id, ...(isAtOnce ? { ApplyImmediately: true } : {}), ...sent };
  await whenFree(live, run, async () => {
    try {
      await aws.rds(new rds.ModifyDBClusterCommand(input));
    } catch (error) {
      if (!(hasCode(error, "InvalidParameterCombination") && /no modifications were requested/i.test(error.message))) throw error;
    }
  });
  const isTaken = taken(aws, due, isAtOnce);
  await run.wait(`${live.id} to be modified`, longest, (now) => now !== undefined && isTaken(now));
  if (changes.masterPassword && live.tags[passwordTag] !== undefined) await rdsTagging(aws, live.handle.arn, {}, [passwordTag]);
  if (changes.applyImmediately) await flushMembers(aws, live, run);
}

/** What waits for the windows of the instances is asked for again, at once. */
async function flushMembers(aws: Aws, live: LiveCluster, run: ClusterRun): Promise<void> {
  const rds = await import("../../aws/sdk/rds.ts");
  for (const { id, key, pending } of live.handle.members) {
    if (Object.keys(pending).length === 0) continue;
    await whenFree(live, run, () =>
      aws.rds(
        new rds.ModifyDBInstanceCommand({
          DBInstanceIdentifier: id,
          DBInstanceClass: pending.instanceClass,
          CACertificateIdentifier: pending.caCertificate,
          ApplyImmediately: true,
        }),
      ),
    );
    await run.wait(`${id} to be modified`, longest, (now) => {
      const seen = now?.handle.members.find((one) => one.key === key);
      return seen !== undefined && seen.status === "available" && Object.keys(seen.pending).length === 0;
    });
  }
}

/** What waits and is asked for here: named again, since AWS answers an empty change with "no modifications". */
function flushed(live: LiveCluster, request: DbCluster): Changes<DbCluster> {
  const { pending, current } = live.handle;
  const names = (Object.keys(pending) as Field[]).filter((field) => request[field] !== undefined);
  return Object.fromEntries(names.map((field) => [field, { before: current[field], after: pending[field] }])) as Changes<DbCluster>;
}

/** Sends when AWS takes it: backups, failovers and other people's modifications come between. */
async function whenFree(live: LiveCluster, run: ClusterRun, send: () => Promise<unknown>): Promise<void> {
  await run.until(`${live.id} to take the change`, longest, 15, async () => {
    try {
      await send();
      return true;
    } catch (error) {
      if (hasCode(error, "InvalidDBClusterStateFault", "InvalidDBInstanceState")) return false;
      throw error;
    }
  });
}

/**
 * Whether a modification has been taken. The status lags: for up to a minute after the call AWS still says "available", so the values
 * decide. A password cannot be seen; for it the status must have been good for more than that minute.
 */
function taken(aws: Aws, changes: Changes<DbCluster>, isAtOnce: boolean): (now: LiveCluster) => boolean {
  const sent = aws.clock.now();
  const seen = (Object.keys(changes) as Field[]).filter((field) => field !== "applyImmediately");
  return (now) => {
    const condition = clusterCondition(now.handle.status);
    if (condition === "broken") throw new Refusal(`${now.id} became ${now.handle.status} when it was modified.`);
    if (condition !== "serving") return false;
    if (changes.masterPassword && aws.clock.now() - sent < 75_000) return false;
    const { current, pending } = now.handle;
    const told = (field: Field) => (waitsForWindow.has(field) && !isAtOnce ? { ...current, ...pending } : current);
    return seen.every((field) => agrees(field, changes[field]?.after, told(field), now));
  };
}

function agrees(field: Field, after: unknown, have: Partial<DbCluster>, now: LiveCluster): boolean {
  const value = have[field];
  // Neither is compared with what was asked for: AWS rounds sizes up, and does not tell all.
  if (after === undefined || value === undefined) return true;
  if (field === "allocatedStorage") return (value as number) >= (after as number);
  const rule = fields[field] as { same?: (request: unknown, have: unknown, live: LiveCluster, resolved: unknown) => boolean };
  if (rule.same) return rule.same(after, value, now, after);
  if (Array.isArray(after)) return [...after].sort().join() === [...(value as unknown[])].sort().join();
  if (typeof after === "object" && after !== null)
    return Object.entries(after).every(([key, one]) => (value as Record<string, unknown>)[key] === one);
  return value === after;
}

async function settings(aws: Aws, live: LiveCluster, request: DbCluster, changes: Changes<DbCluster>): Promise<Partial<Input>> {
  return given({
    ...version(live, request, changes),
    DBClusterInstanceClass: changes.instanceClass?.after,
    StorageType: changes.storageType?.after,
    // Size and I/O of a disk travel together.
    AllocatedStorage: changes.allocatedStorage || changes.iops ? (request.allocatedStorage ?? live.spec.allocatedStorage) : undefined,
    Iops: changes.iops?.after ?? (changes.storageType || changes.allocatedStorage ? request.iops : undefined),
    ServerlessV2ScalingConfiguration: scalingSent(changes.serverlessV2Scaling?.after),
    VpcSecurityGroupIds: filled(changes.securityGroups?.after),
    Port: changes.port?.after,
    DBClusterParameterGroupName: changes.parameterGroup?.after,
    BackupRetentionPeriod: changes.backupRetention?.after,
    PreferredBackupWindow: changes.backupWindow?.after,
    PreferredMaintenanceWindow: changes.maintenanceWindow?.after,
    AutoMinorVersionUpgrade: changes.autoMinorVersionUpgrade?.after,
    BacktrackWindow: changes.backtrackWindow?.after,
    EnableLocalWriteForwarding: changes.localWriteForwarding?.after,
    ...insightsChanged(live.spec, request, changes),
    ...monitoring(request, changes),
    CloudwatchLogsExportConfiguration: changes.logExports?.after && logChange(live.spec.logExports ?? [], changes.logExports.after),
    EnableIAMDatabaseAuthentication: changes.iamAuthentication?.after,
    ...(await password(aws, changes)),
    CopyTagsToSnapshot: changes.copyTagsToSnapshot?.after,
    DeletionProtection: changes.deletionProtection?.after,
  });
}

/**
 * The declared version is a beginning: sent only when it changed, since sending it is an upgrade to AWS's default. With a major one AWS
 * takes a group of the new family for the instances, too; those of ours are changed in their own stage.
 */
function version(live: LiveCluster, request: DbCluster, changes: Changes<DbCluster>): Partial<Input> {
  const wanted = changes.engineVersion?.after;
  if (wanted === undefined) return {};
  const allows = isMajor(live.spec.engine, live.handle.current.engineVersion ?? wanted, wanted);
  const ofInstances = Object.values(request.instances ?? {}).find(({ parameterGroup }) => parameterGroup !== undefined)?.parameterGroup;
  return {
    EngineVersion: wanted,
    ...(allows ? { AllowMajorVersionUpgrade: true, DBInstanceParameterGroupName: ofInstances } : {}),
  };
}

/** Interval and role are checked together by AWS: one without the other is refused. */
function monitoring(request: DbCluster, changes: Changes<DbCluster>): Partial<Input> {
  if (!changes.monitoringInterval && !changes.monitoringRole) return {};
  return {
    MonitoringInterval: request.monitoringInterval,
    MonitoringRoleArn: request.monitoringInterval ? request.monitoringRole : undefined,
  };
}

async function password(aws: Aws, changes: Changes<DbCluster>): Promise<Partial<Input>> {
  const source = changes.masterPassword?.after;
  if (source === undefined) return {};
  if (source === "managed") return { ManageMasterUserPassword: true };
  return { ManageMasterUserPassword: false, MasterUserPassword: await passwordIn(aws, source.ssmParameter) };
}

/** ModifyDBCluster answers success and switches nothing: it has calls of its own (RDS API, EnableHttpEndpoint). */
async function switchEndpoint(aws: Aws, live: LiveCluster, isOn: boolean, run: ClusterRun): Promise<void> {
  const rds = await import("../../aws/sdk/rds.ts");
  const ResourceArn = live.handle.arn;
  await whenFree(live, run, () =>
    aws.rds(isOn ? new rds.EnableHttpEndpointCommand({ ResourceArn }) : new rds.DisableHttpEndpointCommand({ ResourceArn })),
  );
  await run.wait(`${live.id} to switch its HTTP endpoint`, 900, (now) => now !== undefined && now.handle.current.httpEndpoint === isOn);
}

function given(input: { readonly [F in keyof Input]?: Input[F] | undefined }): Partial<Input> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Partial<Input>;
}
