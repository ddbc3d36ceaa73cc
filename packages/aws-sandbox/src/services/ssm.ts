/** Systems Manager's Parameter Store. */
import type * as Ssm from "@aws-sdk/client-ssm";
import { AwsFault } from "../model.ts";
import type { Call, ServiceModel } from "../model.ts";
import { page } from "../paging.ts";
import { refuseUnknown } from "../unmodelled.ts";
import { fits } from "./ssm-filters.ts";
import { arnOf, checkName, checkValue, find, nameOf, parametersOf, typeOf, valueOf, versionOf } from "./ssm-parameters.ts";
import type { Parameter, Version } from "./ssm-parameters.ts";
import { addTags, listTags, removeTags } from "./ssm-tags.ts";

export const model: ServiceModel = {
  operations: {
    AddTagsToResource: addTags,
    DeleteParameter: deleteParameter,
    DeleteParameters: deleteParameters,
    DescribeParameters: describeParameters,
    GetParameter: getParameter,
    GetParameterHistory: getParameterHistory,
    GetParameters: getParameters,
    GetParametersByPath: getParametersByPath,
    ListTagsForResource: listTags,
    PutParameter: putParameter,
    RemoveTagsFromResource: removeTags,
  },
};

/** The number of versions that Parameter Store keeps. */
const VERSIONS_KEPT = 100;

function putParameter(input: Ssm.PutParameterRequest, call: Call): Ssm.PutParameterResult {
  refuseUnknown(call, input, ["Name", "Description", "Value", "Type", "KeyId", "Overwrite", "AllowedPattern", "Tags", "Tier", "DataType"]);
  const name = checkName(input.Name!, call);
  checkValue(input);
  const parameters = parametersOf(call);
  const existing = parameters.get(name);
  if (existing && !input.Overwrite) {
    throw new AwsFault(
      "ParameterAlreadyExists",
      "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
    );
  }
  if (input.Overwrite && (input.Tags?.length ?? 0) > 0) {
    throw new AwsFault(
      "ValidationException",
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    );
  }
  const type = typeOf(input, existing);
  const parameter: Parameter = existing ?? { name, type, tags: {}, versions: [], tier: "Standard", dataType: "text" };
  const version = versionOf(input, parameter, call);
  for (const tag of input.Tags ?? []) parameter.tags[tag.Key!] = tag.Value!;
  parameter.versions.push(version);
  parameter.versions.splice(0, parameter.versions.length - VERSIONS_KEPT);
  parameter.tier = input.Tier === "Advanced" ? "Advanced" : parameter.tier;
  parameter.dataType = input.DataType ?? parameter.dataType;
  if (input.Description !== undefined) parameter.description = input.Description;
  if (input.AllowedPattern !== undefined) parameter.allowedPattern = input.AllowedPattern;
  if (type === "SecureString") parameter.keyId = input.KeyId ?? parameter.keyId ?? "alias/aws/ssm";
  parameters.set(name, parameter);
  return { Version: version.version, Tier: parameter.tier };
}

function getParameter(input: Ssm.GetParameterRequest, call: Call): Ssm.GetParameterResult {
  const found = find(input.Name!, call);
  if (found === undefined) throw notFound(input.Name!);
  return { Parameter: shown(found.parameter, found.version, input.WithDecryption, call, found.selector) };
}

function getParameters(input: Ssm.GetParametersRequest, call: Call): Ssm.GetParametersResult {
  const names = input.Names!;
  if (names.length > 10) {
    throw new AwsFault(
      "ValidationException",
      `1 validation error detected: Value '[${names.join(", ")}]' at 'names' failed to satisfy constraint: Member must have length less than or equal to 10`,
    );
  }
  const found = names.map((name) => ({ name, hit: find(name, call) }));
  return {
    Parameters: found.flatMap(({ hit }) => (hit ? [shown(hit.parameter, hit.version, input.WithDecryption, call, hit.selector)] : [])),
    InvalidParameters: found.filter(({ hit }) => hit === undefined).map(({ name }) => name),
  };
}

function getParametersByPath(input: Ssm.GetParametersByPathRequest, call: Call): Ssm.GetParametersByPathResult {
  refuseUnknown(call, input, ["Path", "Recursive", "ParameterFilters", "WithDecryption", "MaxResults", "NextToken"]);
  const path = input.Path!;
  if (!path.startsWith("/"))
    throw new AwsFault(
      "ValidationException",
      'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/".',
    );
  const option = input.Recursive ? "Recursive" : "OneLevel";
  const filters = [{ Key: "Path", Option: option, Values: [path] }, ...(input.ParameterFilters ?? [])];
  const under = [...parametersOf(call).values()].filter((parameter) => fits(parameter, filters));
  const { items, next } = page(call, under, input, { key: (parameter) => parameter.name, max: 10, size: 10 });
  return { Parameters: items.map((parameter) => shown(parameter, latest(parameter), input.WithDecryption, call)), ...next };
}

function getParameterHistory(input: Ssm.GetParameterHistoryRequest, call: Call): Ssm.GetParameterHistoryResult {
  const parameter = parametersOf(call).get(nameOf(input.Name!));
  if (parameter === undefined) throw notFound(input.Name!);
  const { items, next } = page(call, parameter.versions, input, { key: (version) => String(version.version), max: 50, size: 50 });
  const history = items.map((version) => ({
    ...metadata(parameter, version, call),
    Value: valueOf(parameter, version, input.WithDecryption, call),
    Labels: [],
  }));
  return { Parameters: history, ...next };
}

function describeParameters(input: Ssm.DescribeParametersRequest, call: Call): Ssm.DescribeParametersResult {
  refuseUnknown(call, input, ["ParameterFilters", "MaxResults", "NextToken"]);
  const matching = [...parametersOf(call).values()].filter((parameter) => fits(parameter, input.ParameterFilters ?? []));
  const { items, next } = page(call, matching, input, { key: (parameter) => parameter.name, max: 50, size: 10 });
  return { Parameters: items.map((parameter) => metadata(parameter, latest(parameter), call)), ...next };
}

function deleteParameter(input: Ssm.DeleteParameterRequest, call: Call): Ssm.DeleteParameterResult {
  if (!parametersOf(call).delete(nameOf(input.Name!))) throw notFound(input.Name!);
  return {};
}

function deleteParameters(input: Ssm.DeleteParametersRequest, call: Call): Ssm.DeleteParametersResult {
  const [gone, unknown]: [string[], string[]] = [[], []];
  for (const name of input.Names!) (parametersOf(call).delete(nameOf(name)) ? gone : unknown).push(name);
  return { DeletedParameters: gone, InvalidParameters: unknown };
}

function shown(parameter: Parameter, version: Version, decrypt: boolean | undefined, call: Call, selector?: string): Ssm.Parameter {
  return {
    Name: parameter.name,
    Type: parameter.type,
    Value: valueOf(parameter, version, decrypt, call),
    Version: version.version,
    LastModifiedDate: new Date(version.at),
    ARN: arnOf(parameter.name, call),
    DataType: parameter.dataType,
    ...(selector !== undefined && { Selector: selector }),
  };
}

function metadata(parameter: Parameter, version: Version, call: Call): Ssm.ParameterMetadata {
  return {
    Name: parameter.name,
    ARN: arnOf(parameter.name, call),
    Type: parameter.type,
    KeyId: parameter.keyId,
    LastModifiedDate: new Date(version.at),
    LastModifiedUser: `arn:${call.partition}:iam::${call.account}:user/sandbox`,
    Description: parameter.description,
    AllowedPattern: parameter.allowedPattern,
    Version: version.version,
    Tier: parameter.tier,
    Policies: [],
    DataType: parameter.dataType,
  };
}

function latest(parameter: Parameter): Version {
  return parameter.versions.at(-1)!;
}

function notFound(name: string): AwsFault {
  return new AwsFault("ParameterNotFound", `Parameter ${name} not found.`);
}
