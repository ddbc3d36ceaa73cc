import { resolve } from "node:path";
import { authorSchema } from "../../config/author-schema.ts";
import { Files } from "../../config/files.ts";
import { partSchema, withSchema } from "../../config/part-schema.ts";
import { readPart } from "../../config/parts.ts";
import { DiagnosticError, type Diagnostic } from "../../diag/diagnostic.ts";
import { kinds } from "../../kinds/index.ts";
import type { Context } from "../context.ts";
import { exit, type ExitCode } from "../exit.ts";
import { usage } from "../outputs.ts";

/** `infra schema [FILE]`: the JSON Schema of environment files, of parts, or of what a use gives to one part; for editors. */
export async function schema(context: Context, file?: string, flags: { readonly part?: boolean } = {}): Promise<ExitCode> {
  if (file !== undefined && flags.part) throw usage("--part is the schema of any part, and FILE one part's parameters.", "leave one out");
  const text =
    file !== undefined ? `${JSON.stringify(ofPart(context, file), null, 2)}\n` : schemaText(flags.part ? partSchema(kinds) : undefined);
  context.io.stdout.write(text);
  return exit.ok;
}

/** On one line, because it is kept in repositories and nobody reads it. */
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
