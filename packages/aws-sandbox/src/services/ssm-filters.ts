/** The filters of DescribeParameters and GetParametersByPath. */
import type { ParameterStringFilter } from "@aws-sdk/client-ssm";
import { AwsFault } from "../model.ts";
import type { Parameter } from "./ssm-parameters.ts";

/** Whether the parameter passes all filters. */
export function fits(parameter: Parameter, filters: readonly ParameterStringFilter[]): boolean {
  return filters.every((filter) => passes(parameter, filter));
}

function passes(parameter: Parameter, filter: ParameterStringFilter): boolean {
  const values = filter.Values ?? [];
  if (filter.Key === "Path") return values.some((path) => isUnder(parameter.name, path, filter.Option));
  const has = valueAt(parameter, filter.Key!);
  if (has === undefined) return false;
  return values.length === 0 || values.some((value) => compares(has, value, filter.Option ?? "Equals"));
}

function valueAt(parameter: Parameter, key: string): string | undefined {
  if (key.startsWith("tag:")) return parameter.tags[key.slice("tag:".length)];
  switch (key) {
    case "Name":
      return parameter.name;
    case "Type":
      return parameter.type;
    case "KeyId":
      return parameter.keyId;
    case "Tier":
      return parameter.tier;
    case "DataType":
      return parameter.dataType;
    default:
      throw new AwsFault("NotImplemented", `The sandbox does not model the parameter filter '${key}'.`);
  }
}

function compares(has: string, value: string, option: string): boolean {
  switch (option) {
    case "Equals":
      return has === value;
    case "BeginsWith":
      return has.startsWith(value);
    case "Contains":
      return has.includes(value);
    default:
      throw new AwsFault(
        "InvalidFilterOption",
        `The specified filter option ${option} isn't valid. Valid options are Equals, BeginsWith and Contains.`,
      );
  }
}

function isUnder(name: string, path: string, option = "OneLevel"): boolean {
  const folder = path.endsWith("/") ? path : `${path}/`;
  if (!name.startsWith(folder)) return false;
  return option === "Recursive" || !name.slice(folder.length).includes("/");
}
