/** The instances of an Aurora cluster. They hold no data and have our tags themselves: an instance without our tags is foreign. */
import type { CreateDBInstanceCommandInput, DBInstance, ModifyDBInstanceCommandInput } from "@aws-sdk/client-rds";
import type { Aws } from "../../aws/aws.ts";
import { hasCode, isNotFound } from "../../aws/errors.ts";
import { tagList } from "../../aws/tagging.ts";
import { ownership, tagsOf } from "../../resource/ownership.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { Change, Live, Run, Tags } from "../kind.ts";
import { isFailure, isReady } from "../shared/rds/status.ts";
import { withoutUndefined } from "../shared/rds/fields.ts";
import type { Handle, LiveCluster, Member } from "./live.ts";
import { defaults, type DbCluster, type MemberSpec } from "./schema.ts";

type Instances = NonNullable<DbCluster["instances"]>;
type ClusterRun = Run<DbCluster, Handle>;

/** The maximum wait for one create, change or delete of an instance, in seconds (dossier: 5 to 12 minutes). */
const longest = 3600;

/** AWS's name of the instance. */
export function idOf(cluster: string, key: string): string {
  return `${cluster}-${key}`.toLowerCase();
}

/** The key of an instance: the end of a name that we gave, or the whole of any other name. */
function keyOf(cluster: string, id: string): string {
  return id.startsWith(`${cluster}-`) ? id.slice(cluster.length + 1) : id;
}

export function memberOf(found: DBInstance, cluster: string, isWriter: boolean): Member {
  const waits = found.PendingModifiedValues ?? {};
  return {
    id: found.DBInstanceIdentifier!,
    key: keyOf(cluster, found.DBInstanceIdentifier!),
    arn: found.DBInstanceArn!,
    status: found.DBInstanceStatus ?? "creating",
    isWriter,
    tags: tagsOf(found.TagList),
    current: withoutUndefined<MemberSpec>({
      instanceClass: found.DBInstanceClass!,
      availabilityZone: found.AvailabilityZone,
      promotionTier: found.PromotionTier,
      parameterGroup: found.DBParameterGroups?.[0]?.DBParameterGroupName,
      publiclyAccessible: found.PubliclyAccessible ?? false,
      caCertificate: found.CACertificateIdentifier,
      maintenanceWindow: found.PreferredMaintenanceWindow,
    }) as MemberSpec,
    pending: withoutUndefined<MemberSpec>({
      instanceClass: waits.DBInstanceClass!,
      caCertificate: waits.CACertificateIdentifier,
    } as MemberSpec),
  };
}

/** Whether the tags of an instance say that we made it. */
export function bearsOurTags(key: string, cluster: Pick<Live<DbCluster, never>, "tags"> & { readonly handle: unknown }): boolean {
  const { members = [] } = (cluster.handle ?? {}) as Partial<Handle>;
  return members.some((member) => member.key === key && isOurs(member, cluster.tags));
}

export function isOurs({ tags }: Pick<Member, "tags">, cluster: Tags): boolean {
  return [ownership.project, ownership.environment, ownership.resource].every(
    (key) => tags[key] !== undefined && tags[key] === cluster[key],
  );
}

/** The tags of an instance: the ownership tags, and the tags that the YAML writes for its cluster. */
export function memberTags(tags: Tags): Tags {
  const owned: readonly string[] = [ownership.project, ownership.environment, ownership.resource];
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith("infra:") || owned.includes(key)));
}

/** Brings the instances from observed to desired: creates first, then changes (the writer last), then deletes. */
export async function changeMembers(
  aws: Aws,
  live: LiveCluster,
  request: DbCluster,
  change: Change<Instances | undefined>,
  run: ClusterRun,
): Promise<void> {
  const { added = [], changed = [], removed = [] } = change.items ?? {};
  const tierOf = (value: unknown) => (value as MemberSpec).promotionTier ?? 1;
  const isThere = (key: string) => live.handle.members.some((member) => member.key === key);
  // The instance that is up first becomes the writer.
  for (const { key, value } of [...added].sort((a, b) => tierOf(a.value) - tierOf(b.value)))
    if (!isThere(key)) await make(aws, live, request, key, value as MemberSpec, run);
  const up = await whenUp(
    live,
    added.map(({ key }) => key),
    run,
  );
  if (live.handle.members.length === 0 && up) await settleWriter(aws, up, run);
  const writer = (key: string) => Number(live.handle.members.some((member) => member.key === key && member.isWriter));
  for (const { key, after } of [...changed].sort((a, b) => writer(a.key) - writer(b.key)))
    await modify(aws, live, request, key, after as MemberSpec, run);
  if (removed.length > 0)
    await drop(
      aws,
      live,
      removed.map(({ key }) => key),
      run,
    );
}

/** A name can be used only once, so a call whose answer was lost may be sent again. */
async function make(aws: Aws, live: LiveCluster, request: DbCluster, key: string, member: MemberSpec, run: ClusterRun): Promise<void> {
  const rds = await import("../../aws/sdk/rds.ts");
  const id = idOf(live.id, key);
  const input: CreateDBInstanceCommandInput = {
    DBInstanceIdentifier: id,
    DBClusterIdentifier: live.id,
    Engine: request.engine,
    DBInstanceClass: member.instanceClass,
    AvailabilityZone: member.availabilityZone,
    PromotionTier: member.promotionTier,
    DBParameterGroupName: member.parameterGroup,
    // Without a value, the subnets decide.
    PubliclyAccessible: member.publiclyAccessible ?? false,
    CACertificateIdentifier: member.caCertificate,
    PreferredMaintenanceWindow: member.maintenanceWindow,
    AutoMinorVersionUpgrade: request.autoMinorVersionUpgrade ?? defaults.autoMinorVersionUpgrade,
    Tags: tagList(memberTags(run.identity.tags)),
  };
  await run.until(`${live.id} to accept the instance ${key}`, longest, 15, async () => {
    try {
      await aws.rds(new rds.CreateDBInstanceCommand(input));
      return true;
    } catch (error) {
      if (hasCode(error, "InvalidDBClusterStateFault")) return false;
      if (!hasCode(error, "DBInstanceAlreadyExists")) throw error;
      await needOwn(aws, id, live, run.identity.tags);
      return true;
    }
  });
  run.say(`instance ${id}`);
}

/** Checks that the existing instance is ours: a foreign database may have the name. */
async function needOwn(aws: Aws, id: string, live: LiveCluster, tags: Tags): Promise<void> {
  const rds = await import("../../aws/sdk/rds.ts");
  const { DBInstances: [found] = [] } = await aws.rds(new rds.DescribeDBInstancesCommand({ DBInstanceIdentifier: id }));
  if (found?.DBClusterIdentifier === live.id && isOurs({ tags: tagsOf(found.TagList) }, tags)) return;
  throw new Refusal(
    `A database ${id} already exists, and it is not an instance of ${live.id} that infra made. Give the instance another name in this file.`,
  );
}

/**
 * Makes the instance with the lowest tier the writer of a new cluster: which one came up first is chance, and nobody uses the cluster yet.
 */
async function settleWriter(aws: Aws, cluster: LiveCluster, run: ClusterRun): Promise<void> {
  const tierOf = ({ current }: Member) => current.promotionTier ?? 1;
  const [writer, ...others] = [...cluster.handle.members].sort((a, b) => Number(b.isWriter) - Number(a.isWriter));
  const [heir] = others.sort((a, b) => tierOf(a) - tierOf(b));
  if (writer && heir && tierOf(heir) < tierOf(writer)) await failOver(aws, cluster, heir, run);
}

async function whenUp(live: LiveCluster, keys: readonly string[], run: ClusterRun): Promise<LiveCluster | undefined> {
  if (keys.length === 0) return undefined;
  return run.wait(`instances of ${live.id} to be ready (${keys.join(", ")})`, longest, (now) => {
    const members = (now?.handle.members ?? []).filter(({ key }) => keys.includes(key));
    const failed = members.find(({ status }) => isFailure(status));
    if (failed) throw new Refusal(`${failed.id} became ${failed.status} when AWS created it. Delete it by hand and apply again.`);
    return members.length === keys.length && members.every(({ status }) => isReady(status));
  });
}

async function modify(aws: Aws, live: LiveCluster, request: DbCluster, key: string, after: MemberSpec, run: ClusterRun): Promise<void> {
  const rds = await import("../../aws/sdk/rds.ts");
  const member = live.handle.members.find((one) => one.key === key);
  if (!member) return;
  const input = settings(member, after, request.applyImmediately === true);
  await run.until(`${member.id} to accept the change`, longest, 15, async () => {
    try {
      await aws.rds(new rds.ModifyDBInstanceCommand(input));
      return true;
    } catch (error) {
      if (hasCode(error, "InvalidDBInstanceState", "InvalidDBClusterStateFault")) return false;
      if (hasCode(error, "InvalidParameterCombination") && /no modifications were requested/i.test(error.message)) return true;
      throw error;
    }
  });
  await run.wait(`${member.id} to be modified`, longest, (now) => {
    const seen = now?.handle.members.find((one) => one.key === key);
    if (seen === undefined) return false;
    if (isFailure(seen.status)) throw new Refusal(`${seen.id} became ${seen.status} when AWS modified it.`);
    const told = request.applyImmediately === true ? seen.current : { ...seen.current, ...seen.pending };
    return (
      isReady(seen.status) &&
      told.instanceClass === after.instanceClass &&
      (after.caCertificate ?? told.caCertificate) === told.caCertificate
    );
  });
}

/**
 * The settings that differ, with `ApplyImmediately` where the class or the certificate differs. Without it these wait for the window of the
 * instance.
 */
function settings({ id, current, pending }: Member, after: MemberSpec, isAtOnce: boolean): ModifyDBInstanceCommandInput {
  const have = { ...current, ...pending };
  const differs = <K extends keyof MemberSpec>(key: K): MemberSpec[K] | undefined =>
    after[key] !== undefined && after[key] !== have[key] ? after[key] : undefined;
  const isPublic = after.publiclyAccessible ?? false;
  return {
    DBInstanceIdentifier: id,
    ...(isAtOnce ? { ApplyImmediately: true } : {}),
    DBInstanceClass: differs("instanceClass"),
    PromotionTier: differs("promotionTier"),
    DBParameterGroupName: differs("parameterGroup"),
    PubliclyAccessible: isPublic === (have.publiclyAccessible ?? false) ? undefined : isPublic,
    CACertificateIdentifier: differs("caCertificate"),
    PreferredMaintenanceWindow: differs("maintenanceWindow"),
  };
}

/**
 * Deletes readers first. Before the writer is deleted, another instance takes over: seconds without writes, where AWS by itself takes
 * minutes.
 */
async function drop(aws: Aws, live: LiveCluster, keys: readonly string[], run: ClusterRun): Promise<void> {
  const now = await run.wait(`AWS to show the state of ${live.id}`, longest, (seen) => seen !== undefined);
  const going = (now?.handle.members ?? []).filter(({ key }) => keys.includes(key));
  const writer = going.find(({ isWriter }) => isWriter);
  const heir = (now?.handle.members ?? []).find(({ key, status }) => !keys.includes(key) && isReady(status));
  if (writer && heir) await failOver(aws, live, heir, run);
  for (const { id } of going.sort((a, b) => Number(a.isWriter) - Number(b.isWriter))) await deleteMember(aws, id, run);
  await run.wait(
    `AWS to delete the instances of ${live.id}`,
    longest,
    (seen) => !(seen?.handle.members ?? []).some(({ key }) => keys.includes(key)),
  );
}

async function failOver(aws: Aws, live: LiveCluster, heir: Member, run: ClusterRun): Promise<void> {
  const rds = await import("../../aws/sdk/rds.ts");
  const isHeir = (now: LiveCluster | undefined) => now?.handle.members.some(({ id, isWriter }) => id === heir.id && isWriter) === true;
  run.say(`failing over to ${heir.id}, which becomes the writer`);
  await run.until(`${live.id} to accept the failover`, 1800, 15, async () => {
    try {
      await aws.rds(new rds.FailoverDBClusterCommand({ DBClusterIdentifier: live.id, TargetDBInstanceIdentifier: heir.id }));
      return true;
    } catch (error) {
      // The cluster is busy, or the answer of a failover was lost.
      if (!hasCode(error, "InvalidDBClusterStateFault", "InvalidDBInstanceState")) throw error;
      return /already the writer|is the primary/i.test(error.message);
    }
  });
  await run.wait(`${heir.id} to become the writer`, 1800, (now) => isHeir(now) && now?.handle.status === "available");
}

/** Deletes an instance. AWS takes no snapshot of a cluster's instance, and refuses a call that names one. */
export async function deleteMember(aws: Aws, id: string, run: ClusterRun): Promise<void> {
  const rds = await import("../../aws/sdk/rds.ts");
  await run.until(`${id} to accept the deletion`, longest, 15, async () => {
    try {
      await aws.rds(new rds.DeleteDBInstanceCommand({ DBInstanceIdentifier: id }));
      return true;
    } catch (error) {
      if (isNotFound(error)) return true;
      if (!hasCode(error, "InvalidDBInstanceState", "InvalidDBClusterStateFault")) throw error;
      return /already being deleted/i.test(error.message);
    }
  });
}
