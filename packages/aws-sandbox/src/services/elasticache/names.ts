/** Identifiers and ARNs. ElastiCache stores names in lower case. */
import type { Call } from "../../model.ts";
import { invalidValue, required } from "./faults.ts";

export type Type = "replicationgroup" | "cluster" | "subnetgroup" | "parametergroup" | "snapshot" | "serverlesscache";

export function arn(call: Call, type: Type, name: string): string {
  return `arn:${call.partition}:elasticache:${call.region}:${call.account}:${type}:${name}`;
}

/** The type and name in an ARN, for the calls about tags. */
export function parseArn(text: string | undefined): { readonly type: string; readonly name: string } {
  const found = /^arn:[^:]+:elasticache:[^:]*:[^:]*:([a-z]+):(.+)$/.exec(required(text, "ResourceName"));
  if (!found) throw invalidValue(`Invalid resource name: ${text}`);
  return { type: found[1]!, name: found[2]!.toLowerCase() };
}

/**
 * Checks an identifier: letters, digits and single hyphens, with a letter first (ElastiCache API, CreateReplicationGroup and
 * CreateCacheParameterGroup).
 */
export function identifier(text: string | undefined, parameter: string, most: number): string {
  const given = required(text, parameter);
  if (given.length > most || !/^[A-Za-z](-?[A-Za-z0-9])*$/.test(given))
    throw invalidValue(
      `The parameter ${parameter} is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.`,
    );
  return given.toLowerCase();
}
