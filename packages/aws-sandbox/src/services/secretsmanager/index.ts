/** Secrets Manager in the sandbox: secrets with one version of a value, tags and a recovery window. Nothing rotates. */
import type {
  CreateSecretRequest,
  DeleteSecretRequest,
  DescribeSecretRequest,
  Filter,
  GetSecretValueRequest,
  ListSecretsRequest,
  RestoreSecretRequest,
  TagResourceRequest,
  UntagResourceRequest,
  UpdateSecretRequest,
} from "@aws-sdk/client-secrets-manager";
import { AwsFault, type Call, type Handler, type ServiceModel } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { invalidRequest, named, needSecret, needUsable, secrets, valueId, type SecretRecord } from "./state.ts";

const day = 24 * 3_600_000;
const mostTags = 50;
const mostBytes = 65_536;

const operations: Record<string, Handler> = {
  /** Creates a secret. A call with the same token and the same value is the same call (Secrets Manager API, CreateSecret). */
  CreateSecret(input: CreateSecretRequest, call) {
    refuseUnknown(call, input, ["Name", "ClientRequestToken", "Description", "KmsKeyId", "SecretString", "Tags"]);
    const name = checkName(input.Name!);
    const known = named(call, name);
    if (known?.goneAt !== undefined)
      throw invalidRequest("You can't create this secret because a secret with this name is already scheduled for deletion.");
    if (known && isSameCall(call, known, input)) return { ARN: known.arn, Name: name, VersionId: known.version };
    if (known) throw new AwsFault("ResourceExistsException", `The operation failed because the secret ${name} already exists.`);
    const suffix = call.id("sec").slice(-6);
    const arn = `arn:${call.partition}:secretsmanager:${call.region}:${call.account}:secret:${name}-${suffix}`;
    const secret: SecretRecord = { arn, name, createdAt: call.now, changedAt: call.now, tags: {} };
    describe(call, secret, input);
    addTags(secret, input.Tags ?? []);
    secrets(call).set(arn, secret);
    call.tagged(arn);
    if (input.SecretString !== undefined) putValue(call, secret, input.SecretString, input.ClientRequestToken);
    return { ARN: arn, Name: name, ...(secret.version !== undefined && { VersionId: secret.version }) };
  },

  DescribeSecret(input: DescribeSecretRequest, call) {
    const secret = needSecret(call, input.SecretId!);
    return { ...shown(secret), ...(secret.version !== undefined && { VersionIdsToStages: { [secret.version]: ["AWSCURRENT"] } }) };
  },

  ListSecrets(input: ListSecretsRequest, call) {
    refuseUnknown(call, input, ["IncludePlannedDeletion", "MaxResults", "NextToken", "Filters"]);
    const all = [...secrets(call).values()].filter(
      (one) =>
        call.sees(one.arn, "tags") &&
        (one.goneAt === undefined || input.IncludePlannedDeletion === true) &&
        (input.Filters ?? []).every((filter) => passes(one, filter)),
    );
    const { items, next } = page(call, all, input, { key: ({ arn }) => arn, max: 100, size: 100 });
    const list = items.map((secret) => ({
      ...shown(secret),
      ...(secret.version !== undefined && { SecretVersionsToStages: { [secret.version]: ["AWSCURRENT"] } }),
    }));
    return { SecretList: list, ...next };
  },

  UpdateSecret(input: UpdateSecretRequest, call) {
    refuseUnknown(call, input, ["SecretId", "ClientRequestToken", "Description", "KmsKeyId", "SecretString"]);
    const secret = needUsable(call, input.SecretId!);
    describe(call, secret, input);
    secret.changedAt = call.now;
    if (input.SecretString !== undefined) putValue(call, secret, input.SecretString, input.ClientRequestToken);
    return { ARN: secret.arn, Name: secret.name };
  },

  GetSecretValue(input: GetSecretValueRequest, call) {
    refuseUnknown(call, input, ["SecretId"]);
    const secret = needUsable(call, input.SecretId!);
    if (secret.version === undefined)
      throw new AwsFault(
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
      );
    const value = call.store.secret(valueId(secret));
    if (value === undefined)
      throw new AwsFault(
        "NotImplemented",
        `The sandbox writes no secret to a file, and the value of ${secret.name} was made by a process that has ended.`,
      );
    return { ARN: secret.arn, Name: secret.name, VersionId: secret.version, SecretString: value, VersionStages: ["AWSCURRENT"] };
  },

  DeleteSecret(input: DeleteSecretRequest, call) {
    const { RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: force } = input;
    if (days !== undefined && force) throw invalid("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
    if (days !== undefined && (days < 7 || days > 30))
      throw invalid("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
    const secret = needUsable(call, input.SecretId!);
    const wait = force ? 0 : (days ?? 30) * day;
    secret.goneAt = call.now + wait;
    call.later(wait, "secretsmanager:gone", { arn: secret.arn });
    return { ARN: secret.arn, Name: secret.name, DeletionDate: new Date(secret.goneAt) };
  },

  RestoreSecret(input: RestoreSecretRequest, call) {
    const secret = needSecret(call, input.SecretId!);
    delete secret.goneAt;
    return { ARN: secret.arn, Name: secret.name };
  },

  TagResource(input: TagResourceRequest, call) {
    const secret = needUsable(call, input.SecretId!);
    addTags(secret, input.Tags!);
    call.tagged(secret.arn);
    return {};
  },

  UntagResource(input: UntagResourceRequest, call) {
    const secret = needUsable(call, input.SecretId!);
    for (const key of input.TagKeys!) delete secret.tags[key];
    call.tagged(secret.arn);
    return {};
  },
};

const transitions = {
  gone({ arn }: { arn: string }, call: Call) {
    const secret = secrets(call).get(arn);
    if (secret?.goneAt !== undefined && secret.goneAt <= call.now) secrets(call).delete(arn);
  },
};

function describe(call: Call, secret: SecretRecord, { Description, KmsKeyId }: CreateSecretRequest | UpdateSecretRequest): void {
  if (Description !== undefined) secret.description = Description;
  if (KmsKeyId === undefined) return;
  if (!call.exists("kmsKey", KmsKeyId)) throw invalid(`The KMS key ${KmsKeyId} was not found, or you are not allowed to use it.`);
  secret.kmsKey = KmsKeyId;
}

function putValue(call: Call, secret: SecretRecord, value: string, token: string | undefined): void {
  if (value === "" || Buffer.byteLength(value) > mostBytes) throw invalid(`A secret value has between 1 and ${mostBytes} bytes.`);
  if (token === undefined || token.length < 32 || token.length > 64)
    throw invalid("ClientRequestToken must have between 32 and 64 characters.");
  secret.version = token;
  call.store.keepSecret(valueId(secret), value);
}

function isSameCall(call: Call, known: SecretRecord, { ClientRequestToken, SecretString }: CreateSecretRequest): boolean {
  return known.version !== undefined && known.version === ClientRequestToken && call.store.secret(valueId(known)) === SecretString;
}

function shown(secret: SecretRecord) {
  return {
    ARN: secret.arn,
    Name: secret.name,
    CreatedDate: new Date(secret.createdAt),
    LastChangedDate: new Date(secret.changedAt),
    Tags: Object.entries(secret.tags).map(([Key, Value]) => ({ Key, Value })),
    ...(secret.description !== undefined && { Description: secret.description }),
    ...(secret.kmsKey !== undefined && { KmsKeyId: secret.kmsKey }),
    ...(secret.goneAt !== undefined && { DeletedDate: new Date(secret.goneAt) }),
  };
}

/**
 * Whether a secret passes a filter. A value matches texts that begin with it; `!` before it negates the match (Secrets Manager API,
 * ListSecrets). Keys and values of tags are not paired.
 */
function passes(secret: SecretRecord, { Key, Values = [] }: Filter): boolean {
  const texts = textsOf(secret, Key ?? "");
  return Values.some((value) => {
    const wanted = value.replace(/^!/, "");
    return texts.some((text) => text.startsWith(wanted)) !== value.startsWith("!");
  });
}

function textsOf(secret: SecretRecord, key: string): readonly string[] {
  switch (key) {
    case "name":
      return [secret.name];
    case "description":
      return [secret.description ?? ""];
    case "tag-key":
      return Object.keys(secret.tags);
    case "tag-value":
      return Object.values(secret.tags);
    default:
      throw new AwsFault("NotImplemented", `The sandbox does not model the filter '${key}' of ListSecrets.`);
  }
}

function checkName(name: string): string {
  if (!/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(name))
    throw invalid("Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!");
  return name;
}

function addTags(secret: SecretRecord, tags: NonNullable<CreateSecretRequest["Tags"]>): void {
  const added = Object.fromEntries(tags.map(({ Key, Value }) => [Key!, Value ?? ""]));
  if (Object.keys(added).some((key) => /^aws:/i.test(key))) throw invalid("Tag keys that begin with aws: are reserved.");
  const after = { ...secret.tags, ...added };
  if (Object.keys(after).length > mostTags) throw new AwsFault("LimitExceededException", `A secret can have at most ${mostTags} tags.`);
  secret.tags = after;
}

function invalid(message: string): AwsFault {
  return new AwsFault("InvalidParameterException", message);
}

export const model: ServiceModel = { operations, transitions };
