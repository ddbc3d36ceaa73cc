/** Identifiers and ARNs. RDS stores names in lower case. */
import type { Call } from "../../model.ts";
import { invalidValue, required } from "./faults.ts";

type Type =
  | "db"
  | "subgrp"
  | "pg"
  | "snapshot"
  | "cluster"
  | "cluster-pg"
  | "cluster-snapshot"
  | "db-proxy"
  | "og"
  | "es"
  | "auto-backup"
  | "deployment";

export function arn(call: Call, type: Type, name: string): string {
  return `arn:${call.partition}:rds:${call.region}:${call.account}:${type}:${name}`;
}

/** The name in an ARN, or the text itself: RDS accepts both. */
export function nameOf(text: string): string {
  return /^arn:[^:]+:rds:[^:]*:[^:]*:[a-z-]+:(.+)$/.exec(text)?.[1]?.toLowerCase() ?? text.toLowerCase();
}

/** The type and name in an ARN, for the calls about tags. */
export function parseArn(text: string | undefined): { readonly type: string; readonly name: string } {
  const found = /^arn:[^:]+:rds:[^:]*:[^:]*:([a-z-]+):(.+)$/.exec(required(text, "ResourceName"));
  if (!found) throw invalidValue(`Invalid resource name: ${text}`);
  return { type: found[1]!, name: found[2]!.toLowerCase() };
}

/** Checks an identifier of an instance, snapshot or parameter group: letters, digits and single hyphens, with a letter first. */
export function identifier(text: string | undefined, parameter: string, most: number): string {
  const given = required(text, parameter);
  if (given.length > most || !/^[A-Za-z](-?[A-Za-z0-9])*$/.test(given))
    throw invalidValue(
      `The parameter ${parameter} is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.`,
    );
  return given.toLowerCase();
}

export function subnetGroupName(text: string | undefined): string {
  const given = required(text, "DBSubnetGroupName");
  if (given.length > 255 || !/^[A-Za-z][A-Za-z0-9._ -]*$/.test(given) || given.toLowerCase() === "default")
    throw invalidValue(
      `The parameter DBSubnetGroupName is not a valid name: ${given}. It must begin with a letter, hold only letters, digits, periods, underscores, spaces and hyphens, and not be "default".`,
    );
  return given.toLowerCase();
}

/** The words of a text. It keeps long lists of parameters short in the source. */
export function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
