/** IAM's refusals (IAM API reference, the errors of each action), and checks of inputs that all actions share. */
import type { Tag } from "@aws-sdk/client-iam";
import { AwsFault } from "../../model.ts";

export function noSuch(what: string): AwsFault {
  return new AwsFault("NoSuchEntity", what, 404);
}

export function exists(what: string): AwsFault {
  return new AwsFault("EntityAlreadyExists", what, 409);
}

export function conflict(what: string): AwsFault {
  return new AwsFault("DeleteConflict", what, 409);
}

export function limit(what: string): AwsFault {
  return new AwsFault("LimitExceeded", what, 409);
}

export function invalid(what: string): AwsFault {
  return new AwsFault("ValidationError", what);
}

/** Checks a name (IAM User Guide, "IAM and AWS STS quotas"). */
export function checkName(name: string | undefined, field: string, max: number): string {
  if (name === undefined || !new RegExp(`^[\\w+=,.@-]{1,${max}}$`).test(name))
    throw invalid(
      `The specified value for ${field} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_- and have length at most ${max}`,
    );
  return name;
}

export function checkPath(path: string | undefined): string {
  const value = path ?? "/";
  if (!/^(\/|\/[\x21-\x7e]+\/)$/.test(value) || value.length > 512)
    throw invalid(
      "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
    );
  return value;
}

/** Checks tags: at most 50, with keys that differ by more than case. */
export function tagsFrom(given: readonly Tag[] | undefined, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const tags: Record<string, string> = { ...before };
  for (const { Key = "", Value = "" } of given ?? []) {
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(Key) || Key.toLowerCase().startsWith("aws:")) throw invalid(`Invalid tag key ${Key}`);
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(Value)) throw invalid(`Invalid tag value ${Value}`);
    const same = Object.keys(tags).find((known) => known.toLowerCase() === Key.toLowerCase());
    if (same !== undefined && !(same in before))
      throw new AwsFault("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    if (same !== undefined && same !== Key) delete tags[same];
    tags[Key] = Value;
  }
  if (Object.keys(tags).length > 50) throw limit("The number of tags has reached the maximum limit.");
  return tags;
}

export function untagged(tags: Readonly<Record<string, string>>, keys: readonly string[] | undefined): Record<string, string> {
  const gone = new Set((keys ?? []).map((key) => key.toLowerCase()));
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key.toLowerCase())));
}

export function tagsShown(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
