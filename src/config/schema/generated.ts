import { codesWith } from "../../diag/codes.ts";
import type { Kind } from "../../kinds/kind.ts";
import { authorSchema } from "./author-schema.ts";
import { formatPage } from "./format-page.ts";
import { partSchema } from "./part-schema.ts";
import { resolvedSchema } from "./schema.ts";

/**
 * Returns every checked-in file that is made from the code, by its path in the repository. A test compares them with the files that are
 * there.
 */
export function generatedFiles(kinds: readonly Kind[]): Readonly<Record<string, string>> {
  return {
    "schemas/environment.schema.json": linesOf(authorSchema(kinds)),
    "schemas/part.schema.json": partFile(kinds),
    "schemas/resolved.schema.json": linesOf(resolvedSchema(kinds)),
    "docs/format.md": formatPage(kinds),
    "docs/errors.md": errorsPage(kinds),
  };
}

/**
 * Writes one line for each value, so that a change is one line of a diff. With indentation, the two largest files made the package 100 kB
 * larger.
 */
function linesOf(schema: object): string {
  return `${JSON.stringify(schema, null, 1).replace(/^ +/gm, "")}\n`;
}

/** Returns the schema of parts. Its file stands beside the schema of environments and shares its definitions. */
function partFile(kinds: readonly Kind[]): string {
  const { definitions: _definitions, ...schema } = partSchema(kinds);
  return `${JSON.stringify(schema, null, 2).replaceAll('"#/definitions/', '"environment.schema.json#/definitions/')}\n`;
}

function errorsPage(kinds: readonly Kind[]): string {
  const pages = Object.entries(codesWith(kinds)).map(
    ([code, { title, cause, cure }]) => `## ${code}\n\n**${title}.** ${cause}\n\n${cure}\n`,
  );
  return `# Error codes\n\nMade from the code by \`npm run generate\`; \`infra explain CODE\` shows the same in the terminal.\n\n${pages.join("\n")}`;
}
