/** What the YAML may name: files of its own repository. An error shows the line that names a file, and of another's file nothing. */
import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";

/** The repository of an environment: the Git work tree around it; without one the folder above environments/, else `cwd` or the folder itself. */
export function repositoryOf(environment: string, cwd: string): string {
  const above = foldersAbove(environment);
  const worktree = above.find((folder) => existsSync(join(folder, ".git")));
  const environments = above.find((folder) => basename(folder) === "environments");
  if (worktree !== undefined) return worktree;
  if (environments !== undefined) return dirname(environments);
  return isWithin(cwd, environment) ? cwd : dirname(environment);
}

/** Whether a path leads into a folder, through whatever links; where nothing is there, whether it would. */
export function leadsInto(folder: string, path: string): boolean {
  const real = realPathOf(path);
  return real === undefined ? isWithin(folder, path) : isWithin(realPathOf(folder) ?? folder, real);
}

/** The path without links; undefined where nothing is there. */
export function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined; // whoever reads it is told why
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
