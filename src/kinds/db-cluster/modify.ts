import type { ModifyDBClusterCommandInput } from "@aws-sdk/client-rds";
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { Changes, Run } from "../kind.ts";
import { filled, logChange } from "../shared/rds/fields.ts";
import { insightsChanged } from "../shared/rds/insights.ts";
import { rdsTagging } from "../shared/rds/tagging.ts";
import { passwordIn, passwordTag } from "../shared/rds/password.ts";
import { snapshotBefore } from "../shared/rds/snapshots.ts";
import { isMajor, majorOf } from "../shared/rds/versions.ts";
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

/** The maximum wait for a change, in seconds: a major upgrade takes up to an hour. */
const longest = 5400;

/**
 * Brings a cluster from observed to desired, one stage at a time: a snapshot where the change is risky, then all settings in one call, and
 * its instances.
 */
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
  if (condition === "stopped") throw new Refusal(`${id} is stopped, and AWS does not change a stopped cluster. Start it and apply again.`);
  if (condition === "broken")
    throw new Refusal(`${id} is ${status}, and AWS does not change a cluster in this state. Repair it and apply again.`);
}

async function change(aws: Aws, live: LiveCluster, request: DbCluster, changes: Changes<DbCluster>, run: ClusterRun): Promise<void> {
  const rds = await import("../../aws/sdk/rds.ts");
  const isAtOnce =
    request.applyImmediately === true && Object.keys(changes).some((field) => field === "applyImmediately" || waitsForWindow.has(field));
  const due = changes.applyImmediately ? { ...flushed(live, request), ...changes } : changes;
  const others = live.handle.waiting.filter((name) => name !== "MasterUserPassword");
  if (isAtOnce && others.length > 0) run.say(`this also applies the changes that waited for the maintenance window: ${others.join(", ")}`);
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

/** Requests again, at once, the changes that wait for the windows of the instances. */
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

/** The pending values that the request also has. They are sent again, because AWS answers an empty change with "no modifications". */
function flushed(live: LiveCluster, request: DbCluster): Changes<DbCluster> {
  const { pending, current } = live.handle;
  const names = (Object.keys(pending) as Field[]).filter((field) => request[field] !== undefined);
  return Object.fromEntries(names.map((field) => [field, { before: current[field], after: pending[field] }])) as Changes<DbCluster>;
}

/** Repeats the call until AWS takes it: backups, failovers and other people's modifications may come between. */
async function whenFree(live: LiveCluster, run: ClusterRun, send: () => Promise<unknown>): Promise<void> {
  await run.until(`${live.id} to accept the change`, longest, 15, async () => {
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
 * Whether AWS has made a modification. The status lags: for up to a minute after the call AWS still says "available", so the values decide.
 * A password cannot be seen; for it the status must have been good for more than that minute.
 */
function taken(aws: Aws, changes: Changes<DbCluster>, isAtOnce: boolean): (now: LiveCluster) => boolean {
  const sent = aws.clock.now();
  const seen = (Object.keys(changes) as Field[]).filter((field) => field !== "applyImmediately");
  return (now) => {
    const condition = clusterCondition(now.handle.status);
    if (condition === "broken") throw new Refusal(`${now.id} became ${now.handle.status} when AWS modified it.`);
    if (condition !== "serving") return false;
    if (changes.masterPassword && aws.clock.now() - sent < 75_000) return false;
    const { current, pending } = now.handle;
    const told = (field: Field) => (waitsForWindow.has(field) && !isAtOnce ? { ...current, ...pending } : current);
    return seen.every((field) => agrees(field, changes[field]?.after, told(field), now));
  };
}

function agrees(field: Field, after: unknown, have: Partial<DbCluster>, now: LiveCluster): boolean {
  const value = have[field];
  // Such a value cannot be compared exactly: AWS rounds sizes up, and does not return everything.
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
    // The size and IOPS of the storage are sent together.
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
 * The declared version is only a beginning of a version. It is sent only when it changed, since sending it is an upgrade to AWS's default.
 * With a major upgrade AWS also takes a parameter group of the new family for the instances. Our own groups are set in their own stage.
 */
function version(live: LiveCluster, request: DbCluster, changes: Changes<DbCluster>): Partial<Input> {
  const wanted = changes.engineVersion?.after;
  if (wanted === undefined) return {};
  const allows = isMajor(live.spec.engine, live.handle.current.engineVersion ?? wanted, wanted);
  return {
    EngineVersion: wanted,
    ...(allows ? { AllowMajorVersionUpgrade: true, DBInstanceParameterGroupName: groupOfInstances(request, wanted) } : {}),
  };
}

/**
 * Returns the group that AWS gives to all instances with a major upgrade. The instances that the file gives another group get it in the
 * stage after this one. An instance without a group in the file keeps a default group, so where there is one, AWS is sent the default.
 */
function groupOfInstances({ engine, instances = {} }: DbCluster, version: string): string | undefined {
  const groups = Object.values(instances).map(({ parameterGroup }) => parameterGroup);
  const written = groups.find((group) => group !== undefined);
  return written !== undefined && groups.includes(undefined) ? `default.${engine}${majorOf(engine, version)}` : written;
}

/** AWS checks interval and role together and refuses one without the other. */
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

/**
 * Switches the HTTP endpoint with its own calls, because ModifyDBCluster answers success and switches nothing (RDS API,
 * EnableHttpEndpoint).
 */
async function switchEndpoint(aws: Aws, live: LiveCluster, isOn: boolean, run: ClusterRun): Promise<void> {
  const rds = await import("../../aws/sdk/rds.ts");
  const ResourceArn = live.handle.arn;
  await whenFree(live, run, () =>
    aws.rds(isOn ? new rds.EnableHttpEndpointCommand({ ResourceArn }) : new rds.DisableHttpEndpointCommand({ ResourceArn })),
  );
  await run.wait(
    `${live.id} to accept the change of its HTTP endpoint`,
    900,
    (now) => now !== undefined && now.handle.current.httpEndpoint === isOn,
  );
}

function given(input: { readonly [F in keyof Input]?: Input[F] | undefined }): Partial<Input> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Partial<Input>;
}
