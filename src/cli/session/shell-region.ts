import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface FoundRegion {
  readonly region: string;
  /** The source of the region, for people. */
  readonly from: string;
}

/**
 * Returns the region that the AWS CLI would use here: a variable, else the profile's region in the configuration file.
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
 */
export function regionOfShell(env: Readonly<Record<string, string | undefined>>, profile?: string): FoundRegion | undefined {
  if (profile !== undefined) return regionOfProfile(env, profile);
  for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION"]) {
    const region = env[name];
    if (region) return { region, from: name };
  }
  return regionOfProfile(env, env["AWS_PROFILE"] || "default");
}

function regionOfProfile(env: Readonly<Record<string, string | undefined>>, profile: string): FoundRegion | undefined {
  const file = env["AWS_CONFIG_FILE"] ?? (env["HOME"] ? join(env["HOME"], ".aws", "config") : undefined);
  const region = file === undefined ? undefined : regionIn(textOf(file), profile);
  return region === undefined ? undefined : { region, from: `profile ${profile}` };
}

/** Returns the text of a file. A missing file is the usual case, and counts as empty. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

function regionIn(text: string, profile: string): string | undefined {
  let isWanted = false;
  for (const line of text.split(/\r?\n/)) {
    const section = /^\s*\[(?:profile\s+)?([^\]]+?)\s*\]/.exec(line)?.[1];
    if (section !== undefined) isWanted = section === profile;
    const region = isWanted ? /^region\s*=\s*(\S+)/.exec(line)?.[1] : undefined;
    if (region !== undefined) return region;
  }
  return undefined;
}
