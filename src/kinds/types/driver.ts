/** What is done to an object of any type, through Cloud Control. */
import type { ProgressEvent } from "@aws-sdk/client-cloudcontrol";
import type { TagResourcesOutput } from "@aws-sdk/client-resource-groups-tagging-api";
import type { Aws } from "../../aws/aws.ts";
import { AwsError, classify } from "../../aws/errors.ts";
import { batches, unlessGone } from "../../aws/eventual.ts";
import { tagList } from "../../aws/tagging.ts";
import { ownership, tagOfAddress, tagsOf } from "../../resource/ownership.ts";
import type { AwsId, Driver, Live, Scope, Spec, Tags, Waits } from "../kind.ts";
import { arnsOfEnvironment } from "../shared/tag-index.ts";
import type { Place } from "./curated.ts";
import { losesValues, type TypeFacts } from "./facts.ts";
import { patchOf, writeOnlyPatch, type Operation } from "./patch.ts";
import { finished } from "./progress.ts";

type Sdk = typeof import("../../aws/sdk/cloudcontrol.ts");

/** What a driver needs to know of its type. */
export interface Typed {
  readonly facts: TypeFacts;
  /** "lambda:function"; "*" where nobody knows how its ARN is built. */
  readonly index: string;
  idOf(arn: string): AwsId;
  readonly name?: { readonly field: string; id(name: string, place: Place): AwsId };
  readonly waits: Waits;
  /** What AWS does not answer, it does not have. Of types that nobody tried, it may only not tell. */
  readonly tellsAll: boolean;
}

/** Reads at a time: Cloud Control publishes no rate, and its users meet throttles at about 25 a second. */
const readsAtOnce = 10;

/** How often a create is sent under another token, where an earlier one belongs to a request that failed. */
const mostTokens = 20;

export function driverOf(typed: Typed, sdk: Sdk): Driver<Spec, Spec> {
  const { facts, name } = typed;
  const TypeName = facts.name;
  const limitOf = (wait: Waits["create"] | Waits["delete"]) => (wait === "instant" ? 900 : wait.limit);
  const done = (aws: Aws, begun: ProgressEvent | undefined, limit: number) => finished(sdk, aws, begun, limit);

  return {
    async *list(aws, scope) {
      for (const ids of batches(scope.candidates ?? (await idsIn(aws, scope)), readsAtOnce))
        for (const live of await readAll(aws, ids)) {
          if (live.tags[ownership.environment] !== scope.environment) continue;
          if (scope.address !== undefined && live.tags[ownership.resource] !== tagOfAddress(scope.address)) continue;
          yield live;
        }
    },

    async get(aws, ids) {
      const lives: Live<Spec, Spec>[] = [];
      for (const some of batches(ids, readsAtOnce)) lives.push(...(await readAll(aws, some)));
      return new Map(lives.map((live) => [live.id, live]));
    },

    /** The same token is the same request for 36 hours, also one that failed: then the next token of the same row is taken. */
    async create(aws, request, identity) {
      const DesiredState = JSON.stringify({
        ...request,
        ...(name && { [name.field]: identity.name }),
        [facts.tags!.property]: asTags(identity.tags),
      });
      for (let n = 0; ; n++) {
        const ClientToken = n === 0 ? identity.token : `${identity.token}-${n}`;
        const { ProgressEvent: begun } = await aws.cloudcontrol(new sdk.CreateResourceCommand({ TypeName, DesiredState, ClientToken }));
        if (begun?.OperationStatus === "FAILED" && n < mostTokens) continue;
        const event = await done(aws, begun, limitOf(typed.waits.create));
        return event.Identifier!;
      }
    },

    async update(aws, _stage, live, request, changes, _run) {
      await patch(aws, live, patchOf(facts, Object.keys(changes), request, live.handle), request);
    },

    async delete(aws, live) {
      const begun = await unlessGone(aws.cloudcontrol(new sdk.DeleteResourceCommand({ TypeName, Identifier: live.id })));
      if (begun) await unlessGone(done(aws, begun.ProgressEvent, limitOf(typed.waits.delete)));
    },

    /** By the service's own way where Cloud Control's would lose what it cannot read. */
    async tag(aws, live, set, remove) {
      const arn = [live.id, ...live.aliases].find((one) => one.startsWith("arn:"));
      if (losesValues(facts) && arn !== undefined) return tagByArn(aws, arn, set, remove);
      const [now] = await readAll(aws, [live.id]);
      if (!now) throw gone(live.id);
      const kept = Object.entries(now.tags).filter(([key]) => !remove.includes(key) && !key.startsWith("aws:"));
      const value = asTags({ ...Object.fromEntries(kept), ...set });
      await patch(aws, now, [{ op: "add", path: `/${facts.tags!.property}`, value }], {});
    },

    ...(name && {
      async named(aws: Aws, names: readonly string[]) {
        const lives = await readAll(
          aws,
          names.map((one) => name.id(one, aws)),
        );
        return new Map(lives.flatMap((live) => (live.name === undefined ? [] : [[live.name, live.id] as const])));
      },
    }),
  };

  async function patch(aws: Aws, live: Live<Spec, Spec>, operations: readonly Operation[], request: Spec): Promise<void> {
    const all = [...operations, ...writeOnlyPatch(facts, request, live.handle, operations)];
    if (operations.length === 0) return;
    const { ProgressEvent: begun } = await aws.cloudcontrol(
      new sdk.UpdateResourceCommand({ TypeName, Identifier: live.id, PatchDocument: JSON.stringify(all) }),
    );
    await done(aws, begun, limitOf(typed.waits.create));
  }

  /**
   * What the index of tags shows and what the file names. What has no name of ours is looked for in the whole account, too, because the
   * index may not show it yet.
   */
  async function idsIn(aws: Aws, scope: Scope): Promise<AwsId[]> {
    const arns = typed.index === "*" ? [] : await arnsOfEnvironment(aws, typed.index, scope);
    const names = (scope.namesOf?.(TypeName) ?? []).flatMap((one) => (name ? [name.id(one, aws)] : []));
    const ids = new Set([...arns.map((arn) => typed.idOf(arn)), ...names]);
    if (name && typed.index !== "*") return [...ids];
    for await (const page of aws.cloudcontrol.pages(sdk.ListResourcesCommand, { TypeName }))
      for (const { Identifier } of page.ResourceDescriptions ?? []) if (Identifier !== undefined) ids.add(Identifier);
    return [...ids];
  }

  async function readAll(aws: Aws, ids: readonly AwsId[]): Promise<Live<Spec, Spec>[]> {
    const read = await Promise.all(
      ids.map(async (Identifier) => {
        const answer = await unlessGone(aws.cloudcontrol(new sdk.GetResourceCommand({ TypeName, Identifier })));
        const found = answer?.ResourceDescription;
        return found && liveOf(typed, found.Identifier ?? Identifier, JSON.parse(found.Properties ?? "{}") as Spec);
      }),
    );
    return read.filter((live) => live !== undefined);
  }

  function asTags(tags: Tags): unknown {
    return facts.tags!.form === "map" ? { ...tags } : tagList(tags);
  }
}

function liveOf({ facts, name, tellsAll }: Typed, id: AwsId, properties: Spec): Live<Spec, Spec> {
  const { property, form } = facts.tags!;
  const tags = form === "map" ? ((properties[property] ?? {}) as Tags) : tagsOf(properties[property] as { Key: string; Value: string }[]);
  const made = facts.readOnly.flatMap(([member, ...rest]) => (rest.length === 0 ? [member!] : []));
  const outputs = [...made, ...(name ? [name.field] : [])].flatMap((member) => {
    const value = properties[member];
    return typeof value === "string" || typeof value === "number" ? [[member, String(value)] as const] : [];
  });
  const hidden = new Set([property, ...made, ...(name ? [name.field] : [])]);
  const members = Object.keys(facts.schema.properties ?? {}).filter((member) => !hidden.has(member));
  return {
    id,
    aliases: outputs.flatMap(([, value]) => (value.startsWith("arn:") && value !== id ? [value] : [])),
    tags,
    spec: Object.fromEntries(members.flatMap((member) => (member in properties || tellsAll ? [[member, properties[member]]] : []))),
    handle: properties,
    state: "ready",
    ...(name && typeof properties[name.field] === "string" ? { name: properties[name.field] as string } : {}),
    outputs: Object.fromEntries(outputs),
  };
}

/** Resource Groups Tagging API, TagResources and UntagResources: what fails is told in the answer, not by an error. */
async function tagByArn(aws: Aws, arn: string, set: Tags, remove: readonly string[]): Promise<void> {
  const sdk = await aws.clock.work(import("../../aws/sdk/tagging.ts"));
  const ResourceARNList = [arn];
  const answers: TagResourcesOutput[] = [
    Object.keys(set).length > 0 ? await aws.tagging(new sdk.TagResourcesCommand({ ResourceARNList, Tags: { ...set } })) : {},
    remove.length > 0 ? await aws.tagging(new sdk.UntagResourcesCommand({ ResourceARNList, TagKeys: [...remove] })) : {},
  ];
  for (const { FailedResourcesMap = {} } of answers)
    for (const [failed, { ErrorCode = "InternalServiceException", ErrorMessage = "", StatusCode }] of Object.entries(FailedResourcesMap))
      throw new AwsError({
        class: classify(ErrorCode, ErrorMessage, StatusCode, "TagResources"),
        code: ErrorCode,
        message: `${failed}: ${ErrorMessage}`,
        service: "tagging",
        operation: "TagResources",
        status: StatusCode,
        requestId: undefined,
        attempts: 1,
      });
}

function gone(id: AwsId): AwsError {
  return new AwsError({
    class: "not-found",
    code: "ResourceNotFoundException",
    message: `${id} is gone`,
    service: "cloudcontrol",
    operation: "GetResource",
    status: undefined,
    requestId: undefined,
    attempts: 1,
  });
}
