import { execFile } from "node:child_process";
import { relative, resolve } from "node:path";
import { promisify } from "node:util";
import { listEnvironments, type Listed } from "../../config/load.ts";
import { liveEnvironments } from "../../observe/environments.ts";
import { table } from "../../render/layout.ts";
import type { Context } from "../context.ts";
import { load } from "../environment.ts";
import { exit, type ExitCode } from "../exit.ts";
import { emit, jsonText, usage } from "../outputs.ts";
import { inSession } from "../session.ts";

export interface EnvironmentsFlags {
  readonly json?: boolean;
  readonly changed?: string;
  readonly names?: boolean;
  readonly live?: boolean;
  readonly addresses?: string;
}

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly project: string;
  readonly environment: string;
  readonly region: string;
  readonly account: string;
  readonly valid: boolean;
}

/** `infra environments`: lists names, regions and accounts. */
export async function environments(context: Context, flags: EnvironmentsFlags): Promise<ExitCode> {
  if (flags.addresses !== undefined) return addresses(context, flags.addresses);
  const listed = listEnvironments(context.home);
  if (flags.live === true)
    return live(
      context,
      listed.map((one) => describe(context, one).entry),
      flags.json === true,
    );
  if (flags.names === true && flags.changed === undefined) {
    context.io.stdout.write(listed.map(({ name }) => `${name}\n`).join(""));
    return exit.ok;
  }
  const changed = flags.changed === undefined ? undefined : await changedFiles(context.cwd, flags.changed);
  const entries = listed.flatMap((one): Entry[] => {
    const { entry, files } = describe(context, one);
    return changed === undefined || files === undefined || files.some((file) => changed.has(resolve(context.cwd, file))) ? [entry] : [];
  });
  if (flags.names === true) context.io.stdout.write(entries.map(({ name }) => `${name}\n`).join(""));
  else if (flags.json === true) context.io.stdout.write(`${JSON.stringify(entries)}\n`); // one line, as $GITHUB_OUTPUT needs it
  else emit(context, { text: () => text(entries, changed !== undefined), json: () => jsonText(entries) });
  return exit.ok;
}

/** Prints the addresses that a shell completes after `--target`. Prints nothing for an environment with errors. */
function addresses(context: Context, name: string): ExitCode {
  const nodes = load(context, name).environment?.nodes ?? [];
  context.io.stdout.write(nodes.map(({ address }) => `${address}\n`).join(""));
  return exit.ok;
}

interface LiveRow {
  readonly project: string;
  readonly environment: string;
  readonly region: string;
  readonly objects: number;
  readonly yaml: boolean;
}

/** Lists existing environments by their tags, in each region and project that the environments here name. */
async function live(context: Context, entries: readonly Entry[], asJson: boolean): Promise<ExitCode> {
  const places = new Map(entries.filter(({ valid }) => valid).map((entry) => [`${entry.project} ${entry.region} ${entry.account}`, entry]));
  const rows: LiveRow[] = [];
  for (const { project, region, account, environment } of places.values()) {
    const found = await inSession(context, { project, name: environment, region, ...(account ? { account } : {}) }, (session) =>
      liveEnvironments(session.connection.aws.within({ signal: context.signals.stop }), project),
    );
    for (const [name, objects] of found)
      rows.push({
        project,
        environment: name,
        region,
        objects,
        yaml: entries.some((entry) => entry.project === project && entry.environment === name && entry.region === region),
      });
  }
  rows.sort((a, b) => a.project.localeCompare(b.project) || a.environment.localeCompare(b.environment) || a.region.localeCompare(b.region));
  const lines = rows.map((row) => [`${row.project}/${row.environment}`, row.region, String(row.objects), row.yaml ? "yes" : "no"]);
  const text =
    rows.length === 0
      ? "No resources with the tags of infra exist.\n"
      : `${table([["LIVE", "REGION", "EC2 OBJECTS", "YAML"], ...lines]).join("\n")}\n`;
  if (asJson) context.io.stdout.write(`${JSON.stringify(rows)}\n`);
  else emit(context, { text: () => text, json: () => jsonText(rows) });
  return exit.ok;
}

/** Describes an environment by its file. A file with errors is listed all the same, and always counts as changed. */
function describe(context: Context, { name, path }: Listed): { readonly entry: Entry; readonly files: readonly string[] | undefined } {
  const { environment } = load(context, name);
  const entry = {
    name,
    path: relative(context.cwd, path),
    project: environment?.project ?? "",
    environment: environment?.name ?? name,
    region: environment?.region ?? "",
    account: environment?.account ?? "",
    valid: environment !== undefined,
  };
  return { entry, files: environment?.files };
}

function text(entries: readonly Entry[], onlyChanged: boolean): string {
  if (entries.length === 0)
    return onlyChanged ? "No environment has changed.\n" : "There is no environment here; `infra init` writes a first one.\n";
  const rows = entries.map(({ name, project, environment, region, account, valid }) => [
    name,
    valid ? `${project}/${environment}` : "in error: `infra validate` shows why",
    region,
    account || "any account",
  ]);
  return `${table([["NAME", "IDENTITY", "REGION", "ACCOUNT"], ...rows]).join("\n")}\n`;
}

/** Returns the absolute paths of files that differ from a commit, committed or not, including new files. */
async function changedFiles(cwd: string, base: string): Promise<ReadonlySet<string>> {
  if (base.startsWith("-")) throw usage(`"${base}" is not a Git commit.`);
  const git = async (...args: string[]) => (await promisify(execFile)("git", args, { cwd, maxBuffer: 64 * 1024 * 1024 })).stdout;
  try {
    const top = (await git("rev-parse", "--show-toplevel")).trim();
    const differing = await git("diff", "--name-only", "-z", "--merge-base", base);
    const untracked = await git("ls-files", "--others", "--exclude-standard", "-z", "--full-name");
    return new Set(
      `${differing}${untracked}`
        .split("\0")
        .filter(Boolean)
        .map((file) => resolve(top, file)),
    );
  } catch (error) {
    const { stderr, code } = error as { stderr?: string; code?: unknown };
    throw usage(
      code === "ENOENT"
        ? "--changed needs Git, which is not installed."
        : `Git cannot compare with "${base}": ${(stderr ?? "").trim().split("\n")[0]}`,
      "in CI, check out the whole history (fetch-depth: 0)",
    );
  }
}
