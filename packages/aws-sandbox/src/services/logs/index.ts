/** CloudWatch Logs in the sandbox: log groups with their settings and tags. They hold no logs. */
import type {
  AssociateKmsKeyRequest,
  CreateLogGroupRequest,
  DeleteLogGroupRequest,
  DeleteRetentionPolicyRequest,
  DescribeLogGroupsRequest,
  DisassociateKmsKeyRequest,
  ListTagsForResourceRequest,
  PutRetentionPolicyRequest,
  TagResourceRequest,
  UntagResourceRequest,
} from "@aws-sdk/client-cloudwatch-logs";
import { AwsFault, type Call, type Handler, type ServiceModel } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { arnOf, logGroups, nameOf, needGroup, type LogGroupRecord } from "./state.ts";

/** The days that PutRetentionPolicy allows (CloudWatch Logs API, PutRetentionPolicy). */
const days = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
const classes = ["STANDARD", "INFREQUENT_ACCESS", "ESSENTIALS", "DELIVERY"];
const mostTags = 50;
const mostIdentifiers = 50;

const operations: Record<string, Handler> = {
  CreateLogGroup(input: CreateLogGroupRequest, call) {
    refuseUnknown(call, input, ["logGroupName", "kmsKeyId", "tags", "logGroupClass"], { deletionProtectionEnabled: false });
    const name = checkName(input.logGroupName!);
    const group: LogGroupRecord = { name, createdAt: call.now, class: input.logGroupClass ?? "STANDARD", tags: {} };
    if (!classes.includes(group.class))
      throw invalid(`1 validation error detected: Value '${group.class}' at 'logGroupClass' failed to satisfy constraint`);
    addTags(group, input.tags ?? {});
    if (input.kmsKeyId !== undefined) group.kmsKey = checkKey(call, input.kmsKeyId);
    if (logGroups(call).has(name)) throw new AwsFault("ResourceAlreadyExistsException", "The specified log group already exists");
    logGroups(call).set(name, group);
    call.tagged(name);
    return {};
  },

  DeleteLogGroup(input: DeleteLogGroupRequest, call) {
    logGroups(call).delete(needGroup(call, input.logGroupName!).name);
    return {};
  },

  /** Describes log groups. `logGroupIdentifiers` is a filter: an unknown one is not an error. */
  DescribeLogGroups(input: DescribeLogGroupsRequest, call) {
    refuseUnknown(call, input, ["logGroupIdentifiers", "logGroupNamePrefix", "logGroupNamePattern", "logGroupClass", "limit", "nextToken"]);
    const { logGroupIdentifiers: asked, logGroupNamePrefix: prefix = "", logGroupNamePattern: pattern = "" } = input;
    if (prefix !== "" && pattern !== "") throw invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
    checkIdentifiers(input);
    const names = asked && new Set(asked.map((one) => nameOf(call, one)));
    const all = [...logGroups(call).values()]
      .filter(
        ({ name }) =>
          call.sees(name, "id") &&
          (names ? names.has(name) : name.startsWith(prefix) && name.toLowerCase().includes(pattern.toLowerCase())),
      )
      .filter((group) => input.logGroupClass === undefined || group.class === input.logGroupClass)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const { items, next } = page(call, all, input, { key: ({ name }) => name, max: 50, size: 50, names: "logs" });
    return { logGroups: items.map((group) => shown(call, group)), ...next };
  },

  PutRetentionPolicy(input: PutRetentionPolicyRequest, call) {
    const group = needGroup(call, input.logGroupName!);
    if (!days.includes(input.retentionInDays!))
      throw invalid(
        `1 validation error detected: Value '${input.retentionInDays}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${days.join(", ")}]`,
      );
    refuseDelivery(group);
    group.retention = input.retentionInDays!;
    return {};
  },

  DeleteRetentionPolicy(input: DeleteRetentionPolicyRequest, call) {
    const group = needGroup(call, input.logGroupName!);
    refuseDelivery(group);
    delete group.retention;
    return {};
  },

  AssociateKmsKey(input: AssociateKmsKeyRequest, call) {
    const group = needGroup(call, groupNamed(call, input));
    group.kmsKey = checkKey(call, input.kmsKeyId!);
    return {};
  },

  DisassociateKmsKey(input: DisassociateKmsKeyRequest, call) {
    delete needGroup(call, groupNamed(call, input)).kmsKey;
    return {};
  },

  ListTagsForResource(input: ListTagsForResourceRequest, call) {
    return { tags: { ...tagged(call, input.resourceArn!).tags } };
  },

  TagResource(input: TagResourceRequest, call) {
    const group = tagged(call, input.resourceArn!);
    addTags(group, input.tags!);
    call.tagged(group.name);
    return {};
  },

  UntagResource(input: UntagResourceRequest, call) {
    const group = tagged(call, input.resourceArn!);
    for (const key of input.tagKeys!) delete group.tags[key];
    call.tagged(group.name);
    return {};
  },
};

function shown(call: Call, group: LogGroupRecord) {
  return {
    logGroupName: group.name,
    creationTime: group.createdAt,
    metricFilterCount: 0,
    arn: `${arnOf(call, group.name)}:*`,
    logGroupArn: arnOf(call, group.name),
    logGroupClass: group.class,
    storedBytes: 0,
    // A group of class DELIVERY always keeps its logs for one day (CloudWatch Logs API, CreateLogGroup).
    ...(group.class === "DELIVERY" ? { retentionInDays: 1 } : group.retention !== undefined && { retentionInDays: group.retention }),
    ...(group.kmsKey !== undefined && { kmsKeyId: group.kmsKey }),
  };
}

function checkName(name: string): string {
  if (!/^[A-Za-z0-9_/.#-]{1,512}$/.test(name))
    throw invalid(
      `1 validation error detected: Value '${name}' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+`,
    );
  if (name.startsWith("aws/")) throw invalid("Log groups starting with aws/ are reserved for AWS.");
  return name;
}

/** Checks a key, which must be given by its ARN and usable by the service (CloudWatch Logs API, CreateLogGroup). */
function checkKey(call: Call, key: string): string {
  if (!/^arn:[^:]+:kms:[^:]+:\d{12}:key\/./.test(key)) throw invalid("Invalid KMS key ARN: the full ARN of the key must be given.");
  if (!call.exists("kmsKey", key)) throw invalid(`The specified KMS key does not exist or is not allowed to be used with Arn '${key}'`);
  return key;
}

function checkIdentifiers(input: DescribeLogGroupsRequest): void {
  const { logGroupIdentifiers: asked, logGroupNamePrefix, logGroupNamePattern, logGroupClass, limit, nextToken } = input;
  if (asked === undefined) return;
  if (asked.length < 1 || asked.length > mostIdentifiers)
    throw invalid(`logGroupIdentifiers must have between 1 and ${mostIdentifiers} entries`);
  const others = [logGroupNamePrefix, logGroupNamePattern, logGroupClass, limit, nextToken];
  if (others.some((one) => one !== undefined)) throw invalid("logGroupIdentifiers cannot be combined with other filters or with paging");
}

function refuseDelivery(group: LogGroupRecord): void {
  if (group.class === "DELIVERY") throw invalid("The retention of a log group of the DELIVERY class cannot be changed.");
}

function groupNamed(call: Call, { logGroupName, resourceIdentifier }: AssociateKmsKeyRequest | DisassociateKmsKeyRequest): string {
  if ((logGroupName === undefined) === (resourceIdentifier === undefined))
    throw invalid("Exactly one of logGroupName and resourceIdentifier must be given.");
  return nameOf(call, (logGroupName ?? resourceIdentifier)!);
}

/** The log group of a call about tags, which takes the ARN without `:*` (CloudWatch Logs API, TagResource). */
function tagged(call: Call, arn: string): LogGroupRecord {
  const prefix = arnOf(call, "");
  if (!arn.startsWith(prefix)) throw invalid(`Invalid resource ARN: ${arn}`);
  return needGroup(call, arn.slice(prefix.length));
}

function addTags(group: LogGroupRecord, tags: Readonly<Record<string, string>>): void {
  if (Object.keys(tags).some((key) => /^aws:/i.test(key))) throw invalid("Tag keys that begin with aws: are reserved.");
  const after = { ...group.tags, ...tags };
  if (Object.keys(after).length > mostTags) throw new AwsFault("TooManyTagsException", `A log group can have at most ${mostTags} tags.`);
  group.tags = after;
}

function invalid(message: string): AwsFault {
  return new AwsFault("InvalidParameterException", message);
}

export const model: ServiceModel = { operations };
