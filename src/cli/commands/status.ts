import { statusJson, statusText } from "../../render/status.ts";
import type { Context } from "../context.ts";
import { loadOrThrow } from "../environments/environment.ts";
import { exit, type ExitCode } from "../exit.ts";
import { lookAt } from "../read-status.ts";
import { emit, jsonText } from "../outputs.ts";
import { namedOrOnly } from "../environments/select.ts";
import { inSession, printFooter } from "../session/session.ts";

export interface StatusFlags {
  /** `-o wide`: shows outputs in full, however wide the rows become. In a pipe this is always so. */
  readonly o?: "wide";
}

/** `infra status ENV`: shows the resources that exist. */
export async function status(context: Context, nameOrPath: string | undefined, flags: StatusFlags): Promise<ExitCode> {
  const environment = loadOrThrow(context, namedOrOnly(context, nameOrPath, "status"));
  return inSession(context, environment, async (session, environment) => {
    const found = await lookAt(context, session, environment, true);
    const isWide = flags.o === "wide" || !context.io.stdout.isTTY;
    emit(context, {
      text: (options) => statusText(found, session.clock.now(), { ...options, wide: isWide }),
      json: () => jsonText(statusJson(found)),
    });
    printFooter(context, session);
    return exit.ok;
  });
}
