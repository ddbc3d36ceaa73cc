/** The profiles in the files that all of AWS's tools share. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

export interface Profiles {
  readonly names: readonly string[];
  /** The files that were looked at, as people write them. */
  readonly files: readonly [string, string];
}

/** @throws what Node says of a file that is there and cannot be read: the SDK takes it for empty. */
export async function readProfiles(env: NodeJS.ProcessEnv = process.env): Promise<Profiles> {
  const { loadSharedConfigFiles } = await import("@smithy/core/config");
  const files = [env["AWS_CONFIG_FILE"] || "~/.aws/config", env["AWS_SHARED_CREDENTIALS_FILE"] || "~/.aws/credentials"] as const;
  const paths = files.map((path) => (path.startsWith("~/") ? join(homedir(), path.slice(2)) : path));
  await Promise.all(paths.map(tryToRead));
  const [configFilepath, filepath] = paths;
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ configFilepath, filepath });
  const names = [...Object.keys(configFile), ...Object.keys(credentialsFile)].filter((name) => !/^(sso-session|services)\./.test(name));
  return { names: [...new Set(names)].sort(), files };
}

async function tryToRead(path: string): Promise<void> {
  try {
    await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw Object.assign(error as Error, { path }); // that of a folder names no path
  }
}
