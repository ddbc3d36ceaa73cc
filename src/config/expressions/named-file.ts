import { existsSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { limits, type Files } from "../files.ts";
import { positionOf, type Spot } from "../source.ts";
import { Consequence, type Evaluator } from "./evaluate.ts";
import { ValueProblem } from "./values.ts";

/** The text of a file that `file("…")` names: relative to the file with the expression, and inside its repository. */
export function readNamed(path: string, spot: Spot, files: Files, evaluator: Evaluator): string {
  const { folder } = spot.source;
  const full = resolve(folder, path);
  if (isAbsolute(path) || path.includes("\0"))
    return evaluator.raise(new ValueProblem("file() takes a path relative to the file in which it stands"));
  const root = repositoryOf(folder) ?? files.cwd;
  if (!isInside(root, full) || (existsSync(full) && !isInside(realpathSync(root), realpathSync(full))))
    return evaluator.raise(new ValueProblem(`file("${path}") is outside of the repository`));
  const text = files.source(full, limits.named, positionOf(spot))?.text;
  return text ?? evaluator.raise(new Consequence());
}

/** The git work tree around a folder. */
function repositoryOf(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (dirname(at) === at) return undefined;
  }
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
