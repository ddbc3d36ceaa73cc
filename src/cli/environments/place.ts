/** Where an environment is, for commands that need no more of its YAML than that, or that work without YAML. */
import { placePatterns } from "../../config/schema/schema.ts";
import { counted } from "../../diag/words.ts";
import type { Context } from "../context.ts";
import { load, typed } from "./environment.ts";
import { usage } from "../outputs.ts";
import { printDiagnostics } from "../report-error.ts";
import { namesHere } from "./select.ts";
import type { Place } from "../session/session.ts";
import { WrongFile } from "./wrong-file.ts";

/** The flags that stand for an environment without YAML. */
export interface PlaceFlags {
  readonly project?: string;
  readonly environment?: string;
  readonly region?: string;
}

type PlaceInFlags = Pick<Place, "project" | "name" | "region">;

/** Returns the place that the flags give, or undefined if the command line names an environment that has YAML. */
export function placeInFlags(context: Context, nameOrPath: string | undefined, flags: PlaceFlags): PlaceInFlags | undefined {
  const { project, environment, region } = flags;
  if (nameOrPath !== undefined) {
    const given = Object.entries({ project, environment, region }).find(([, value]) => value !== undefined);
    if (given) throw usage(`--${given[0]} is for an environment without YAML, but you also named ${nameOrPath}.`, "omit one of them");
    return undefined;
  }
  if (project === undefined || environment === undefined || region === undefined)
    throw usage(
      `${context.command} needs the name of an environment.`,
      `${namesHere(context)}; without YAML give --project, --environment and --region`,
    );
  const texts = { project, environment, region };
  for (const key of ["project", "environment", "region"] as const)
    if (!new RegExp(placePatterns[key]).test(texts[key]))
      throw usage(`--${key} cannot be "${texts[key]}".`, `it must match ${placePatterns[key]}`);
  return { project, name: environment, region };
}

/** Returns the words that name an environment on the next command line: its name, or the flags of one without YAML. */
export function wordsFor(nameOrPath: string | undefined, { project, name, region }: PlaceInFlags, cwd: string): string {
  return nameOrPath === undefined ? `--project ${project} --environment ${name} --region ${region}` : typed(nameOrPath, cwd);
}

/**
 * Returns the place of an environment by its flags or its YAML. Errors in the YAML stop the command only where they leave a doubt about the
 * place: an incident does not wait until a file is mended.
 */
export function placeOf(context: Context, nameOrPath: string | undefined, flags: PlaceFlags): Place {
  const given = placeInFlags(context, nameOrPath, flags);
  if (given || nameOrPath === undefined) return given!;
  const words = typed(nameOrPath, context.cwd);
  const { environment, place, diagnostics } = load(context, nameOrPath, "none");
  if (environment) {
    printDiagnostics(diagnostics, context.io);
    const { project, name, region, account, accountAt, assumeRole } = environment;
    return { project, name, region, account, accountAt, assumeRole, typed: words };
  }
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (!place) throw new WrongFile(nameOrPath, errors.some(({ code }) => code === "env-not-found") ? errors : [...errors, doubt(context)]);
  context.io.stderr.write(
    `note: the YAML of ${words} has ${counted(errors.length, "error")} (see \`infra validate ${words}\`); ${context.command} uses only the project, the environment's name, the region, the account and the role\n`,
  );
  return { ...place, typed: words };
}

function doubt({ command }: Context) {
  return usage(
    `because of these errors infra does not know where the environment is.`,
    `\`infra ${command} --project PROJECT --environment NAME --region REGION\` needs no YAML`,
  ).diagnostics[0]!;
}
