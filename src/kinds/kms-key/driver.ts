import type { AliasListEntry, KeyMetadata } from "@aws-sdk/client-kms";
import type { Aws } from "../../aws/aws.ts";
import { hasCode, isDenied } from "../../aws/errors.ts";
import { soon, unlessGone } from "../../aws/eventual.ts";
import { addressOfTag, ownership } from "../../resource/ownership.ts";
import type { AwsId, Changes, CreateIdentity, Driver, Live, Scope, Tags } from "../kind.ts";
import { parsedPolicy, policyText } from "../shared/policies/documents.ts";
import { arnsTagged, indexedOfEnvironment } from "../shared/tag-index.ts";
import type { KmsKey } from "./schema.ts";
import { hasIdentity, isInScope } from "../shared/in-scope.ts";

export interface Handle {
  readonly keyId: string;
  /** All its aliases, including foreign ones, without `alias/`. */
  readonly aliases: readonly string[];
}

type Sdk = typeof import("../../aws/sdk/kms.ts");
type LiveKey = Live<KmsKey, Handle>;

/** Milliseconds for which the tag index may not show a new key. */
const indexLag = 3_600_000;

/** Data that the tags keep for a delete: the days in which a deleted key can be restored, and the alias that we gave it. */
export interface Kept {
  readonly days: number;
  readonly alias: string | undefined;
}

/** The driver of KMS keys. `kept` reads the data that the tags of a key keep. */
export function driver(kms: Sdk, kept: (tags: Tags) => Kept): Driver<KmsKey, Handle> {
  return {
    async *list(aws, scope) {
      const aliases = await aliasesOf(aws);
      const indexed = await indexedOfEnvironment(aws, "kms:key", scope);
      const ids = new Set([
        ...indexed.map(({ arn }) => idOf(arn)),
        ...(scope.address === undefined ? recent(aws, aliases) : await everyKey(aws)),
      ]);
      // A key with our tags that cannot be read is not foreign. If it were treated as foreign, it would be created a second time.
      const ours = new Set(indexed.flatMap(({ arn, isOurs }) => (isOurs ? [idOf(arn)] : [])));
      const read = (id: string) => observe(aws, id, aliases, scope);
      const found = await Promise.all([...ids].map((id) => (ours.has(id) ? read(id) : unlessDenied(read(id)))));
      for (const live of found) if (live && isInScope(live.tags, scope)) yield live;
    },

    async get(aws, ids, scope) {
      const aliases = await aliasesOf(aws);
      const found = await Promise.all(ids.map((id) => observe(aws, id, aliases, scope)));
      return new Map(found.flatMap((live) => (live ? [[live.id, live] as const] : [])));
    },

    /**
     * Creates a key. A key has no name and its create no token, so a key that an earlier run made is looked for among all keys of the
     * account. A key that waits for its deletion is restored, because only that key can read the data that it encrypted.
     */
    async create(aws, request, identity, say) {
      const known = await madeBefore(aws, request, identity);
      if (known?.state === "dead") {
        await aws.kms(new kms.CancelKeyDeletionCommand({ KeyId: known.handle.keyId }));
        await aws.kms(new kms.TagResourceCommand({ KeyId: known.id, Tags: tagList(identity.tags) }));
        say?.(`cancelled the scheduled deletion of ${known.handle.keyId}, so the data that it encrypted can be read again`);
      }
      if (known) return known.id;
      const { KeyMetadata: made } = await aws.kms(
        new kms.CreateKeyCommand({
          Tags: tagList(identity.tags),
          ...(request.description !== undefined && { Description: request.description }),
          ...(request.policy !== undefined && { Policy: policyText(request.policy) }),
          ...(request.spec !== undefined && { KeySpec: request.spec }),
          ...(request.usage !== undefined && { KeyUsage: request.usage }),
          ...(request.multiRegion !== undefined && { MultiRegion: request.multiRegion }),
        }),
        { once: true },
      );
      return made!.Arn!;
    },

    async update(aws, stage, live, request, changes) {
      if (stage === "alias") return rename(aws, live, request.alias?.replace(/^alias\//, ""));
      await change(aws, live, request, changes);
    },

    /** Deletes the alias first, because the alias of a key that waits for its deletion would stay taken until the end. */
    async delete(aws, live, run) {
      const { alias } = live.spec;
      const { days } = kept(live.tags);
      if (alias !== undefined) await unlessGone(aws.kms(new kms.DeleteAliasCommand({ AliasName: `alias/${alias}` })));
      await unlessGone(aws.kms(new kms.ScheduleKeyDeletionCommand({ KeyId: live.handle.keyId, PendingWindowInDays: days })));
      run.say(
        `${live.handle.keyId} can be restored for ${days} days: declare it again, or run \`aws kms cancel-key-deletion --key-id ${live.handle.keyId}\``,
      );
    },

    async tag(aws, live, set, remove) {
      if (Object.keys(set).length > 0) await aws.kms(new kms.TagResourceCommand({ KeyId: live.id, Tags: tagList(set) }));
      if (remove.length > 0) await aws.kms(new kms.UntagResourceCommand({ KeyId: live.id, TagKeys: [...remove] }));
    },

    /** Finds a key by an alias, with or without `alias/`, or by an id. */
    async named(aws, names) {
      const found = await Promise.all(names.map(async (name) => [name, (await unlessGone(describe(aws, asName(name))))?.Arn] as const));
      return new Map(found.flatMap(([name, arn]) => (arn === undefined ? [] : [[name, arn] as const])));
    },

    async find(aws, tags) {
      const aliases = await aliasesOf(aws);
      const found = await Promise.all((await arnsTagged(aws, "kms:key", tags)).map((arn) => observe(aws, arn, aliases)));
      const isMeant = (live: LiveKey) => live.state === "ready" && Object.entries(tags).every(([key, value]) => live.tags[key] === value);
      return found
        .filter((live) => live !== undefined)
        .filter(isMeant)
        .map(({ id }) => id);
    },
  };

  async function aliasesOf(aws: Aws): Promise<AliasListEntry[]> {
    const all: AliasListEntry[] = [];
    for await (const page of aws.kms.pages(kms.ListAliasesCommand, { Limit: 100 })) all.push(...(page.Aliases ?? []));
    return all.filter(({ AliasName }) => !AliasName!.startsWith("alias/aws/"));
  }

  async function everyKey(aws: Aws): Promise<string[]> {
    const ids: string[] = [];
    for await (const page of aws.kms.pages(kms.ListKeysCommand, { Limit: 1000 })) ids.push(...(page.Keys ?? []).map(({ KeyId }) => KeyId!));
    return ids;
  }

  async function madeBefore(aws: Aws, request: KmsKey, identity: CreateIdentity): Promise<LiveKey | undefined> {
    const aliases = await aliasesOf(aws);
    const all = await Promise.all((await everyKey(aws)).map((id) => unlessDenied(observe(aws, id, aliases))));
    const own = all
      .filter((live) => live !== undefined)
      .filter((live) => hasIdentity(live.tags, identity) && !isOfService(live.tags) && canBe(live.spec, request));
    return own.find(({ state }) => state !== "dead") ?? own.find(({ state }) => state === "dead");
  }

  async function describe(aws: Aws, KeyId: string): Promise<KeyMetadata | undefined> {
    const { KeyMetadata: found } = await aws.kms(new kms.DescribeKeyCommand({ KeyId }));
    return found;
  }

  /** Reads a key. Undefined for a key that is gone, and for AWS's own keys, which have no tags. */
  async function observe(aws: Aws, id: AwsId, aliases: readonly AliasListEntry[], scope?: Scope): Promise<LiveKey | undefined> {
    const found = await unlessGone(describe(aws, id));
    if (!found || found.KeyManager === "AWS") return undefined;
    const tags = await unlessGone(tagsOf(aws, found.KeyId!));
    if (!tags) return undefined;
    const address = addressOfTag(tags[ownership.resource] ?? "");
    const named = address || (scope?.adoptedAs?.(found.Arn!) ?? "");
    const asks = (...fields: readonly string[]) => !scope?.existence && fields.some((field) => scope?.asks(address, field));
    const [policy, rotation] = await Promise.all([
      asks("policy") ? unlessGone(policyOf(aws, found.KeyId!)) : undefined,
      asks("rotation", "rotationPeriod") ? unlessGone(rotationOf(aws, found)) : undefined,
    ]);
    const names = aliases
      .filter(({ TargetKeyId }) => TargetKeyId === found.KeyId)
      .map(({ AliasName }) => AliasName!.slice("alias/".length));
    return live(found, tags, names, { ...policy, ...rotation }, [kept(tags).alias, scope?.wants?.(named, "alias")]);
  }

  async function tagsOf(aws: Aws, KeyId: string): Promise<Tags> {
    const { Tags: list = [] } = await aws.kms(new kms.ListResourceTagsCommand({ KeyId, Limit: 50 }));
    return Object.fromEntries(list.map(({ TagKey, TagValue }) => [TagKey!, TagValue ?? ""]));
  }

  async function policyOf(aws: Aws, KeyId: string): Promise<Pick<KmsKey, "policy">> {
    const { Policy } = await aws.kms(new kms.GetKeyPolicyCommand({ KeyId, PolicyName: "default" }));
    return Policy === undefined ? {} : { policy: parsedPolicy(Policy) ?? Policy };
  }

  /** Reads the rotation. Only symmetric keys are rotated; AWS does not answer for others. */
  async function rotationOf(aws: Aws, { KeyId, KeySpec }: KeyMetadata): Promise<Pick<KmsKey, "rotation" | "rotationPeriod">> {
    if (KeySpec !== "SYMMETRIC_DEFAULT") return { rotation: false };
    const found = await aws.kms(new kms.GetKeyRotationStatusCommand({ KeyId: KeyId! }));
    const isOn = found.KeyRotationEnabled === true;
    return { rotation: isOn, ...(isOn && found.RotationPeriodInDays !== undefined && { rotationPeriod: found.RotationPeriodInDays }) };
  }

  /**
   * Changes a key. A disabled key takes no other change, so enabling comes first and disabling last. The calls use the id, because
   * emulators know no ARN there.
   */
  async function change(aws: Aws, { handle: { keyId: KeyId } }: LiveKey, request: KmsKey, changes: Changes<KmsKey>): Promise<void> {
    if (changes.enabled && request.enabled !== false) await aws.kms(new kms.EnableKeyCommand({ KeyId }));
    if (changes.description) await aws.kms(new kms.UpdateKeyDescriptionCommand({ KeyId, Description: request.description ?? "" }));
    if (changes.policy && request.policy !== undefined)
      await aws.kms(new kms.PutKeyPolicyCommand({ KeyId, PolicyName: "default", Policy: policyText(request.policy) }));
    if (changes.rotation || changes.rotationPeriod) await rotate(aws, KeyId, request);
    if (changes.enabled && request.enabled === false) await aws.kms(new kms.DisableKeyCommand({ KeyId }));
  }

  async function rotate(aws: Aws, KeyId: AwsId, { rotation, rotationPeriod }: KmsKey): Promise<void> {
    if (rotation === true)
      await aws.kms(
        new kms.EnableKeyRotationCommand({ KeyId, ...(rotationPeriod !== undefined && { RotationPeriodInDays: rotationPeriod }) }),
      );
    if (rotation === false) await aws.kms(new kms.DisableKeyRotationCommand({ KeyId }));
  }

  /** Renames the key. The new alias is created before the old one is deleted, so that the key always has one. */
  async function rename(aws: Aws, { id, handle, spec }: LiveKey, alias: string | undefined): Promise<void> {
    if (alias === undefined) return;
    const AliasName = `alias/${alias}`;
    try {
      await soon(aws, () => aws.kms(new kms.CreateAliasCommand({ AliasName, TargetKeyId: id })));
    } catch (error) {
      if (!hasCode(error, "AlreadyExistsException") || (await describe(aws, AliasName))?.Arn !== id) throw error;
    }
    if (spec.alias !== undefined && spec.alias !== alias && handle.aliases.includes(spec.alias))
      await unlessGone(aws.kms(new kms.DeleteAliasCommand({ AliasName: `alias/${spec.alias}` })));
  }
}

/** The keys whose alias is so new that the tag index may not show them. */
function recent(aws: Aws, aliases: readonly AliasListEntry[]): string[] {
  const isNew = ({ LastUpdatedDate, CreationDate }: AliasListEntry) =>
    aws.clock.now() - (LastUpdatedDate ?? CreationDate ?? new Date(0)).getTime() < indexLag;
  return aliases.filter(isNew).flatMap(({ TargetKeyId }) => TargetKeyId ?? []);
}

/** Undefined where the answer is a denial: a key whose policy lets nobody of this account read it is foreign. */
async function unlessDenied<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isDenied(error) && hasCode(error, "AccessDeniedException")) return undefined;
    throw error;
  }
}

function live(
  found: KeyMetadata,
  tags: Tags,
  names: readonly string[],
  read: Pick<KmsKey, "policy" | "rotation" | "rotationPeriod">,
  given: readonly unknown[],
): LiveKey {
  const [arn, keyId] = [found.Arn!, found.KeyId!];
  const alias = ourAlias(names, given);
  const isWaiting = /^Pending(Replica)?Deletion$/.test(found.KeyState ?? "");
  return {
    id: arn,
    aliases: [keyId, ...names.flatMap((name) => [`alias/${name}`, `${arn.replace(/:key\/.*$/, "")}:alias/${name}`])],
    tags,
    owner: arn.split(":")[4],
    state: isWaiting ? "dead" : /^(Creating|Updating)$/.test(found.KeyState ?? "") ? "pending" : "ready",
    spec: {
      alias,
      description: found.Description ?? "",
      enabled: found.KeyState !== "Disabled",
      spec: found.KeySpec as KmsKey["spec"],
      usage: found.KeyUsage as KmsKey["usage"],
      multiRegion: found.MultiRegion ?? false,
      ...read,
    },
    handle: { keyId, aliases: names },
    outputs: { arn, keyId, ...(alias !== undefined && { alias: `alias/${alias}` }) },
    ...(found.CreationDate !== undefined && { createdAt: found.CreationDate.toISOString() }),
  };
}

/**
 * The alias that counts: the one that we gave, else the one that the file asks for, else the only one. Others may give a key more aliases.
 */
function ourAlias(names: readonly string[], given: readonly unknown[]): string | undefined {
  const known = given.map((one) => String(one).replace(/^alias\//, "")).find((one) => names.includes(one));
  return known ?? (names.length === 1 ? names[0] : undefined);
}

/** Whether an existing key has the requested type and usage, which cannot change. */
function canBe(have: Partial<KmsKey>, { spec = "SYMMETRIC_DEFAULT", usage = "ENCRYPT_DECRYPT", multiRegion = false }: KmsKey): boolean {
  return have.spec === spec && (have.usage ?? "ENCRYPT_DECRYPT") === usage && have.multiRegion === multiRegion;
}

/** Whether a service made the key. A service that copies our tags adds a tag of its own. */
function isOfService(tags: Tags): boolean {
  return Object.keys(tags).some((key) => /^(aws|eks|elasticbeanstalk|karpenter\.sh)[:/]/.test(key));
}

function tagList(tags: Tags): { TagKey: string; TagValue: string }[] {
  return Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
}

function idOf(arn: AwsId): string {
  return arn.replace(/^.*:key\//, "");
}

/** The form of a written name that DescribeKey accepts. */
function asName(name: string): string {
  return name.startsWith("alias/") || /^([0-9a-f]{8}-[0-9a-f-]{27}|mrk-[0-9a-f]{32})$/.test(name) ? name : `alias/${name}`;
}
