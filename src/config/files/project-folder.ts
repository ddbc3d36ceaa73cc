import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { kindOfPath } from "./files.ts";

/**
 * Returns the folder that holds `environments/`: `cwd`, or the nearest folder above it, so that commands work in sub-folders, too. Without
 * one it is `cwd`. The search ends at the top of the Git repository; outside of a repository it stays below the home folder.
 */
export function projectFolder(cwd: string, userHome: string | undefined): string {
  const start = resolve(cwd);
  const above = [start, ...foldersAbove(start)];
  const top = above.findIndex((folder) => kindOfPath(join(folder, ".git")) !== undefined);
  const home = userHome === undefined ? -1 : above.indexOf(resolve(userHome));
  const candidates = above.slice(0, top >= 0 ? top + 1 : Math.max(home, 1));
  return candidates.find((folder) => kindOfPath(join(folder, "environments")) === "folder" && isSameOwner(folder, start)) ?? start;
}

function foldersAbove(folder: string): readonly string[] {
  const parent = dirname(folder);
  return parent === folder ? [] : [parent, ...foldersAbove(parent)];
}

/** Whether a folder belongs to the same owner. A folder of somebody else, such as one in /tmp, decides nothing here. */
function isSameOwner(folder: string, start: string): boolean {
  return folder === start || statSync(folder).uid === statSync(start).uid;
}
