/** Reads the profiles in the files that all AWS tools share. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

export interface Profiles {
  readonly names: readonly string[];
  /** The files that were read, as people write their paths. */
  readonly files: readonly [string, string];
  /** Returns the name that breaks the profile's way to its credentials. Undefined when everything that the profile names exists. */
  brokenAt(profile: string): BrokenProfile | undefined;
}

export interface BrokenProfile {
  /** The profile with the broken field: the requested profile, or one from which it takes its credentials. */
  readonly profile: string;
  readonly field: "source_profile" | "sso_session";
  /** The name that is missing. */
  readonly named: string;
  /** The names that exist; undefined when the profiles name each other in a circle. */
  readonly known: readonly string[] | undefined;
}

/** Reads the profiles. @throws Node's error for a file that exists and cannot be read, because the SDK takes such a file for empty. */
export async function readProfiles(): Promise<Profiles> {
  const { env } = process;
  const { loadSharedConfigFiles } = await import("@smithy/core/config");
  const files = [env["AWS_CONFIG_FILE"] || "~/.aws/config", env["AWS_SHARED_CREDENTIALS_FILE"] || "~/.aws/credentials"] as const;
  const paths = files.map((path) => (path.startsWith("~/") ? join(homedir(), path.slice(2)) : path));
  await Promise.all(paths.map(tryToRead));
  const [configFilepath, filepath] = paths;
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ configFilepath, filepath });
  const names = [...Object.keys(configFile), ...Object.keys(credentialsFile)].filter((name) => !/^(sso-session|services)\./.test(name));
  const profiles: Sections = {};
  for (const file of [configFile, credentialsFile])
    for (const [name, fields] of Object.entries(file)) profiles[name] = { ...profiles[name], ...fields };
  return { names: [...new Set(names)].sort(), files, brokenAt: (profile) => brokenIn(profiles, profile) };
}

type Sections = Record<string, Partial<Record<string, string>>>;

/**
 * Follows a profile as the SDK does: a role before keys, and keys before a token file, a process and single sign-on. At a missing name the
 * SDK goes on to other sources of credentials, and in the end says only that it found none.
 */
function brokenIn(profiles: Sections, profile: string, before: readonly string[] = []): BrokenProfile | undefined {
  const fields = profiles[profile] ?? {};
  const isSource = before.length > 0;
  const hasKeys = Boolean(fields["aws_access_key_id"] && fields["aws_secret_access_key"]);
  if (isSource && hasKeys) return undefined;
  const source = fields["source_profile"];
  if (fields["role_arn"] && source && !fields["credential_source"]) {
    const at = { profile, field: "source_profile", named: source } as const;
    const known = Object.keys(profiles).filter((name) => !/^(sso-session|services)\./.test(name));
    if (!known.includes(source)) return { ...at, known };
    // A profile with keys of its own may be the source of its own role.
    return before.includes(profile) ? { ...at, known: undefined } : brokenIn(profiles, source, [...before, profile]);
  }
  const session = fields["sso_session"];
  if (!session || hasKeys || fields["web_identity_token_file"] || fields["credential_process"]) return undefined;
  const known = Object.keys(profiles).flatMap((name) => (name.startsWith("sso-session.") ? [name.slice("sso-session.".length)] : []));
  return known.includes(session) ? undefined : { profile, field: "sso_session", named: session, known };
}

async function tryToRead(path: string): Promise<void> {
  try {
    await readFile(path);
  } catch (error) {
    // Node's error for a folder names no path
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw Object.assign(error as Error, { path });
  }
}
