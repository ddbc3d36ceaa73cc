import { authorSchema } from "../../config/author-schema.ts";
import { kinds } from "../../kinds/index.ts";
import type { Context } from "../context.ts";
import { exit, type ExitCode } from "../exit.ts";

/** `infra schema`: the JSON Schema of environment files, for editors. */
export async function schema(context: Context): Promise<ExitCode> {
  context.io.stdout.write(schemaText());
  return exit.ok;
}

/** On one line, because it is kept in repositories and nobody reads it. */
export function schemaText(): string {
  return `${JSON.stringify(authorSchema(kinds))}\n`;
}
