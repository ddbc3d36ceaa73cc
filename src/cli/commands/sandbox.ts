import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { DiagnosticError } from "../../diag/diagnostic.ts";
import { counted } from "../../diag/words.ts";
import { table } from "../../render/layout.ts";
import type { FactKind } from "@plumbline/aws-sandbox/account-facts.ts";
import { addFacts } from "@plumbline/aws-sandbox/disk/facts-file.ts";
import { openSandbox } from "@plumbline/aws-sandbox/disk/open.ts";
import { resetFolder, savedRegions } from "@plumbline/aws-sandbox/disk/disk-state.ts";
import { parseFaultPlan, type FaultPlan } from "@plumbline/aws-sandbox/faults/plan.ts";
import type { Context } from "../context.ts";
import { exit, exitOfSignal, type ExitCode } from "../exit.ts";
import { emit, jsonText, usage } from "../outputs.ts";
import { sandboxFolder } from "../session/sandbox-session.ts";

/** `infra sandbox serve`: serves the embedded AWS as an HTTP endpoint until a signal ends it. */
export async function serveSandbox(context: Context, flags: ServeFlags): Promise<ExitCode> {
  const { io, signals, options } = context;
  const { serve } = await import("@plumbline/aws-sandbox/serve.ts");
  // Other clients do not know virtual time. With "virtual", AWS work of a minute takes a second.
  const time = options.sandboxTime === "real" ? "real" : 60;
  const { sandbox, close } = openSandbox({
    ...(!flags.inMemory && { dir: sandboxFolder(context.home) }),
    time,
    faults: faultsOf(context, flags),
    keepCalls: 1000,
  });
  const serving = await serve({
    sandbox,
    port: flags.port,
    host: flags.host,
    onError: (error) => io.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`),
  }).catch((error: unknown) => {
    throw cannotListen(error as NodeJS.ErrnoException, flags);
  });
  io.stdout.write(`${serving.url}\n`);
  io.stderr.write(
    `The sandbox answers at ${serving.url}, until Ctrl-C. For example:\n` +
      `  export AWS_ENDPOINT_URL=${serving.url} AWS_ACCESS_KEY_ID=sandbox AWS_SECRET_ACCESS_KEY=sandbox\n` +
      "  aws ec2 describe-vpcs --region eu-west-1\n",
  );
  const signal = await new Promise<"SIGINT" | "SIGTERM">((resolve) => signals.onFirst(resolve));
  await serving.close();
  close();
  return exitOfSignal(signal);
}

/** Returns a usage error when the port or the host cannot be used. Any other error stays as it is. */
function cannotListen(error: NodeJS.ErrnoException, { host, port }: ServeFlags): Error {
  const why: Readonly<Record<string, string>> = {
    EADDRINUSE: "another program listens there",
    EACCES: "this user may not listen there",
    EADDRNOTAVAIL: `${host} is not an address of this machine`,
    ENOTFOUND: `there is no host "${host}"`,
    EAI_AGAIN: `the name "${host}" could not be resolved`,
  };
  const reason = why[error.code ?? ""];
  const hint = "--port 0 chooses a free port, and 127.0.0.1 is this machine";
  return reason === undefined
    ? error
    : new DiagnosticError([
        { code: "cannot-listen", severity: "error", summary: `the sandbox cannot listen on ${host}:${port}: ${reason}.`, hint },
      ]);
}

interface ServeFlags {
  readonly port: number;
  readonly host: string;
  readonly inMemory?: boolean;
  readonly faults?: string;
  readonly quotas: boolean;
}

function faultsOf({ cwd }: Context, { faults, quotas }: ServeFlags): FaultPlan {
  const asked = faults === undefined ? {} : readFaults(resolve(cwd, faults), faults);
  const events = Array.isArray(asked.events) ? Object.fromEntries(asked.events.map((name) => [name, 1])) : asked.events;
  return quotas ? asked : { ...asked, events: { ...events, "quotas:lifted": "always" } };
}

function readFaults(path: string, shown: string): FaultPlan {
  try {
    return parseFaultPlan(readFileSync(path, "utf8"), shown);
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

/** `infra sandbox add`: adds roles, profiles, keys, certificates or buckets to the accounts of the sandbox. */
export async function addToSandbox(context: Context, kind: FactKind, names: readonly string[]): Promise<ExitCode> {
  addFacts(sandboxFolder(context.home), kind, names);
  context.io.stdout.write(`The accounts of the sandbox have ${kind} ${names.join(", ")}.\n`);
  return exit.ok;
}

/** `infra sandbox reset`: deletes everything in the sandbox. */
export async function resetSandbox(context: Context): Promise<ExitCode> {
  const regions = resetFolder(sandboxFolder(context.home));
  context.io.stdout.write(regions === 0 ? "The sandbox was empty.\n" : `Sandbox reset (${counted(regions, "region")}).\n`);
  return exit.ok;
}

/** `infra sandbox status`: lists the accounts and regions that are not empty, and their current time. */
export async function sandboxStatus(context: Context): Promise<ExitCode> {
  const regions = savedRegions(sandboxFolder(context.home)).map(({ account, region, now }) => ({
    account,
    region,
    time: new Date(now).toISOString(),
  }));
  const rows = [["ACCOUNT", "REGION", "TIME"], ...regions.map(({ account, region, time }) => [account, region, time])];
  emit(context, {
    text: () => (regions.length === 0 ? "The sandbox is empty.\n" : `${table(rows).join("\n")}\n`),
    json: () => jsonText({ folder: sandboxFolder(context.home), regions }),
  });
  return exit.ok;
}
