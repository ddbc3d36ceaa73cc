import type { Environment } from "../../config/environment.ts";
import { kinds } from "../../kinds/index.ts";
import type { Context } from "../context.ts";
import { loadOrThrow, program } from "../environments/environment.ts";
import type { ExitCode } from "../exit.ts";
import { usage } from "../outputs.ts";
import { placeInFlags, wordsFor, type PlaceFlags } from "../environments/place.ts";
import { runApply } from "../apply/run-apply.ts";
import { timeoutsFor } from "../apply/timeouts.ts";
import { inSession, unlessStopped, type Session } from "../session/session.ts";

export interface DestroyFlags extends PlaceFlags {
  readonly confirm?: string;
  readonly yes?: boolean;
  readonly lock: boolean;
  readonly timeout?: readonly string[];
}

/** `infra destroy ENV`: plans an empty environment and runs the plan after a typed confirmation. */
export async function destroy(context: Context, nameOrPath: string | undefined, flags: DestroyFlags): Promise<ExitCode> {
  if (flags.yes === true && !context.options.sandbox)
    throw usage("destroy accepts --yes only in the sandbox.", "confirm with --confirm ACCOUNT/REGION/NAME");
  const timeouts = timeoutsFor(flags.timeout ?? [], kinds);
  const place = placeInFlags(context, nameOrPath, flags);
  const environment = place ? withoutYaml(place) : loadOrThrow(context, nameOrPath!);
  return inSession(context, environment, (session, environment) =>
    runApply(context, session, environment, {
      goal: "destroy",
      withoutLease: !flags.lock,
      timeouts,
      mayGoBack: true,
      mayRun: () => isConfirmed(context, session, environment, flags),
      guards: () => [],
      words: wordsFor(nameOrPath, environment, context.cwd),
      again: `${program(context)} destroy ${wordsFor(nameOrPath, environment, context.cwd)}`,
    }),
  );
}

/** Returns an environment without resources, for an environment whose YAML is gone. */
function withoutYaml(place: Pick<Environment, "project" | "name" | "region">): Environment {
  const at = { file: "--environment", line: 1, column: 1 };
  return {
    format: 1,
    ...place,
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
    throw usage(`--confirm names ${flags.confirm}, but this is ${expected}.`, "nothing was changed");
  }
  if (!context.io.canAsk) throw usage("No terminal to ask for confirmation. Nothing was changed.", `confirm with --confirm ${expected}`);
  const answer = await unlessStopped(context, context.io.ask(`Type ${expected} to destroy it: `));
  if (answer?.trim() === expected) return true;
  context.io.stderr.write(`The text does not match ${expected}. Nothing was changed.\n`);
  return false;
}
