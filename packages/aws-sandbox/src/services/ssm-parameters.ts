/** The record of a parameter, and the rules for names and values. No record holds the value of a SecureString, only its salted hash. */
import { createHash } from "node:crypto";
import type { ParameterTier, ParameterType, PutParameterRequest } from "@aws-sdk/client-ssm";
import { AwsFault } from "../model.ts";
import type { Call } from "../model.ts";
import { publicImages } from "./public-images.ts";

export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly tags: Record<string, string>;
  /** The kept versions, the oldest first. */
  readonly versions: Version[];
  tier: ParameterTier;
  dataType: string;
  description?: string;
  allowedPattern?: string;
  keyId?: string;
}

export interface Version {
  readonly version: number;
  readonly at: number;
  /** The value of a String or StringList. */
  readonly value?: string;
  /** The salted hash of a SecureString's value. */
  readonly sealed?: string;
}

export function parametersOf(call: Call): Map<string, Parameter> {
  return call.store.table<Parameter>("ssm.parameters");
}

/** Finds a parameter by its name, its ARN, or its name and version ("name:3"); also a public one. */
export function find(asked: string, call: Call): { parameter: Parameter; version: Version; selector?: string } | undefined {
  const [, name, selector] = /^(.*?)(:[^:/]+)?$/.exec(nameOf(asked))!;
  const parameter = parametersOf(call).get(name!) ?? publicParameter(name!);
  const version = selector
    ? parameter?.versions.find((version) => String(version.version) === selector.slice(1))
    : parameter?.versions.at(-1);
  return parameter && version && { parameter, version, ...(selector && { selector }) };
}

/** The name of a parameter that may be given by ARN. */
export function nameOf(asked: string): string {
  const [, path] = /^arn:[^:]*:ssm:[^:]*:\d*:parameter\/(.*)$/.exec(asked) ?? [];
  if (path === undefined) return asked;
  return path.includes("/") ? `/${path}` : path;
}

export function arnOf(name: string, call: Call): string {
  const owner = name.startsWith("/aws/service/") ? "" : call.account;
  return `arn:${call.partition}:ssm:${call.region}:${owner}:parameter/${name.replace(/^\//, "")}`;
}

/** The parameter's value as the caller may see it. */
export function valueOf(parameter: Parameter, version: Version, decrypt: boolean | undefined, call: Call): string {
  if (version.value !== undefined) return version.value;
  if (!decrypt) return `AQICAHh${version.sealed}`;
  const value = call.store.secret(secretId(parameter.name, version.version));
  if (value === undefined) {
    throw new AwsFault(
      "NotImplemented",
      `The sandbox writes no secret to a file, and the value of ${parameter.name} was put by a process that has ended. Put it again with Overwrite, or delete it.`,
    );
  }
  return value;
}

/** The version that a PutParameter adds. */
export function versionOf(input: PutParameterRequest, parameter: Parameter, call: Call): Version {
  const pattern = input.AllowedPattern ?? parameter.allowedPattern;
  if (pattern !== undefined && !new RegExp(pattern).test(input.Value!)) {
    throw new AwsFault("ParameterPatternMismatchException", `Parameter value, cannot be validated against allowedPattern: ${pattern}`);
  }
  const version = (parameter.versions.at(-1)?.version ?? 0) + 1;
  if (parameter.type !== "SecureString") return { version, at: call.now, value: input.Value! };
  call.store.keepSecret(secretId(parameter.name, version), input.Value!);
  return {
    version,
    at: call.now,
    sealed: createHash("sha256")
      .update(`${call.id("salt")}${input.Value!}`)
      .digest("base64"),
  };
}

function secretId(name: string, version: number): string {
  return `ssm ${name}:${version}`;
}

export function typeOf(input: PutParameterRequest, existing: Parameter | undefined): ParameterType {
  const type = input.Type ?? existing?.type;
  if (type === undefined) throw invalid("A parameter type is required when you create a parameter.");
  if (!["String", "StringList", "SecureString"].includes(type)) {
    throw invalid(
      `1 validation error detected: Value '${type}' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [SecureString, StringList, String]`,
    );
  }
  if (existing && type !== existing.type) {
    throw new AwsFault(
      "HierarchyTypeMismatchException",
      `The parameter ${existing.name} is a ${existing.type}; its type cannot be changed.`,
    );
  }
  return type;
}

export function checkName(asked: string, call: Call): string {
  const name = nameOf(asked);
  if (!/^[A-Za-z0-9_.\-/]+$/.test(name))
    throw invalid("Parameter name: only a mix of letters, numbers and the following 4 symbols .-_/ is allowed.");
  if (/^\/?(aws|ssm)/i.test(name)) {
    throw invalid(
      'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive), except global parameter name path prefixed with "aws" (case-sensitive).',
    );
  }
  if (name.includes("/") && !name.startsWith("/")) throw invalid("Parameter name must be a fully qualified name.");
  if (name.split("/").length - 1 > 15)
    throw new AwsFault("HierarchyLevelLimitExceededException", "Hierarchies can have a maximum of 15 levels.");
  if (arnOf(name, call).length > 1011) throw invalid("The parameter name, with the ARN before it, is longer than 1011 characters.");
  return name;
}

export function checkValue(input: PutParameterRequest): void {
  const value = input.Value!;
  if (value === "")
    throw invalid(
      "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  const limit = input.Tier === "Advanced" || input.Tier === "Intelligent-Tiering" ? 8192 : 4096;
  if (Buffer.byteLength(value) > limit)
    throw invalid(`Standard tier parameters support a maximum parameter value of 4096 characters, advanced ones of 8192.`);
  if (/\{\{/.test(value)) throw invalid(`Parameter value can't nest another parameter. Do not use "{{}}" in the value.`);
}

/** A parameter that AWS publishes; undefined when there is none. */
function publicParameter(name: string): Parameter | undefined {
  const image = publicImages.find((image) => image.parameters.includes(name));
  const version = { version: 1, at: Date.UTC(2026, 0, 1), value: image?.id ?? "" };
  return image && { name, type: "String", tags: {}, versions: [version], tier: "Standard", dataType: "aws:ec2:image" };
}

function invalid(message: string): AwsFault {
  return new AwsFault("ValidationException", message);
}
