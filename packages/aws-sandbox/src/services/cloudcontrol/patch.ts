/** JSON Patch (RFC 6902): the three operations that change the model. */
import { AwsFault } from "../../model.ts";

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

/** Returns the model after the patch. The given model stays as it is. */
export function patched(model: Readonly<Record<string, unknown>>, document: string): Record<string, unknown> {
  const result = structuredClone(model) as Record<string, unknown>;
  for (const operation of operationsIn(document)) apply(result, operation);
  return result;
}

/** The pointers that a patch writes. */
export function pathsIn(document: string): string[] {
  return operationsIn(document).map(({ path }) => path);
}

function operationsIn(document: string): readonly Operation[] {
  try {
    const operations = JSON.parse(document) as unknown;
    if (Array.isArray(operations)) return operations as Operation[];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw invalid("the document is no list of operations");
}

function apply(model: Record<string, unknown>, { op, path, value }: Operation): void {
  const parts = path
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = parts.pop();
  if (last === undefined) throw invalid("the whole model cannot be replaced");
  const holder = parts.reduce<unknown>((here, part) => (here as Record<string, unknown> | undefined)?.[part], model);
  if (typeof holder !== "object" || holder === null) throw invalid(`${path}: its parent does not exist`);
  if (op !== "add" && op !== "remove" && op !== "replace") throw invalid(`the operation ${op} is not modelled`);
  if (op !== "add" && !(last in holder)) throw invalid(`${path} does not exist`);
  if (Array.isArray(holder)) {
    if (op === "remove") holder.splice(Number(last), 1);
    else holder.splice(last === "-" ? holder.length : Number(last), op === "add" ? 0 : 1, value);
  } else if (op === "remove") delete (holder as Record<string, unknown>)[last];
  else (holder as Record<string, unknown>)[last] = value;
}

function invalid(what: string): AwsFault {
  return new AwsFault("ValidationException", `Invalid patch document: ${what}`);
}
