/** Launch templates: a name, a default, and versions that never change. */
import type {
  CreateLaunchTemplateRequest,
  CreateLaunchTemplateResult,
  DeleteLaunchTemplateRequest,
  DeleteLaunchTemplateResult,
  DescribeLaunchTemplatesRequest,
  DescribeLaunchTemplatesResult,
  LaunchTemplate,
  ModifyLaunchTemplateRequest,
  ModifyLaunchTemplateResult,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { list } from "./describe.ts";
import { invalidCombination, missingParameter, required } from "./faults.ts";
import { idKinds, need } from "./ids.ts";
import { within } from "./quotas.ts";
import { launchTemplateNames, launchTemplates, type LaunchTemplateRecord } from "./state.ts";
import { dropTags, giveTags, tagList, tagsToBe } from "./tags.ts";
import { once } from "./tokens.ts";

const create: Handler<CreateLaunchTemplateRequest, CreateLaunchTemplateResult> = (input, call) => {
  const { ids } = once(
    call,
    input,
    () => {
      const name = required(input.LaunchTemplateName, "LaunchTemplateName");
      if (!/^[a-zA-Z0-9().\-/_]{3,128}$/.test(name))
        throw new AwsFault(
          "InvalidLaunchTemplateName.MalformedException",
          "Launch template name must be 3 to 128 characters of a-zA-Z0-9().-/_",
        );
      const data = checkedData(input.LaunchTemplateData);
      const tags = tagsToBe(input.TagSpecifications, "launch-template");
      if (launchTemplateNames(call).has(name))
        throw new AwsFault("InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use.");
      within(
        call,
        "launchTemplates",
        launchTemplates(call).size,
        "LaunchTemplateLimitExceeded",
        "The maximum number of launch templates has been reached.",
      );
      const made: LaunchTemplateRecord = {
        id: call.id("lt"),
        name,
        createdAt: call.now,
        defaultVersion: 1,
        latestVersion: 1,
        versions: { 1: { createdAt: call.now, ...(input.VersionDescription ? { description: input.VersionDescription } : {}), data } },
      };
      launchTemplates(call).set(made.id, made);
      launchTemplateNames(call).set(name, { owner: made.id });
      giveTags(call, made.id, tags["launch-template"]);
      return [made.id];
    },
    128,
  );
  const made = launchTemplates(call).get(ids[0]!);
  return { LaunchTemplate: made ? describe(call, made) : { LaunchTemplateId: ids[0], LaunchTemplateName: input.LaunchTemplateName } };
};

/** Checks the data of a version. Only empty data is refused now; the values are checked at a launch. */
export function checkedData(data: object | undefined): Record<string, unknown> {
  const given = Object.entries(data ?? {}).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0));
  if (given.length === 0) throw missingParameter("LaunchTemplateData");
  return Object.fromEntries(given);
}

export interface TemplateName {
  readonly LaunchTemplateId?: string | undefined;
  readonly LaunchTemplateName?: string | undefined;
}

export function needTemplate(call: Call, { LaunchTemplateId: id, LaunchTemplateName: name }: TemplateName): LaunchTemplateRecord {
  if (id && name) throw invalidCombination("Only one of LaunchTemplateId and LaunchTemplateName may be given");
  if (id) return need(call, idKinds.launchTemplate, id, "LaunchTemplateId");
  const owner = launchTemplateNames(call).get(required(name, "LaunchTemplateId"));
  if (!owner || !call.sees(owner.owner, "id"))
    throw new AwsFault(
      "InvalidLaunchTemplateName.NotFoundException",
      `The specified launch template, with template name ${name}, does not exist.`,
    );
  return launchTemplates(call).get(owner.owner)!;
}

/** The number of a version that is given as a number, `$Latest` or `$Default`. */
export function needVersion(template: LaunchTemplateRecord, version: string): number {
  const number = version === "$Latest" ? template.latestVersion : version === "$Default" ? template.defaultVersion : Number(version);
  if (!template.versions[number]) throw noVersion(template, version);
  return number;
}

export function noVersion(template: LaunchTemplateRecord, version: string): AwsFault {
  return new AwsFault(
    "InvalidLaunchTemplateId.VersionNotFound",
    `Could not find the specified version ${version} for the launch template with ID ${template.id}.`,
  );
}

const modify: Handler<ModifyLaunchTemplateRequest, ModifyLaunchTemplateResult> = (input, call) => {
  const template = needTemplate(call, input);
  template.defaultVersion = needVersion(template, required(input.DefaultVersion, "SetDefaultVersion"));
  return { LaunchTemplate: describe(call, template) };
};

/** Deletes a template. Auto Scaling groups that launch from it do not prevent it. */
const remove: Handler<DeleteLaunchTemplateRequest, DeleteLaunchTemplateResult> = (input, call) => {
  const template = needTemplate(call, input);
  const shown = describe(call, template);
  launchTemplates(call).delete(template.id);
  launchTemplateNames(call).delete(template.name);
  dropTags(call, template.id);
  return { LaunchTemplate: shown };
};

const describeTemplates: Handler<DescribeLaunchTemplatesRequest, DescribeLaunchTemplatesResult> = (input, call) => {
  const named = (input.LaunchTemplateNames ?? []).map((LaunchTemplateName) => needTemplate(call, { LaunchTemplateName }).id);
  const { found, NextToken } = list<LaunchTemplateRecord>(call, input, {
    records: launchTemplates(call).values(),
    ids: { kind: idKinds.launchTemplate, given: [...(input.LaunchTemplateIds ?? []), ...named], parameter: "LaunchTemplateId" },
    pages: [1, 200],
    defaultPage: 200,
    filters: { "create-time": (one) => new Date(one.createdAt).toISOString(), "launch-template-name": (one) => one.name },
  });
  return { NextToken, LaunchTemplates: found.map((template) => describe(call, template)) };
};

function describe(call: Call, template: LaunchTemplateRecord): LaunchTemplate {
  return {
    LaunchTemplateId: template.id,
    LaunchTemplateName: template.name,
    CreateTime: new Date(template.createdAt),
    CreatedBy: `arn:${call.partition}:iam::${call.account}:root`,
    DefaultVersionNumber: template.defaultVersion,
    LatestVersionNumber: template.latestVersion,
    Tags: tagList(call, template.id),
  };
}

export const launchTemplateOperations: Record<string, Handler> = {
  CreateLaunchTemplate: create,
  DeleteLaunchTemplate: remove,
  DescribeLaunchTemplates: describeTemplates,
  ModifyLaunchTemplate: modify,
};
