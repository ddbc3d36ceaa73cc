import { isAbsolute, resolve } from "node:path";
import { limits, type Files } from "../files/files.ts";
import { positionOf, type Spot } from "../yaml/source.ts";
import { Consequence } from "../../expressions/outcome.ts";
import type { Evaluator } from "../../expressions/evaluate.ts";
import { ValueProblem } from "../../expressions/values.ts";

/** Reads the file that `file("…")` names. The path is relative to the file with the expression, and must stay inside its repository. */
export function readNamed(path: string, spot: Spot, files: Files, evaluator: Evaluator): string {
  if (isAbsolute(path) || path.includes("\0"))
    return evaluator.raise(new ValueProblem("file() takes a path relative to the file that contains it"));
  const text = files.source(resolve(spot.source.folder, path), limits.named, positionOf(spot))?.text;
  return text ?? evaluator.raise(new Consequence());
}
