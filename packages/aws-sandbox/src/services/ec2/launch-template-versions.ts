/** Versions of launch templates, and the values that a launch takes from one. */
import type {
  CreateLaunchTemplateVersionRequest,
  CreateLaunchTemplateVersionResult,
  DeleteLaunchTemplateVersionsRequest,
  DeleteLaunchTemplateVersionsResult,
  DescribeLaunchTemplateVersionsRequest,
  DescribeLaunchTemplateVersionsResult,
  LaunchTemplateVersion,
  RunInstancesRequest,
} from "@aws-sdk/client-ec2";
import type { Call, Handler } from "../../model.ts";
import { list } from "./describe.ts";
import { invalidCombination, missingParameter, notModelled, required } from "./faults.ts";
import { checkedData, needTemplate, needVersion, noVersion, type TemplateName } from "./launch-templates.ts";
import { within } from "./quotas.ts";
import { launchTemplates, type LaunchTemplateRecord } from "./state.ts";
import { once } from "./tokens.ts";

/** Creates a version. New data is merged over the source version, so old fields survive. Without a source version, the new data is all. */
const create: Handler<CreateLaunchTemplateVersionRequest, CreateLaunchTemplateVersionResult> = (input, call) => {
  const template = needTemplate(call, input);
  const { ids } = once(
    call,
    input,
    () => {
      const source = input.SourceVersion ? template.versions[needVersion(template, input.SourceVersion)]!.data : {};
      const data = { ...source, ...checkedData(input.LaunchTemplateData) };
      within(
        call,
        "launchTemplateVersions",
        Object.keys(template.versions).length,
        "LaunchTemplateVersionLimitExceeded",
        "The maximum number of versions has been reached.",
      );
      const number = ++template.latestVersion;
      template.versions[number] = {
        createdAt: call.now,
        ...(input.VersionDescription ? { description: input.VersionDescription } : {}),
        data,
      };
      return [String(number)];
    },
    128,
  );
  return { LaunchTemplateVersion: describe(call, template, Number(ids[0])) };
};

/** Deletes versions. A successful answer reports failures item by item. */
const remove: Handler<DeleteLaunchTemplateVersionsRequest, DeleteLaunchTemplateVersionsResult> = (input, call) => {
  const template = needTemplate(call, input);
  const done: NonNullable<DeleteLaunchTemplateVersionsResult["SuccessfullyDeletedLaunchTemplateVersions"]> = [];
  const failed: NonNullable<DeleteLaunchTemplateVersionsResult["UnsuccessfullyDeletedLaunchTemplateVersions"]> = [];
  for (const version of required(input.Versions, "LaunchTemplateVersion")) {
    const number = Number(version);
    const item = { LaunchTemplateId: template.id, LaunchTemplateName: template.name, VersionNumber: number };
    if (!template.versions[number])
      failed.push({ ...item, ResponseError: { Code: "launchTemplateVersionDoesNotExist", Message: noVersion(template, version).message } });
    else if (number === template.defaultVersion)
      failed.push({
        ...item,
        ResponseError: { Code: "unexpectedError", Message: "The default version of a launch template cannot be deleted." },
      });
    else {
      delete template.versions[number];
      done.push(item);
    }
  }
  return { SuccessfullyDeletedLaunchTemplateVersions: done, UnsuccessfullyDeletedLaunchTemplateVersions: failed };
};

const describeVersions: Handler<DescribeLaunchTemplateVersionsRequest, DescribeLaunchTemplateVersionsResult> = (input, call) => {
  if (input.ResolveAlias) throw notModelled("ResolveAlias");
  const isNamed = Boolean(input.LaunchTemplateId || input.LaunchTemplateName);
  if (!isNamed) checkAcrossTemplates(input);
  const templates = isNamed ? [needTemplate(call, input)] : [...launchTemplates(call).values()];
  const { found, NextToken } = list(call, input, {
    records: templates.flatMap((template) =>
      numbersOf(template, input).map((number) => ({ id: `${template.id} ${number}`, template, number })),
    ),
    tagged: null,
    pages: [1, 200],
    defaultPage: 200,
    filters: {
      "image-id": ({ template, number }) => template.versions[number]!.data["ImageId"] as string | undefined,
      "instance-type": ({ template, number }) => template.versions[number]!.data["InstanceType"] as string | undefined,
      "is-default-version": ({ template, number }) => number === template.defaultVersion,
    },
  });
  return { NextToken, LaunchTemplateVersions: found.map(({ template, number }) => describe(call, template, number)) };
};

/** Checks a request without a template: it can ask only for the latest or default version of each template. */
function checkAcrossTemplates(input: DescribeLaunchTemplateVersionsRequest): void {
  if (!input.Versions?.length) throw missingParameter("LaunchTemplateId");
  if (input.Versions.some((version) => version !== "$Latest" && version !== "$Default"))
    throw invalidCombination("Without a launch template, only the versions $Latest and $Default can be asked for");
}

function numbersOf(template: LaunchTemplateRecord, input: DescribeLaunchTemplateVersionsRequest): number[] {
  if (input.Versions?.length) return [...new Set(input.Versions.map((version) => needVersion(template, version)))];
  const min = Number(input.MinVersion ?? 1);
  const max = Number(input.MaxVersion ?? template.latestVersion);
  return Object.keys(template.versions)
    .map(Number)
    .filter((number) => number >= min && number <= max)
    .reverse();
}

function describe(call: Call, template: LaunchTemplateRecord, number: number): LaunchTemplateVersion {
  const version = template.versions[number];
  return {
    LaunchTemplateId: template.id,
    LaunchTemplateName: template.name,
    VersionNumber: number,
    VersionDescription: version?.description,
    CreateTime: new Date(version?.createdAt ?? call.now),
    CreatedBy: `arn:${call.partition}:iam::${call.account}:root`,
    DefaultVersion: number === template.defaultVersion,
    LaunchTemplateData: version?.data,
  };
}

/** The version that a reference to a template means; `$Default` when it names none. Other services' models use it too. */
export function resolveTemplate(
  call: Call,
  reference: TemplateName & { readonly Version?: string | undefined },
): { template: LaunchTemplateRecord; version: number; data: RunInstancesRequest } {
  const template = needTemplate(call, reference);
  const version = needVersion(template, reference.Version ?? "$Default");
  return { template, version, data: template.versions[version]!.data as unknown as RunInstancesRequest };
}

/** A launch request completed with the values of its template. Disks are merged by device, tags by type and key. */
export function withTemplate(
  call: Call,
  request: RunInstancesRequest,
): { request: RunInstancesRequest; template?: { id: string; version: number } } {
  if (!request.LaunchTemplate) return { request };
  const { template, version, data } = resolveTemplate(call, request.LaunchTemplate);
  const own = Object.fromEntries(
    Object.entries(request).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)),
  ) as unknown as RunInstancesRequest;
  const devices = new Map(
    [...(data.BlockDeviceMappings ?? []), ...(own.BlockDeviceMappings ?? [])].map((mapping) => [mapping.DeviceName, mapping]),
  );
  const merged: RunInstancesRequest = {
    ...data,
    ...own,
    BlockDeviceMappings: [...devices.values()],
    TagSpecifications: mergeTags(data, own),
  };
  if (merged.ImageId?.startsWith("resolve:ssm:")) throw notModelled("images by parameter in launch templates");
  return { request: merged, template: { id: template.id, version } };
}

function mergeTags(data: RunInstancesRequest, own: RunInstancesRequest): NonNullable<RunInstancesRequest["TagSpecifications"]> {
  const byType = new Map<string, Map<string, string>>();
  for (const { ResourceType: type = "instance", Tags } of [...(data.TagSpecifications ?? []), ...(own.TagSpecifications ?? [])]) {
    const tags = byType.get(type) ?? new Map<string, string>();
    byType.set(type, tags);
    for (const { Key, Value } of Tags ?? []) if (Key !== undefined) tags.set(Key, Value ?? "");
  }
  return [...byType].map(([type, tags]) => ({ ResourceType: type as "instance", Tags: [...tags].map(([Key, Value]) => ({ Key, Value })) }));
}

export const launchTemplateVersionOperations: Record<string, Handler> = {
  CreateLaunchTemplateVersion: create,
  DeleteLaunchTemplateVersions: remove,
  DescribeLaunchTemplateVersions: describeVersions,
};
