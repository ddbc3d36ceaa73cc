import { didYouMean } from "../../diag/did-you-mean.ts";
import { isCurated, types as known } from "../../kinds/types/types.ts";
import { describedRows } from "../../render/explain.ts";
import type { Context } from "../context.ts";
import { exit, type ExitCode } from "../exit.ts";
import { emit, jsonText, usage } from "../outputs.ts";

/** A type of AWS: "curated", "unproven" or "refused", with its documentation. */
interface Told {
  readonly name: string;
  readonly is: "curated" | "unproven" | "refused";
  readonly doc: string;
}

/**
 * `infra types [WORD]`: lists AWS types with a word in their names, and says how infra handles them. Without a word it lists the types that
 * were tried one by one.
 */
export async function types(context: Context, word: string | undefined): Promise<ExitCode> {
  const names = known.names().filter((name) => (word === undefined ? isCurated(name) : name.toLowerCase().includes(word.toLowerCase())));
  if (names.length === 0) {
    const near = didYouMean(
      word!,
      known.names().map((name) => name.split("::").at(-1)!),
    );
    throw usage(
      `no AWS type has "${word}" in its name.`,
      near ? `did you mean "${near}"?` : "`infra types` lists the types that were tried",
    );
  }
  const told = names.map(toldOf);
  emit(context, {
    text: ({ paint, width }) =>
      [
        paint.strong(word === undefined ? "Types that were tried one by one" : `Types with "${word}" in their names`),
        ...describedRows(
          told.map(({ name, is, doc }) => [name, is, doc]),
          width,
        ),
        "",
        "`infra explain TYPE` shows the properties of a type.",
        ...(word === undefined ? [`AWS has ${known.names().length} types: \`infra types WORD\` searches all of them.`] : []),
        "",
      ].join("\n"),
    json: () => jsonText({ types: told }),
  });
  return exit.ok;
}

function toldOf(name: string): Told {
  const answer = known.of(name);
  if (answer && "refused" in answer) return { name, is: "refused", doc: `${answer.refused.why}: ${answer.refused.instead}` };
  if (isCurated(name)) return { name, is: "curated", doc: answer!.kind.doc };
  return { name, is: "unproven", doc: "needs `unproven: true`" };
}
