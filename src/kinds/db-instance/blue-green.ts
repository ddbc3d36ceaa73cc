/**
 * Changes a database by a blue/green deployment: RDS makes a green copy that follows the database, changes the copy, and gives it the
 * database's name at the switchover. A tag names the deployment under way and the blue instance. RDS copies the tag to the green instance.
 * So whichever instance has the database's name, it tells the next run how far an interrupted run came.
 */
import type { BlueGreenDeployment, CreateBlueGreenDeploymentCommandInput, DBInstance } from "@aws-sdk/client-rds";
import { createHash } from "node:crypto";
import type { Aws } from "../../aws/aws.ts";
import { hasCode, isNotFound } from "../../aws/errors.ts";
import { tagList } from "../../aws/tagging.ts";
import { blueGreenTag, ownership, tagsOf } from "../../resource/ownership.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { Changes, Run, Tags } from "../kind.ts";
import { rdsTagging } from "../shared/rds/tagging.ts";
import { isReady } from "../shared/rds/status.ts";
import { live as liveOf, type Handle, type LiveDb } from "./observe.ts";
import { remove } from "./remove.ts";
import type { DbInstance } from "./schema.ts";
import { storage } from "./storage.ts";

type DbRun = Run<DbInstance, Handle>;
type Target = Partial<Omit<CreateBlueGreenDeploymentCommandInput, "BlueGreenDeploymentName" | "Source" | "Tags">>;

/** The content of the tag. */
interface Mark {
  readonly name: string;
  /** The resource id of the blue instance, which the switchover replaces. */
  readonly blue: string;
}

/** The fields that a deployment changes. Everything else is changed in place after it. */
const ofGreen = [
  "engineVersion",
  "instanceClass",
  "parameterGroup",
  "storageType",
  "allocatedStorage",
  "iops",
  "storageThroughput",
] as const;

/**
 * Finishes an interrupted deployment, and makes the change by a new deployment where one is due. Returns the changes that are left to make
 * in place, with the database as it then is.
 */
export async function throughGreen(
  aws: Aws,
  live: LiveDb,
  request: DbInstance,
  changes: Changes<DbInstance>,
  run: DbRun,
): Promise<{ readonly live: LiveDb; readonly changes: Changes<DbInstance> }> {
  const target = request.blueGreenUpdate === true && isInterrupting(changes) ? targetOf(live, request, changes) : undefined;
  const found = markOf(live.tags);
  const wanted = target && markFor(live, target);
  const isSame = found !== undefined && found.name === wanted?.name && found.blue === wanted.blue;
  const ended = found && !isSame ? await endDeployment(aws, live, found, run) : live;
  if (target === undefined || wanted === undefined) return { live: ended, changes };
  // The switchover happened meanwhile. The new instance may already be as desired, and in any case this change was planned for the old one.
  if (ended.handle.resourceId !== wanted.blue) return { live: ended, changes: {} };
  const switched = await update(aws, live, wanted, target, run);
  const left = Object.entries(changes).filter(([field]) => !(ofGreen as readonly string[]).includes(field));
  return { live: switched, changes: Object.fromEntries(left) as Changes<DbInstance> };
}

/** Before a database is deleted: removes the deployment under way together with the copy that it made. */
export async function leaveGreen(aws: Aws, live: LiveDb, run: DbRun): Promise<LiveDb> {
  const found = markOf(live.tags);
  return found ? endDeployment(aws, live, found, run) : live;
}

/** Whether the changes of a plan interrupt the database. The same question as isGreenDue, which compares specs. */
function isInterrupting({ engineVersion, instanceClass, parameterGroup, storageType }: Changes<DbInstance>): boolean {
  return Boolean(engineVersion ?? instanceClass ?? parameterGroup) || storageType?.before === "standard";
}

function markOf(tags: Tags): Mark | undefined {
  const [name, blue] = tags[blueGreenTag]?.split("/") ?? [];
  return name === undefined || blue === undefined ? undefined : { name, blue };
}

/** The same change of the same instance has the same name, whichever run makes it. */
function markFor({ id, handle: { resourceId } }: LiveDb, target: Target): Mark {
  const digest = createHash("sha256")
    .update(`${resourceId}\n${JSON.stringify(target)}`)
    .digest("hex")
    .slice(0, 10);
  return { name: `${id.slice(0, 48).replace(/-+$/, "")}-${digest}`, blue: resourceId };
}

function targetOf(live: LiveDb, request: DbInstance, changes: Changes<DbInstance>): Target {
  const { StorageType, AllocatedStorage, Iops, StorageThroughput } = storage(live.spec, request, changes);
  const all: Target = {
    TargetEngineVersion: changes.engineVersion?.after,
    TargetDBInstanceClass: changes.instanceClass?.after,
    TargetDBParameterGroupName: changes.parameterGroup?.after,
    TargetStorageType: StorageType,
    TargetAllocatedStorage: AllocatedStorage,
    TargetIops: Iops || undefined,
    TargetStorageThroughput: StorageThroughput,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

async function update(aws: Aws, live: LiveDb, mark: Mark, target: Target, run: DbRun): Promise<LiveDb> {
  const before = await find(aws, mark.name);
  if (before && isBroken(before)) await abandon(aws, live, mark, run);
  if (live.tags[blueGreenTag] !== textOf(mark) || (before && isBroken(before)))
    await rdsTagging(aws, live.handle.arn, { [blueGreenTag]: textOf(mark) }, []);
  await create(aws, live, mark, target, run);
  await provisioned(aws, live, mark, run);
  await switchOver(aws, live, mark, run);
  return finishSwitched(aws, live, mark, run);
}

async function create(aws: Aws, live: LiveDb, mark: Mark, target: Target, run: DbRun): Promise<void> {
  const rds = await import("../../aws/sdk/rds.ts");
  const ours = Object.fromEntries(Object.values(ownership).flatMap((key) => (live.tags[key] === undefined ? [] : [[key, live.tags[key]]])));
  await run.until(`${live.id} to accept a blue/green deployment`, 4800, 15, async () => {
    try {
      const input = { BlueGreenDeploymentName: mark.name, Source: live.handle.arn, Tags: tagList(ours), ...target };
      await aws.rds(new rds.CreateBlueGreenDeploymentCommand(input));
      run.say(`blue/green deployment ${mark.name}`);
      return true;
    } catch (error) {
      // An earlier run made it: the name says that it makes this change of this instance.
      if (hasCode(error, "BlueGreenDeploymentAlreadyExistsFault")) return true;
      if (hasCode(error, "InvalidDBInstanceState")) return false;
      throw error;
    }
  });
}

/** Waits for the green instance, and checks that it has the tags by which the next run would recognise it. */
async function provisioned(aws: Aws, live: LiveDb, mark: Mark, run: DbRun): Promise<void> {
  let deployment: BlueGreenDeployment | undefined;
  await run.until(`the green copy of ${live.id}`, 6 * 3600, 30, async () => {
    deployment = await find(aws, mark.name);
    if (deployment && isBroken(deployment)) throw new Refusal(brokenText(live, deployment));
    return deployment !== undefined && deployment.Status !== "PROVISIONING";
  });
  if (deployment!.Status !== "AVAILABLE") return;
  const green = await instance(aws, "db-instance-id", nameIn(deployment!.Target!));
  if (!green) throw new Refusal(`The green copy of ${live.id}, ${deployment!.Target}, no longer exists; the database is unchanged.`);
  const has = tagsOf(green.TagList);
  const due = Object.entries({ ...live.tags, [blueGreenTag]: textOf(mark) }).filter(
    ([key, value]) => key.startsWith("infra:") && has[key] !== value,
  );
  if (due.length > 0) await rdsTagging(aws, green.DBInstanceArn!, Object.fromEntries(due), []);
}

async function switchOver(aws: Aws, live: LiveDb, mark: Mark, run: DbRun): Promise<void> {
  const rds = await import("../../aws/sdk/rds.ts");
  await run.until(`the switchover of ${live.id}`, 3600, 15, async () => {
    const found = await find(aws, mark.name);
    if (found && isBroken(found)) throw new Refusal(brokenText(live, found));
    if (found?.Status !== "AVAILABLE") return found?.Status === "SWITCHOVER_COMPLETED";
    try {
      const { BlueGreenDeploymentIdentifier } = found;
      await aws.rds(new rds.SwitchoverBlueGreenDeploymentCommand({ BlueGreenDeploymentIdentifier, SwitchoverTimeout: 300 }));
      run.say("switching over");
    } catch (error) {
      if (!hasCode(error, "InvalidBlueGreenDeploymentStateFault")) throw error;
    }
    return false;
  });
}

/** Removes what an earlier deployment left: the blue instance after the switchover, the green one before it. */
async function endDeployment(aws: Aws, live: LiveDb, mark: Mark, run: DbRun): Promise<LiveDb> {
  return live.handle.resourceId === mark.blue ? abandon(aws, live, mark, run) : finish(aws, live, mark, run);
}

/** After the switchover: once the database is the green instance, removes the rest of the deployment. */
async function finishSwitched(aws: Aws, live: LiveDb, mark: Mark, run: DbRun): Promise<LiveDb> {
  const now = await run.wait(
    `the green instance to become ${live.id}`,
    3600,
    (one) => one !== undefined && one.handle.resourceId !== mark.blue && isReady(one.handle.status),
  );
  return finish(aws, now!, mark, run);
}

/** Deletes the deployment, and then the blue instance as every database of ours: with a final snapshot unless its tag says otherwise. */
async function finish(aws: Aws, live: LiveDb, mark: Mark, run: DbRun): Promise<LiveDb> {
  await dropDeployment(aws, mark, run, false);
  const old = await instance(aws, "dbi-resource-id", mark.blue);
  if (old && isOurs(old, live)) {
    run.say(`deleting the old database ${old.DBInstanceIdentifier}`);
    await removeInstance(aws, old, run);
  }
  return unmarked(aws, live);
}

/** Before a switchover: deletes the deployment with its green instance, which holds nothing that the database does not have. */
async function abandon(aws: Aws, live: LiveDb, mark: Mark, run: DbRun): Promise<LiveDb> {
  let found: BlueGreenDeployment | undefined;
  const began = aws.clock.now();
  await run.until(`the work of AWS on the blue/green deployment ${mark.name} to end`, 6 * 3600, 15, async () => {
    found = await find(aws, mark.name);
    // A deployment that was made a moment ago may not be visible everywhere yet.
    if (!found) return aws.clock.now() - began > 60_000;
    return found.Status !== "PROVISIONING" && found.Status !== "SWITCHOVER_IN_PROGRESS";
  });
  if (found?.Status === "SWITCHOVER_COMPLETED") return finishSwitched(aws, live, mark, run);
  const green = found?.Target === undefined ? undefined : await instance(aws, "db-instance-id", nameIn(found.Target));
  const isApart = green !== undefined && green.DBInstanceIdentifier !== live.id && green.DbiResourceId !== mark.blue;
  if (isApart) {
    run.say(`deleting the blue/green deployment ${mark.name} and its green copy ${green.DBInstanceIdentifier}`);
    await unprotect(aws, green, run);
  }
  await dropDeployment(aws, mark, run, isApart);
  if (isApart) await gone(aws, green.DbiResourceId!, run);
  return unmarked(aws, live);
}

/** Removes the tag: no deployment is under way any more. */
async function unmarked(aws: Aws, live: LiveDb): Promise<LiveDb> {
  await rdsTagging(aws, live.handle.arn, {}, [blueGreenTag]);
  const { [blueGreenTag]: _mark, ...tags } = live.tags;
  return { ...live, tags };
}

async function dropDeployment(aws: Aws, mark: Mark, run: DbRun, withGreen: boolean): Promise<void> {
  const rds = await import("../../aws/sdk/rds.ts");
  await run.until(`the blue/green deployment ${mark.name} to be deleted`, 3600, 15, async () => {
    const found = await find(aws, mark.name);
    if (!found) return true;
    if (found.Status === "DELETING") return false;
    try {
      const { BlueGreenDeploymentIdentifier } = found;
      await aws.rds(
        new rds.DeleteBlueGreenDeploymentCommand({ BlueGreenDeploymentIdentifier, ...(withGreen ? { DeleteTarget: true } : {}) }),
      );
    } catch (error) {
      if (!isNotFound(error) && !hasCode(error, "InvalidBlueGreenDeploymentStateFault")) throw error;
    }
    return false;
  });
}

async function removeInstance(aws: Aws, found: DBInstance, run: DbRun): Promise<void> {
  const resourceId = found.DbiResourceId!;
  const wait: DbRun["wait"] = async (what, limit, done) => {
    let now: LiveDb | undefined;
    await run.until(what, limit, 15, async () => {
      const one = await instance(aws, "dbi-resource-id", resourceId);
      now = one && plain(one);
      return done(now);
    });
    return now;
  };
  await remove(aws, plain(found), { ...run, wait });
  await gone(aws, resourceId, run);
}

/** Converts an instance that the file does not declare, so no field of it is asked for. */
function plain(found: DBInstance): LiveDb {
  return liveOf(found, { project: "", environment: "", asks: () => false });
}

async function gone(aws: Aws, resourceId: string, run: DbRun): Promise<void> {
  await run.until(`the database ${resourceId} to be deleted`, 3600, 15, async () => !(await instance(aws, "dbi-resource-id", resourceId)));
}

async function unprotect(aws: Aws, green: DBInstance, run: DbRun): Promise<void> {
  const rds = await import("../../aws/sdk/rds.ts");
  const { DBInstanceIdentifier, DbiResourceId } = green;
  if (!green.DeletionProtection) return;
  await run.until(`AWS to remove the deletion protection of ${DBInstanceIdentifier}`, 3600, 15, async () => {
    const now = await instance(aws, "dbi-resource-id", DbiResourceId!);
    if (!now?.DeletionProtection) return true;
    try {
      await aws.rds(new rds.ModifyDBInstanceCommand({ DBInstanceIdentifier, DeletionProtection: false }));
    } catch (error) {
      if (!isNotFound(error) && !hasCode(error, "InvalidDBInstanceState")) throw error;
    }
    return false;
  });
}

async function find(aws: Aws, name: string): Promise<BlueGreenDeployment | undefined> {
  const rds = await import("../../aws/sdk/rds.ts");
  const Filters = [{ Name: "blue-green-deployment-name", Values: [name] }];
  return (await aws.rds(new rds.DescribeBlueGreenDeploymentsCommand({ Filters }))).BlueGreenDeployments?.[0];
}

async function instance(aws: Aws, filter: "db-instance-id" | "dbi-resource-id", value: string): Promise<DBInstance | undefined> {
  const rds = await import("../../aws/sdk/rds.ts");
  return (await aws.rds(new rds.DescribeDBInstancesCommand({ Filters: [{ Name: filter, Values: [value] }] }))).DBInstances?.[0];
}

function isBroken({ Status }: BlueGreenDeployment): boolean {
  return Status === "INVALID_CONFIGURATION" || Status === "SWITCHOVER_FAILED";
}

function brokenText({ id }: LiveDb, { BlueGreenDeploymentName: name, Status, StatusDetails }: BlueGreenDeployment): string {
  const why = StatusDetails ? `: ${StatusDetails}` : "";
  return `The blue/green deployment ${name} is ${Status}${why}. ${id} is unchanged; the next apply deletes the deployment with its green copy and begins again.`;
}

/** Whether the instance had our name before, whatever its name is now. Its tags say so. */
function isOurs(old: DBInstance, live: LiveDb): boolean {
  const has = tagsOf(old.TagList);
  return [ownership.project, ownership.environment, ownership.resource, blueGreenTag].every((key) => has[key] === live.tags[key]);
}

function textOf({ name, blue }: Mark): string {
  return `${name}/${blue}`;
}

function nameIn(arn: string): string {
  return arn.split(":").at(-1)!;
}
