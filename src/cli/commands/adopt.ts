import { resolve } from "node:path";
import { adoptionProblems } from "../../plan/adoption.ts";
import { listed } from "../../diag/words.ts";
import type { Context } from "../context.ts";
import { loadOrThrow, program, typed } from "../environments/environment.ts";
import { exit, type ExitCode } from "../exit.ts";
import { usage } from "../outputs.ts";
import { isConfirmed } from "./apply.ts";
import { runApply } from "../apply/run-apply.ts";
import { readApproval } from "../apply/saved-plan.ts";
import { meantAmong, named } from "../environments/select.ts";
import { inSession } from "../session/session.ts";
import { tidy } from "../environments/remove-adopt-lines.ts";

export interface AdoptFlags {
  readonly yes?: boolean;
  readonly approve?: string;
  /** Removes the `adopt:` lines of the adopted resources from the file. */
  readonly tidy?: boolean;
  readonly lock: boolean;
}

/** `infra adopt ENV [ADDRESS…]`: writes our tags on the objects that `adopt:` names, and refuses everything else. */
export async function adopt(
  context: Context,
  maybeName: string | undefined,
  addresses: readonly string[],
  flags: AdoptFlags,
): Promise<ExitCode> {
  const nameOrPath = named(context, maybeName, "adopt");
  const environment = loadOrThrow(context, nameOrPath);
  const adopting = environment.nodes.filter(({ adopt: id }) => id !== undefined).map(({ address }) => address);
  if (adopting.length === 0) throw usage(`${nameOrPath} has no \`adopt:\` line.`, "`infra import` writes them");
  const unknown = addresses.filter((address) => !adopting.includes(address));
  if (unknown.length > 0)
    throw usage(
      `${listed(unknown)} ${unknown.length === 1 ? "has" : "have"} no \`adopt:\` in ${nameOrPath}.`,
      meantAmong(unknown, adopting),
    );
  const wanted = addresses.length > 0 ? addresses : adopting;
  const approval = flags.approve === undefined ? undefined : readApproval(resolve(context.cwd, flags.approve));
  const isSaid = flags.yes === true || approval !== undefined;
  const code = await inSession(context, environment, (session, environment) =>
    runApply(context, session, environment, {
      goal: "agree",
      adopting: wanted,
      approval,
      withoutLease: !flags.lock,
      mayGoBack: true,
      mayRun: (run) => (isSaid ? Promise.resolve(true) : isConfirmed(context, run)),
      guards: ({ plan }) => adoptionProblems(plan),
      words: typed(nameOrPath, context.cwd),
      again: `${program(context)} adopt ${typed(nameOrPath, context.cwd)}`,
    }),
  );
  if (code === exit.ok && flags.tidy === true) tidy(context, nameOrPath, environment, wanted);
  return code;
}
