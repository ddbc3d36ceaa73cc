import { didYouMean } from "../../diag/did-you-mean.ts";
import type { Context } from "../context.ts";
import { loadOrThrow } from "../environment.ts";
import { exit, type ExitCode } from "../exit.ts";
import { lookAt } from "../read-status.ts";
import { emit, jsonText, usage } from "../outputs.ts";
import { namedOrOnly } from "../select.ts";
import { inSession } from "../session.ts";

/** `infra output ENV [NAME]`: `ADDRESS` and `ADDRESS.OUTPUT` with their values; one of them alone and bare. */
export async function output(context: Context, nameOrPath: string | undefined, name: string | undefined): Promise<ExitCode> {
  const environment = loadOrThrow(context, namedOrOnly(context, nameOrPath, "output"));
  return inSession(context, environment, async (session) => {
    const { rows } = await lookAt(context, session, environment);
    const values = Object.fromEntries(
      rows.flatMap(
        ({ address, id, outputs }) =>
          [[address, id], ...Object.entries(outputs).map(([key, value]) => [`${address}.${key}`, value])] as [string, string][],
      ),
    );
    if (name === undefined) emit(context, { text: () => lines(values), json: () => jsonText(values) });
    else emit(context, { text: () => `${valueOf(values, name)}\n`, json: () => jsonText(valueOf(values, name)) });
    return exit.ok;
  });
}

function lines(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

function valueOf(values: Readonly<Record<string, string>>, name: string): string {
  const value = values[name];
  if (value !== undefined) return value;
  const near = didYouMean(name, Object.keys(values));
  throw usage(
    `there is no output "${name}".`,
    near === undefined ? "`infra output ENV` lists all; what does not exist yet has none" : `did you mean "${near}"?`,
  );
}
