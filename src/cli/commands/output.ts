import { createHash } from "node:crypto";
import { outputValues, textOfOutput, type OutputValues } from "../../config/expand/outputs.ts";
import { DiagnosticError, type Diagnostic } from "../../diag/diagnostic.ts";
import { didYouMean } from "../../diag/did-you-mean.ts";
import type { Address } from "../../kinds/kind.ts";
import { outputOf } from "../../resource/late.ts";
import type { Context } from "../context.ts";
import { loadOrThrow } from "../environments/environment.ts";
import { exit, type ExitCode } from "../exit.ts";
import { lookAt } from "../read-status.ts";
import { emit, jsonText, usage } from "../outputs.ts";
import { printDiagnostics } from "../report-error.ts";
import { namedOrOnly } from "../environments/select.ts";
import { inSession } from "../session/session.ts";

/**
 * `infra output ENV [NAME]`: prints the `outputs:` of the environment, and `ADDRESS` and `ADDRESS.OUTPUT` with their values. With NAME it
 * prints only that value.
 */
export async function output(context: Context, nameOrPath: string | undefined, name: string | undefined): Promise<ExitCode> {
  const environment = loadOrThrow(context, namedOrOnly(context, nameOrPath, "output"));
  return inSession(context, environment, async (session, environment) => {
    const { rows } = await lookAt(context, session, environment);
    const live = new Map(rows.map((row) => [row.address, row]));
    const known = (address: string, key: string) => outputOf(live.get(address), key);
    const own = outputValues(environment.outputs ?? [], known);
    const builtIn = rows.flatMap(({ address, id, outputs }) => [
      [address, id] as const,
      ...Object.entries(outputs).map(([key, value]) => [`${address}.${key}`, value] as const),
    ]);
    if (name !== undefined) {
      const value = valueOf(own, new Map([...builtIn, ...own.values]), name, environment.typed);
      const one = [[name, value]] as const;
      emit(context, {
        text: () => `${textOfOutput(value)}\n`,
        json: () => jsonText(value),
        env: () => envLines(one),
        github: () => githubLines(one),
      });
      return exit.ok;
    }
    const all = [...own.values, ...builtIn];
    printDiagnostics(
      [...own.waiting].map(([key, addresses]) => waits(key, addresses, "warning")),
      context.io,
    );
    emit(context, {
      text: () => all.map(([key, value]) => `${key}=${textOfOutput(value)}\n`).join(""),
      json: () => jsonText(Object.fromEntries(all)),
      env: () => envLines(own.values),
      github: () => githubLines(own.values),
    });
    return exit.ok;
  });
}

function waits(name: string, addresses: readonly Address[], severity: "warning" | "error"): Diagnostic {
  const summary = `the output ${name} is known after ${addresses.join(" and ")}, which AWS does not have yet.`;
  return { code: "output-not-known", severity, summary, hint: "`infra apply` creates it" };
}

function valueOf(own: OutputValues, values: ReadonlyMap<string, unknown>, name: string, environment: string): unknown {
  if (values.has(name)) return values.get(name);
  const missing = own.waiting.get(name);
  if (missing) throw new DiagnosticError([waits(name, missing, "error")]);
  const near = didYouMean(name, values.keys());
  throw usage(
    `there is no output "${name}".`,
    near === undefined
      ? `\`infra output ${environment}\` lists all outputs; a resource that does not exist yet has none`
      : `did you mean "${near}"?`,
  );
}

/** Returns lines for a shell: `URL='https://…'`. In single quotes no character has a special meaning. */
function envLines(values: readonly (readonly [string, unknown])[]): string {
  const nameOf = (name: string) =>
    name
      .replace(/[^A-Za-z0-9_]/g, "_")
      .replace(/^(?=[0-9])/, "_")
      .toUpperCase();
  return values.map(([name, value]) => `${nameOf(name)}='${textOfOutput(value).replaceAll("'", "'\\''")}'\n`).join("");
}

/** Returns lines for $GITHUB_OUTPUT. A text of several lines stands between two marks that it cannot contain. */
function githubLines(values: readonly (readonly [string, unknown])[]): string {
  return values
    .map(([name, value]) => {
      const text = textOfOutput(value);
      if (!/[\r\n]/.test(text)) return `${name}=${text}\n`;
      const mark = `end_${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
      return `${name}<<${mark}\n${text}\n${mark}\n`;
    })
    .join("");
}
