import type { OptionConfiguration, OptionGroup as AwsGroup, OptionSetting } from "@aws-sdk/client-rds";
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { addressOfTag, ownership } from "../../resource/ownership.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { AwsId, Blocker, CreateIdentity, Driver, Live, Scope, Tags } from "../kind.ts";
import { descriptionOf, markedDescription, markIn } from "../shared/marked-description.ts";
import { spelled } from "../shared/parameter-groups/values.ts";
import { preflightRdsQuota } from "../shared/rds/limits.ts";
import { rdsReads } from "../shared/rds/objects.ts";
import { conditionOf } from "../shared/rds/status.ts";
import { rdsTagging, rdsTagsOf } from "../shared/rds/tagging.ts";
import { foundOption, settingsToSet, settingsToUnset } from "./options.ts";
import type { DbOptionGroup, OptionSpec } from "./schema.ts";

type Sdk = typeof import("../../aws/sdk/rds.ts");

export interface Handle {
  readonly arn: string;
  /** The settings by option, with their allowed values and their defaults. */
  readonly settings: Readonly<Record<string, readonly OptionSetting[]>>;
}

/** A database that has a group, or that will get it. */
interface Database extends Blocker {
  readonly status: string;
}

/** Options to remove, and options to add or change, in one call. */
interface OptionsChange {
  readonly removed: readonly string[];
  readonly included: readonly OptionConfiguration[];
}

type LiveGroup = Live<DbOptionGroup, Handle>;

export function driver(rds: Sdk): Driver<DbOptionGroup, Handle> {
  return {
    ...rdsReads({
      kind: "dbOptionGroup",
      all,
      one,
      told,
      read: async (aws, found, scope) => {
        const tags = isAwsOwn(found.OptionGroupName!) ? {} : await rdsTagsOf(aws, found.OptionGroupArn!);
        return tags && live(found, tags, scope);
      },
      // A name is free if a create would take the group up again. Only a group with our mark can be like that.
      isTaken: async (aws, found) =>
        markIn(found.OptionGroupDescription) === undefined || !isNobodys((await rdsTagsOf(aws, found.OptionGroupArn!)) ?? {}),
    }),

    /**
     * Creates a group, or takes up again one that an earlier delete left for its snapshots. Such a group has our mark and no ownership
     * tags.
     */
    async create(aws, request, identity, say) {
      try {
        await aws.rds(
          new rds.CreateOptionGroupCommand({
            OptionGroupName: identity.name,
            EngineName: request.engine,
            MajorEngineVersion: request.majorEngineVersion,
            OptionGroupDescription: describe(request, identity),
            Tags: tagList(identity.tags),
          }),
          { once: true },
        );
      } catch (error) {
        if (!hasCode(error, "OptionGroupAlreadyExistsFault")) throw error;
        const found = await one(aws, identity.name);
        const tags = found && (await rdsTagsOf(aws, found.OptionGroupArn!));
        if (!found || !tags || !isLetGo(found, tags, identity)) throw error;
        if (found.EngineName !== request.engine || found.MajorEngineVersion !== request.majorEngineVersion)
          throw new Refusal(
            `The option group ${identity.name} already exists, for ${found.EngineName} ${found.MajorEngineVersion}: AWS keeps it for snapshots of a ` +
              "deleted database. Delete those snapshots and the group, or give this group another `name`.",
          );
        await rdsTagging(aws, found.OptionGroupArn!, identity.tags, []);
        say?.(`${identity.name} already exists, because AWS keeps it for snapshots; infra uses it again`);
      }
      return identity.name;
    },

    /** A setting without a default can only be unset by removing its option and adding it again. */
    async update(aws, _stage, found, request, changes, run) {
      const items = changes.options?.items;
      if (items === undefined) return;
      const changed = items.changed.map(({ key, before, after }) => ({ key, was: before as OptionSpec, now: after as OptionSpec }));
      const renewed = changed.filter(({ key, was, now }) =>
        settingsToUnset(now.settings, was.settings).some((name) => dfltOf(found, key, name) === undefined),
      );
      const removed = [...items.removed.map(({ key }) => key), ...renewed.map(({ key }) => key)];
      const included = [
        ...items.added.map(({ key, value }) => configuration(found, key, value as OptionSpec, {})),
        ...changed.map(({ key, was, now }) => configuration(found, key, now, renewed.some((one) => one.key === key) ? {} : was)),
      ];
      const calls: readonly OptionsChange[] =
        renewed.length > 0
          ? [
              { removed, included: [] },
              { removed: [], included },
            ]
          : [{ removed, included }];
      for (const one of calls) await change(aws, found.id, request.applyImmediately === true, one);
      if (request.applyImmediately === true)
        await run.until(`the databases of ${found.id} to get its options`, 4800, 15, async () => {
          const users = (await databasesWith(aws, [found.id])).get(found.id)!;
          return users.every(({ status }) => conditionOf(status) !== "pending");
        });
    },

    /**
     * Deletes the group. AWS keeps the option group of a database for its snapshots and backups, whoever made them, including our own final
     * snapshots, and may never delete it. If nothing else uses the group, it only loses our tags.
     */
    async delete(aws, found, run) {
      try {
        await unlessGone(aws.rds(new rds.DeleteOptionGroupCommand({ OptionGroupName: found.id })));
      } catch (error) {
        if (!hasCode(error, "InvalidOptionGroupStateFault")) throw error;
        const [databases, kept] = [await databasesWith(aws, [found.id]), await copiesWith(aws, [found.id])];
        if (databases.get(found.id)!.length > 0 || kept.get(found.id)!.length === 0) throw error;
        const names = kept.get(found.id)!.map(({ what }) => what);
        const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
        run.say(`AWS keeps ${found.id} for ${names.slice(0, 3).join(", ")}${more}; infra only removes its own tags from the group`);
        await rdsTagging(aws, found.handle.arn, {}, Object.keys(found.tags).filter(isOwnTag));
      }
    },

    tag: (aws, found, set, remove) => rdsTagging(aws, found.handle.arn, set, remove),

    preflight: (aws, planned, { thorough }) => preflightRdsQuota(aws, planned, "OptionGroups", thorough),

    async blockers(aws, lives) {
      const ids = lives.map(({ id }) => id);
      const [databases, copies] = [await databasesWith(aws, ids), await copiesWith(aws, ids)];
      return new Map(ids.map((id) => [id, [...databases.get(id)!, ...copies.get(id)!]]));
    },
  };

  /**
   * Ignores options that RDS cannot remove because they are gone: an earlier attempt, or this call when it was sent again, may have removed
   * them.
   */
  async function change(aws: Aws, OptionGroupName: string, ApplyImmediately: boolean, { removed, included }: OptionsChange): Promise<void> {
    if (removed.length + included.length === 0) return;
    try {
      await aws.rds(
        new rds.ModifyOptionGroupCommand({
          OptionGroupName,
          ApplyImmediately,
          ...(removed.length > 0 ? { OptionsToRemove: [...removed] } : {}),
          ...(included.length > 0 ? { OptionsToInclude: [...included] } : {}),
        }),
      );
    } catch (error) {
      const has = removed.length === 0 ? undefined : await one(aws, OptionGroupName);
      const left = removed.filter((name) => has?.Options?.some(({ OptionName }) => OptionName === name));
      if (has === undefined || left.length === removed.length) throw error;
      await change(aws, OptionGroupName, ApplyImmediately, { removed: left, included });
    }
  }

  async function* all(aws: Aws): AsyncIterable<AwsGroup> {
    for await (const page of aws.rds.pages(rds.DescribeOptionGroupsCommand, { MaxRecords: 100 }))
      yield* (page.OptionGroupsList ?? []).filter(({ OptionGroupName }) => !isAwsOwn(OptionGroupName!));
  }

  async function one(aws: Aws, OptionGroupName: string): Promise<AwsGroup | undefined> {
    return (await unlessGone(aws.rds(new rds.DescribeOptionGroupsCommand({ OptionGroupName }))))?.OptionGroupsList?.[0];
  }

  async function databasesWith(aws: Aws, groups: readonly AwsId[]): Promise<Map<AwsId, Database[]>> {
    const users = new Map<AwsId, Database[]>(groups.map((id) => [id, []]));
    for await (const page of aws.rds.pages(rds.DescribeDBInstancesCommand, { MaxRecords: 100 }))
      for (const {
        DBInstanceIdentifier: id = "",
        DBInstanceStatus: status = "",
        DBClusterIdentifier,
        OptionGroupMemberships,
      } of page.DBInstances ?? [])
        for (const { OptionGroupName = "" } of OptionGroupMemberships ?? [])
          users.get(OptionGroupName)?.push({ id, what: `database ${id} (${status})`, holder: DBClusterIdentifier ?? id, status });
    return users;
  }

  /** Snapshots, and backups that outlive their database. */
  async function copiesWith(aws: Aws, groups: readonly AwsId[]): Promise<Map<AwsId, Blocker[]>> {
    const users = new Map<AwsId, Blocker[]>(groups.map((id) => [id, []]));
    for await (const page of aws.rds.pages(rds.DescribeDBSnapshotsCommand, { MaxRecords: 100 }))
      for (const { DBSnapshotIdentifier: id = "", OptionGroupName = "" } of page.DBSnapshots ?? [])
        users.get(OptionGroupName)?.push({ id, what: `snapshot ${id}`, holder: id });
    for await (const page of aws.rds.pages(rds.DescribeDBInstanceAutomatedBackupsCommand, { MaxRecords: 100 }))
      for (const { DbiResourceId: id = "", DBInstanceIdentifier, OptionGroupName = "", Status } of page.DBInstanceAutomatedBackups ?? [])
        if (Status === "retained") users.get(OptionGroupName)?.push({ id, what: `backups of ${DBInstanceIdentifier}`, holder: id });
    return users;
  }
}

/** The settings that make an option as written. A setting that is no longer written gets its default. */
function configuration(found: LiveGroup, name: string, now: OptionSpec, was: Partial<OptionSpec>): OptionConfiguration {
  const known = new Map((found.handle.settings[name] ?? []).map((one) => [one.Name, one]));
  const set = settingsToSet(now.settings, was.settings).map((key) => ({
    Name: key,
    Value: spelled(now.settings![key]!, known.get(key)?.IsCollection === true ? undefined : known.get(key)?.AllowedValues),
  }));
  const unset = settingsToUnset(now.settings, was.settings).map((key) => ({ Name: key, Value: known.get(key)!.DefaultValue! }));
  const settings = [...set, ...unset];
  return {
    OptionName: name,
    ...(now.port !== undefined && { Port: now.port }),
    ...(now.securityGroups !== undefined && { VpcSecurityGroupMemberships: [...now.securityGroups] }),
    ...(settings.length > 0 && { OptionSettings: settings }),
  };
}

function dfltOf(found: LiveGroup, option: string, setting: string): string | undefined {
  return found.handle.settings[option]?.find(({ Name }) => Name === setting)?.DefaultValue;
}

/** Whether it is one of AWS's own groups: `default:mysql-8-4`. */
function isAwsOwn(name: string): boolean {
  return name.startsWith("default:");
}

function isLetGo(found: AwsGroup, tags: Tags, { tags: wanted }: CreateIdentity): boolean {
  const mark = markIn(found.OptionGroupDescription);
  return isNobodys(tags) && mark?.project === wanted[ownership.project] && mark?.environment === wanted[ownership.environment];
}

function isNobodys(tags: Tags): boolean {
  return !Object.keys(tags).some(isOwnTag);
}

function isOwnTag(key: string): boolean {
  return key.startsWith("infra:");
}

function describe({ description }: DbOptionGroup, { tags }: CreateIdentity): string {
  const text = description ?? (tags[ownership.resource] ?? "").split("/").at(-1) ?? "";
  return markedDescription(text, tags[ownership.project] ?? "", tags[ownership.environment] ?? "");
}

function told({ OptionGroupName: name, OptionGroupArn: arn, OptionGroupDescription: description }: AwsGroup) {
  return { name: name!, arn: arn!, description };
}

function live(found: AwsGroup, tags: Tags, scope: Scope): LiveGroup {
  const address = addressOfTag(tags[ownership.resource] ?? "");
  const wanted = (scope.wants?.(address, "options") ?? {}) as Readonly<Record<string, OptionSpec>>;
  const options = found.Options ?? [];
  return {
    id: found.OptionGroupName!,
    aliases: [found.OptionGroupArn!],
    tags,
    name: found.OptionGroupName!,
    owner: found.OptionGroupArn!.split(":")[4],
    state: "ready",
    spec: {
      engine: found.EngineName as DbOptionGroup["engine"],
      majorEngineVersion: found.MajorEngineVersion!,
      description: descriptionOf(found.OptionGroupDescription),
      options: Object.fromEntries(options.map((one) => [one.OptionName!, foundOption(one, wanted[one.OptionName!])])),
    },
    handle: {
      arn: found.OptionGroupArn!,
      settings: Object.fromEntries(options.map((one) => [one.OptionName!, one.OptionSettings ?? []])),
    },
    outputs: { arn: found.OptionGroupArn! },
  };
}
