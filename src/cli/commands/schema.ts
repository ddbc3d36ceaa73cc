import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { authorSchema } from "../../config/schema/author-schema.ts";
import { Files, yamlFilesIn } from "../../config/files/files.ts";
import { listEnvironments } from "../../config/load.ts";
import { partSchema, withSchema } from "../../config/schema/part-schema.ts";
import { readPart } from "../../config/expand/parts.ts";
import { typesNamedIn } from "../../config/type-sections.ts";
import { DiagnosticError, type Diagnostic } from "../../diag/diagnostic.ts";
import { kinds } from "../../kinds/index.ts";
import type { Context } from "../context.ts";
import { exit, type ExitCode } from "../exit.ts";
import { usage } from "../outputs.ts";

/**
 * `infra schema [ENV|FILE]`: prints a JSON Schema for editors. It describes environment files, one environment with its types, all parts,
 * or the parameters of one part.
 */
export async function schema(context: Context, what?: string, flags: { readonly part?: boolean } = {}): Promise<ExitCode> {
  if (what !== undefined && flags.part)
    throw usage("--part prints the schema of any part, and FILE the schema of one part's parameters.", "leave one out");
  context.io.stdout.write(await textOf(context, what, flags.part === true));
  return exit.ok;
}

async function textOf(context: Context, what: string | undefined, isPart: boolean): Promise<string> {
  if (what === undefined) return schemaText(isPart ? partSchema(kinds) : undefined);
  const environment = listEnvironments(context.cwd).find(({ name }) => name === what);
  if (!environment) return `${JSON.stringify(ofPart(context, what), null, 2)}\n`;
  const { types } = await import("../../kinds/types/types.ts");
  const files = environment.kind === "folder" ? yamlFilesIn(environment.path) : [environment.path];
  return schemaText(
    authorSchema(
      kinds,
      typesNamedIn(
        files.map((path) => readFileSync(path, "utf8")),
        types,
      ),
    ),
  );
}

/** Returns the schema on one line, because it is kept in repositories and nobody reads it. */
export function schemaText(schema: object = authorSchema(kinds)): string {
  return `${JSON.stringify(schema)}\n`;
}

function ofPart({ cwd }: Context, file: string): object {
  const problems: Diagnostic[] = [];
  const files = new Files(cwd, (problem) => void problems.push(problem));
  const tree = readPart(resolve(cwd, file), files, kinds, (problem) => void problems.push(problem));
  if (!tree || problems.length > 0) throw new DiagnosticError(problems);
  return withSchema(tree, files.shown(resolve(cwd, file)));
}
