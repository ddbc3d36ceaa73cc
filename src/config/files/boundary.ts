/**
 * Limits the files that the YAML may name to its own repository. An error shows the line that names a file, and nothing of a file outside.
 */
import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";

/**
 * Returns the repository of an environment: the Git work tree around it. Without one it is the folder above environments/, otherwise `cwd`
 * when that holds the environment, otherwise the environment's own folder.
 */
export function repositoryOf(environment: string, cwd: string): string {
  const above = foldersAbove(environment);
  const worktree = above.find((folder) => existsSync(join(folder, ".git")));
  const environments = above.find((folder) => basename(folder) === "environments");
  if (worktree !== undefined) return worktree;
  if (environments !== undefined) return dirname(environments);
  return isWithin(cwd, environment) ? cwd : dirname(environment);
}

/** Whether a path leads into a folder once its links are resolved. A path to nothing is compared as it is written. */
export function leadsInto(folder: string, path: string): boolean {
  const real = realPathOf(path);
  return real === undefined ? isWithin(folder, path) : isWithin(realPathOf(folder) ?? folder, real);
}

/** Returns the path with its links resolved; undefined when nothing is there. */
export function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined; // reading the file reports why
  }
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function foldersAbove(path: string): string[] {
  const above = dirname(path);
  return above === path ? [] : [above, ...foldersAbove(above)];
}
