import { asRead } from "../shared/authored.ts";
import { foreign } from "./foreign.ts";
import type { DescribeSecretResponse, SecretListEntry } from "@aws-sdk/client-secrets-manager";
import type { Aws } from "../../aws/aws.ts";
import { AwsError, hasCode } from "../../aws/errors.ts";
import { unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { useKey } from "../../resource/iam.ts";
import { ownership, tagsOf } from "../../resource/ownership.ts";
import type { CreateIdentity, Driver, Kind, Live, Tags } from "../kind.ts";
import { isOfFile } from "../shared/kms-keys.ts";
import { schema, type Secret } from "./schema.ts";
import { randomValue } from "./value.ts";
import { hasIdentity, isInScope } from "../shared/in-scope.ts";

interface Handle {
  readonly hasValue: boolean;
}

type LiveSecret = Live<Secret, Handle>;
/** A secret from a listing or from a read: the two return versions under different names. */
type Found = SecretListEntry & DescribeSecretResponse;

/** The end of a secret's ARN: six random characters follow its name. */
const end = "secret:*";

/** The tag that keeps `recoveryDays` until the secret is deleted because it has left the YAML. */
const recoveryTag = "infra:recovery-days";
const mostDays = 30;

export const secret: Kind<Secret, Handle> = {
  name: "secret",
  section: "secrets",
  file: "data",
  fromArn: { type: "secretsmanager:secret", idOf: (arn) => arn },
  doc: "A secret of Secrets Manager. Its value is generated at random or set by people; `infra` never reads or shows it.",
  outputs: { arn: "The ARN.", name: "The name in AWS." },
  schema,
  foreign,
  fields: {
    description: { change: "update", late: true },
    generate: { change: "never" },
    kmsKey: { change: "update", same: (request, have) => isSameKey(request, have), urgency: "safety" },
    recoveryDays: { change: "never" },
  },
  stages: [{ name: "create" }],
  create: "name",
  naming: { max: 512, forbidden: /[^A-Za-z0-9/_+=.@-]/ },
  dataLoss: "data",
  marks: ({ recoveryDays = mostDays }) => ({ [recoveryTag]: String(recoveryDays) }),
  waits: { create: "instant", delete: "instant" },
  tagIndex: { type: "secretsmanager:secret" },
  readCost: ({ ours }) => Math.max(1, Math.ceil(ours / 100)),
  iam: {
    read: ["secretsmanager:DescribeSecret", "secretsmanager:ListSecrets"],
    write: [
      "secretsmanager:CreateSecret",
      "secretsmanager:DeleteSecret",
      "secretsmanager:RestoreSecret",
      "secretsmanager:TagResource",
      "secretsmanager:UntagResource",
      "secretsmanager:UpdateSecret",
    ],
    remove: ["secretsmanager:DeleteSecret"],
    onlyFor: { "secretsmanager:UpdateSecret": ["description", "kmsKey"] },
    // A create with tags is also a TagResource (Secrets Manager User Guide, "Tagging secrets").
    access: {
      "secretsmanager:CreateSecret": { made: [end] },
      "secretsmanager:TagResource": { made: [end], ours: [end] },
    },
    // The role needs Decrypt because a change of the key encrypts the value again (Secrets Manager API, UpdateSecret).
    implied: ({ spec }, index, place) =>
      spec.kmsKey === undefined ? [] : [useKey(spec.kmsKey, "secretsmanager", ["Decrypt", "GenerateDataKey"], index, place)],
  },
  authored: asRead,
  drawn: () => ({ as: "beside", glyph: "lock", sub: "secret" }),
  withoutNetwork: "it passes no packets",
  load: async () => driver(await import("../../aws/sdk/secretsmanager.ts")),
};

type Sdk = typeof import("../../aws/sdk/secretsmanager.ts");

function driver(sm: Sdk): Driver<Secret, Handle> {
  return {
    /**
     * Lists secrets. The listing lags by minutes and hides secrets that are scheduled for deletion, so declared secrets that it lacks are
     * read by name.
     */
    async *list(aws, scope) {
      const listed = await withTags(aws, { [ownership.environment]: scope.environment });
      const names = new Set(listed.map(({ name }) => name));
      const missing = (scope.namesOf?.("secret") ?? []).filter((name) => !names.has(name));
      const asked = await Promise.all(missing.map((name) => look(aws, name)));
      for (const one of [...listed, ...asked]) if (one && isInScope(one.tags, scope)) yield one;
    },

    async get(aws, ids) {
      const found = await Promise.all(ids.map((id) => look(aws, id)));
      return new Map(found.filter((one) => one !== undefined).map((one) => [one.id, one]));
    },

    async create(aws, request, identity, say) {
      try {
        const { ARN } = await aws.secretsmanager(
          new sm.CreateSecretCommand({
            Name: identity.name,
            ClientRequestToken: identity.token,
            Tags: tagList(identity.tags),
            ...(request.description !== undefined && { Description: request.description }),
            ...(request.kmsKey !== undefined && { KmsKeyId: request.kmsKey }),
            ...(request.generate !== undefined && { SecretString: randomValue(request.generate) }),
          }),
        );
        return ARN!;
      } catch (error) {
        const isTaken = hasCode(error, "ResourceExistsException");
        const isLeaving = hasCode(error, "InvalidRequestException") && /scheduled for deletion/i.test(error.message);
        if (!isTaken && !isLeaving) throw error;
        const found = await look(aws, identity.name);
        if (!found || !hasIdentity(found.tags, identity)) throw isLeaving ? taken(error, identity) : error;
        if (isLeaving) {
          await aws.secretsmanager(new sm.RestoreSecretCommand({ SecretId: found.id }));
          await aws.secretsmanager(new sm.TagResourceCommand({ SecretId: found.id, Tags: tagList(identity.tags) }));
          say?.(`${identity.name} was scheduled for deletion; infra restores it with the value that it had`);
        }
        return found.id;
      }
    },

    async update(aws, _stage, live, request, changes) {
      await aws.secretsmanager(
        new sm.UpdateSecretCommand({
          SecretId: live.id,
          ...(changes.description && { Description: request.description ?? "" }),
          ...(changes.kmsKey && request.kmsKey !== undefined && { KmsKeyId: request.kmsKey }),
        }),
      );
    },

    async delete(aws, live, run) {
      const days = Number(live.tags[recoveryTag] ?? mostDays);
      try {
        await unlessGone(aws.secretsmanager(new sm.DeleteSecretCommand({ SecretId: live.id, RecoveryWindowInDays: days })));
      } catch (error) {
        if (!hasCode(error, "InvalidRequestException") || (await look(aws, live.id))?.state !== "dead") throw error;
      }
      run.say(`${live.name} can be restored for ${days} days: aws secretsmanager restore-secret --secret-id ${live.name}`);
    },

    async tag(aws, live, set, remove) {
      if (Object.keys(set).length > 0) await aws.secretsmanager(new sm.TagResourceCommand({ SecretId: live.id, Tags: tagList(set) }));
      if (remove.length > 0) await aws.secretsmanager(new sm.UntagResourceCommand({ SecretId: live.id, TagKeys: [...remove] }));
    },

    /**
     * Returns taken names, without secrets that are scheduled for deletion: a create restores our own secret, and is refused for a foreign
     * one.
     */
    async named(aws, names) {
      const found = await Promise.all(names.map((name) => look(aws, name)));
      return new Map(found.filter((one) => one !== undefined && one.state === "ready").map((one) => [one!.name!, one!.id]));
    },

    async find(aws, tags) {
      const found = await withTags(aws, tags);
      return found.filter((one) => Object.entries(tags).every(([key, value]) => one.tags[key] === value)).map(({ id }) => id);
    },
  };

  /**
   * Returns secrets that have these keys and values, but not always in pairs: the filters match prefixes and are independent of each other.
   */
  async function withTags(aws: Aws, tags: Tags): Promise<LiveSecret[]> {
    const Filters = Object.entries(tags).flatMap(([key, value]) => [
      { Key: "tag-key" as const, Values: [key] },
      { Key: "tag-value" as const, Values: [value] },
    ]);
    const found: LiveSecret[] = [];
    for await (const page of aws.secretsmanager.pages(sm.ListSecretsCommand, { Filters, MaxResults: 100 }))
      found.push(...(page.SecretList ?? []).map(liveOf));
    return found;
  }

  async function look(aws: Aws, SecretId: string): Promise<LiveSecret | undefined> {
    const found = await unlessGone(aws.secretsmanager(new sm.DescribeSecretCommand({ SecretId })));
    return found && liveOf(found);
  }
}

function liveOf(found: Found): LiveSecret {
  const arn = found.ARN!;
  const name = found.Name!;
  const hasValue = Object.keys(found.SecretVersionsToStages ?? found.VersionIdsToStages ?? {}).length > 0;
  return {
    id: arn,
    aliases: [name],
    tags: tagsOf(found.Tags),
    name,
    owner: arn.split(":")[4],
    state: found.DeletedDate === undefined ? "ready" : "dead",
    spec: { description: found.Description, kmsKey: found.KmsKeyId },
    handle: { hasValue },
    outputs: { name, arn },
    ...(found.CreatedDate !== undefined && { createdAt: found.CreatedDate.toISOString() }),
    ...(!hasValue && { notes: [`${name} has no value yet: aws secretsmanager put-secret-value --secret-id ${name}`] }),
  };
}

/**
 * Whether two references mean the same key. Secrets Manager returns the key as it was written, so a foreign alias and the key behind it
 * cannot be distinguished. A declared key is also known by its alias.
 */
function isSameKey(request: string, have: string | undefined): boolean {
  if (have === undefined || request === have) return have !== undefined;
  if (isOfFile(request) || isOfFile(have)) return false;
  const [wanted, there] = [request, have].map((key) => key.replace(/^arn:[^/]*:(?=alias\/)/, "").replace(/^arn:[^/]*\//, ""));
  return wanted === there || wanted!.startsWith("alias/") !== there!.startsWith("alias/");
}

/** Returns the error for a name that can be used again only after the recovery window has passed. */
function taken(error: AwsError, identity: CreateIdentity): AwsError {
  return new AwsError(
    { ...error, class: "duplicate", message: `A secret with the name "${identity.name}" is scheduled for deletion` },
    error,
  );
}
