import type { Environment } from "../../config/environment.ts";
import { kinds } from "../../kinds/index.ts";
import { placePatterns } from "../../config/schema.ts";
import type { Context } from "../context.ts";
import { loadOrThrow, program, typed } from "../environment.ts";
import type { ExitCode } from "../exit.ts";
import { usage } from "../outputs.ts";
import { runApply } from "../run-apply.ts";
import { namesHere } from "../select.ts";
import { timeoutsFor } from "../timeouts.ts";
import { inSession, unlessStopped, type Session } from "../session.ts";

export interface DestroyFlags {
  readonly project?: string;
  readonly environment?: string;
  readonly region?: string;
  readonly confirm?: string;
  readonly yes?: boolean;
  readonly lock: boolean;
  readonly timeout?: readonly string[];
}

/** `infra destroy ENV`: plans an empty environment and runs the plan after a typed confirmation. */
export async function destroy(context: Context, nameOrPath: string | undefined, flags: DestroyFlags): Promise<ExitCode> {
  if (flags.yes === true && !context.options.sandbox)
    throw usage("destroy takes --yes in the sandbox only.", "confirm with --confirm ACCOUNT/REGION/NAME");
  const timeouts = timeoutsFor(flags.timeout ?? [], kinds);
  const environment = nameOrPath === undefined ? withoutYaml(context, flags) : loadOrThrow(context, nameOrPath);
  return inSession(context, environment, (session, environment) =>
    runApply(context, session, environment, {
      goal: "destroy",
      withoutLease: !flags.lock,
      timeouts,
      mayGoBack: true,
      mayRun: () => isConfirmed(context, session, environment, flags),
      guards: () => [],
      again: `${program(context)} ${argumentsOf(nameOrPath, environment, context.cwd)}`,
    }),
  );
}

/** Returns an environment without its YAML: only its project, name and region, for resources whose YAML is gone. */
function withoutYaml(context: Context, { project, environment, region }: DestroyFlags): Environment {
  if (project === undefined || environment === undefined || region === undefined)
    throw usage(
      "destroy needs the name of an environment.",
      `${namesHere(context)}; without YAML give --project, --environment and --region`,
    );
  const texts = { project, environment, region };
  for (const key of ["project", "environment", "region"] as const)
    if (!new RegExp(placePatterns[key]).test(texts[key]))
      throw usage(`--${key} cannot be "${texts[key]}".`, `it must match ${placePatterns[key]}`);
  const at = { file: "--environment", line: 1, column: 1 };
  return {
    format: 1,
    project,
    name: environment,
    region,
    maxDisruption: "replace",
    allowDestroy: {},
    moved: [],
    tags: {},
    nodes: [],
    files: [],
    at,
  };
}

async function isConfirmed(context: Context, session: Session, environment: Environment, flags: DestroyFlags): Promise<boolean> {
  if (flags.yes === true) return true;
  const expected = `${session.connection.identity.account}/${environment.region}/${environment.name}`;
  if (flags.confirm !== undefined) {
    if (flags.confirm === expected) return true;
    throw usage(`--confirm says ${flags.confirm}, and this is ${expected}.`, "nothing was changed");
  }
  if (!context.io.canAsk) throw usage("No terminal to ask for confirmation. Nothing was changed.", `confirm with --confirm ${expected}`);
  const answer = await unlessStopped(context, context.io.ask(`Type ${expected} to destroy it: `));
  if (answer?.trim() === expected) return true;
  context.io.stderr.write(`The text does not match ${expected}. Nothing was changed.\n`);
  return false;
}

function argumentsOf(nameOrPath: string | undefined, { project, name, region }: Environment, cwd: string): string {
  return nameOrPath === undefined
    ? `destroy --project ${project} --environment ${name} --region ${region}`
    : `destroy ${typed(nameOrPath, cwd)}`;
}
