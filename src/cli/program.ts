import { table } from "../render/layout.ts";
import {
  addGlobalOptions,
  count,
  ignorePreflight,
  noLock,
  oneEnvironment,
  onlyEnvironment,
  port,
  repairContested,
  severalEnvironments,
  targets,
  timeout,
  withoutYaml,
} from "./arguments.ts";
import type { Context } from "./context.ts";
import { exit, type ExitCode } from "./exit.ts";
import { type Example, globalFlagsOf, helpExamples, helpWidth } from "./help.ts";
import { loader, type Start } from "./loader.ts";
import { formatsOf } from "./outputs.ts";
import { reportError } from "./report-error.ts";
import { type Io, widthOf } from "./terminal/terminal.ts";
import { version } from "./version.ts";
import { factKinds } from "@plumbline/aws-sandbox/account-facts.ts";
import { Argument, Command, CommanderError, Option } from "commander";

/** Parses a command line, runs the command and resolves to the exit code. */
export async function parse(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = exit.ok;
  const program = createProgram(io, async (work) => {
    code = await work;
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return io.stdout.isCut === true ? exit.error : exit.ok;
    if (error instanceof CommanderError && error.code === "commander.help") return exit.error; // the help that was shown is the message
    if (error instanceof CommanderError) return reportError((await import("./usage-errors.ts")).usageErrorOf(error, argv, program), io);
    return reportError(error, io);
  }
}

/** Returns all commands. Each loads its own code when it runs, so that `infra --help` loads no AWS code. */
export function createProgram(io: Io, start: Start): Command {
  const program = new Command("infra")
    .description("Makes AWS match the environments that you write in YAML.")
    .version(version, "-V, --version")
    .configureOutput({
      writeOut: io.stdout.write,
      writeErr: io.stderr.write,
      getOutHelpWidth: () => Math.min(helpWidth, widthOf(io.stdout)),
      getErrHelpWidth: () => Math.min(helpWidth, widthOf(io.stderr)),
      outputError: () => {}, // usageErrorOf reports these
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride()
    .showSuggestionAfterError(false)
    .addHelpText("after", help);
  addGlobalOptions(program);
  addEverydayCommands(program, io, start);
  addLookingCommands(program, io, start);
  addSandboxCommands(program, io, start);
  return program;
}

function addEverydayCommands(program: Command, io: Io, start: Start): void {
  const load = loader(io, start);
  const [project, environment, region] = withoutYaml();
  subcommand(program, "init", "write a first environment")
    .argument("[name]", "the environment's name", "dev")
    .option("--project <name>", "the project's name; the folder's name when omitted")
    .option("--region <region>", "the region; that of the shell when omitted, or eu-west-1")
    .option("--template [name]", "begin with an environment that ships with infra; without a name, list them")
    .option("--force", "overwrite existing files")
    .option("--github", "also write GitHub workflows that plan pull requests, apply merges and check for drift")
    .option(
      "--repository <owner/name>",
      "with --github: also write environments/ci-roles.yaml, the IAM roles for the workflows of this repository",
    )
    .option("--gitlab", "also write .gitlab-ci.yml, which plans merge requests and applies what was planned")
    .action(load(async () => (await import("./commands/init.ts")).init));
  subcommand(program, "validate", "check everything that can be checked without AWS")
    .addArgument(severalEnvironments())
    .option("--resolved", "print the environment with variables, expressions and repetition resolved")
    .option("--variables", "list the variables with their types, values and where each came from")
    .action(load(async () => (await import("./commands/validate.ts")).validate));
  subcommand(program, "plan", "show what apply would do")
    .addArgument(onlyEnvironment())
    .option("--all", "plan every environment of environments/")
    .option("--out <file>", "save the plan for `apply --plan`")
    .addOption(targets())
    .option("--detailed-exitcode", "exit with 2 when there is something to do")
    .addOption(repairContested())
    .action(load(async () => (await import("./commands/plan.ts")).plan));
  subcommand(program, "apply", "change AWS to match the YAML")
    .addArgument(onlyEnvironment(", except with --yes or without a terminal"))
    .option("-y, --yes", "do not ask")
    .option("--plan <file>", "run a saved plan, if it still matches")
    .option("--approve <file>", "run only what this approval or saved plan contains")
    .addOption(targets())
    .option("--allow-deletes <n>", "allow up to N deletes and replacements without a terminal", count)
    .option("--preflight", "check what AWS can check without a write, and list what it cannot; change nothing")
    .addOption(ignorePreflight())
    .option("--allow-older", "allow a commit that is older than the one applied last")
    .addOption(repairContested())
    .addOption(timeout())
    .addOption(noLock())
    .action(load(async () => (await import("./commands/apply.ts")).apply));
  subcommand(program, "drift", "show differences between AWS and the YAML")
    .addArgument(severalEnvironments())
    .option("--all", "all environments (the default)")
    .addOption(
      new Option(
        "--accept <address[.field]>",
        "print a change of the file that accepts the state of AWS; `all` for everything; repeatable",
      ).argParser((value: string, list: readonly string[] = []) => [...list, value]),
    )
    .option("--write", "with --accept: also change the file")
    .action(load(async () => (await import("./commands/drift.ts")).drift));
  subcommand(program, "import", "write a file from existing resources, proved to change nothing but tags")
    .argument("[root...]", "vpc-…, another id, an ARN, KIND/NAME, or a tag KEY=VALUE")
    .option("--name <name>", "the environment's name", "imported")
    .option("--project <name>", "the project's name; the folder's name when omitted")
    .option("--region <region>", "the region; that of the shell when omitted")
    .addOption(
      new Option("--depth <depth>", "linked: also import resources outside the roots that these refer to")
        .choices(["vpc", "linked"])
        .default("vpc"),
    )
    .option(
      "--from <file>",
      "take roots and names from a Terraform state, or from the output of `aws cloudformation describe-stack-resources`",
    )
    .option("--from-stack <name>", "take roots and names from a CloudFormation stack, by its name or id")
    .option("--parts", "write environments/ENV.yaml, with repeated groups of resources as parts in parts/")
    .option("--split", "write the folder environments/ENV/, with separate files for network, compute and data")
    .addOption(new Option("--names <style>", "where names come from").choices(["name-tag", "id"]).default("name-tag"))
    .addOption(
      new Option("--exclude <kind|id>", "leave out a kind or an object; repeatable").argParser(
        (value: string, list: readonly string[] = []) => [...list, value],
      ),
    )
    .action(load(async () => (await import("./commands/import.ts")).importRoots));
  subcommand(program, "adopt", "write infra's tags on the objects that `adopt:` names, and change nothing else")
    .usage("[options] <env> [address...]")
    .addArgument(oneEnvironment())
    .argument("[address...]", "only these; every resource with `adopt:` when omitted")
    .option("-y, --yes", "do not ask")
    .option("--approve <file>", "run only what this approval or saved plan contains")
    .option("--tidy", "then remove the `adopt:` lines from the file")
    .addOption(noLock())
    .action(load(async () => (await import("./commands/adopt.ts")).adopt));
  subcommand(program, "release", "remove infra's tags from objects, and keep the objects")
    .usage("[options] <env> <address...>")
    .addArgument(oneEnvironment())
    .argument("[address...]", "the resources to release")
    .option("-y, --yes", "do not ask")
    .action(load(async () => (await import("./commands/release.ts")).release));
  subcommand(program, "destroy", "delete what this environment owns, except what holds data")
    .addArgument(oneEnvironment())
    .addOption(project)
    .addOption(environment)
    .addOption(region)
    .option("--confirm <what>", "confirm with ACCOUNT/REGION/NAME instead of typing it")
    .option("-y, --yes", "do not ask; only in the sandbox")
    .addOption(timeout())
    .addOption(noLock())
    .action(load(async () => (await import("./commands/destroy.ts")).destroy));
  subcommand(program, "unlock", "show who holds the lock, and free it")
    .addArgument(oneEnvironment())
    .addOption(project)
    .addOption(environment)
    .addOption(region)
    .option("-y, --yes", "do not ask, if the last heartbeat is minutes old")
    .option("--force", "free the lock even if its run is alive")
    .action(load(async () => (await import("./commands/unlock.ts")).unlock));
  subcommand(program, "freeze", "block applies; without a flag, show whether they are blocked, and why")
    .addArgument(oneEnvironment())
    .addOption(project)
    .addOption(environment)
    .addOption(region)
    .option("--reason <text>", "block applies, and show this text to everybody who tries to apply")
    .option("--thaw", "allow applies again")
    .action(load(async () => (await import("./commands/freeze.ts")).freeze));
}

function addLookingCommands(program: Command, io: Io, start: Start): void {
  const load = loader(io, start);
  subcommand(program, "status", "show what exists")
    .addArgument(onlyEnvironment())
    .addOption(new Option("-o <view>", "wide: show every output in full").choices(["wide"]))
    .action(load(async () => (await import("./commands/status.ts")).status));
  subcommand(program, "output", "print ids, addresses and endpoints for scripts")
    .addArgument(onlyEnvironment())
    .argument("[name]", "a name in `outputs:`, an ADDRESS for its id, or ADDRESS.OUTPUT")
    .action(load(async () => (await import("./commands/output.ts")).output));
  subcommand(program, "reach", "show whether one resource can reach another, hop by hop")
    .usage("[options] [env] [from to [port]]")
    .argument("[what...]", "an environment, then both ends: internet, a network, KIND/NAME or KIND/*; without ends, every flow")
    .addOption(new Option("--protocol <name>", "tcp when a port is given").choices(["tcp", "udp", "icmp"]))
    .option("--live", "use the state in AWS instead of the file")
    .action(load(async () => (await import("./commands/reach.ts")).reach));
  subcommand(program, "graph", "draw the network")
    .addArgument(onlyEnvironment())
    .option("--live", "draw the state in AWS instead of the YAML")
    .addOption(new Option("--only <what>", "changed: only what a plan would change, and the networks that contain it").choices(["changed"]))
    .option("--vpc <name>", "this network only")
    .option("--check <file>", "write nothing; exit with 2 when this file is not up to date")
    .action(load(async () => (await import("./commands/graph.ts")).graph));
  subcommand(program, "explain", "describe a resource kind, a field, an error code or a word of the glossary")
    .argument("[what]", "KIND, KIND.FIELD, CODE or WORD; lists all when omitted")
    .option("--outputs", "the outputs of a kind: values that AWS assigns and `outputs:` may name")
    .option("--names", "list kinds, top-level keys and codes, one per line")
    .action(load(async () => (await import("./commands/explain.ts")).explain));
  subcommand(program, "types", "list AWS's own resource types, which a file may use besides infra's kinds")
    .argument("[word]", "a word in their names; when omitted, the types that were tried one by one")
    .action(load(async () => (await import("./commands/types.ts")).types));
  subcommand(program, "environments", "list environments with their regions and accounts")
    .option("--json", "print JSON: a CI matrix")
    .option("--changed <base>", "only those with a file that differs from this Git commit")
    .option("--names", "names only, one per line")
    .option("--addresses <env>", "the addresses that an environment declares, one per line")
    .option("--live", "the environments of these projects in AWS, by the tags in EC2, with or without YAML")
    .action(load(async () => (await import("./commands/environments.ts")).environments));
  subcommand(program, "iam-policy", "print the smallest IAM policy that a role needs")
    .addArgument(onlyEnvironment())
    .addOption(
      new Option("--for <purpose>", "the command that the role runs; guard: a policy for everybody else")
        .choices(["plan", "apply", "adopt", "guard", "import"])
        .default("plan"),
    )
    .option("--except <arn>", "guard: who may write infra's tags; repeatable", (value: string, list: readonly string[] = []) => [
      ...list,
      value,
    ])
    .option("--file-only", "only what the current YAML needs, not what finds and deletes resources of earlier versions")
    .option("--split", "print a list of policies, each short enough for a managed policy")
    .action(load(async () => (await import("./commands/iam-policy.ts")).printIamPolicy));
  subcommand(program, "lsp", "serve an editor: problems, completion and names while you type").action(
    load(async () => (await import("./commands/lsp.ts")).lsp),
  );
  subcommand(program, "schema", "print the JSON Schema of environment files, for editors")
    .argument("[what]", "an environment: the schema with the AWS types that it uses; the file of a part: the schema of its parameters")
    .option("--part", "print the schema of the files of parts")
    .action(load(async () => (await import("./commands/schema.ts")).schema));
  subcommand(program, "completion", "print the completion script for a shell")
    .addArgument(new Argument("<shell>").choices(["bash", "zsh", "fish"]))
    .action(
      load(async () => {
        const { completion } = await import("./commands/completion.ts");
        return (context: Context, shell: string) => completion(context, shell, program);
      }),
    );
}

function addSandboxCommands(program: Command, io: Io, start: Start): void {
  const load = loader(io, start);
  const sandbox = subcommand(program, "sandbox", "run the built-in AWS emulator, whose state is in .infra/sandbox/");
  subcommand(sandbox, "serve", "serve any AWS client over HTTP until stopped")
    .option("--port <number>", "the port; 0 chooses a free one", port, 4599)
    .option("--host <host>", "the address to listen on", "127.0.0.1")
    .option("--in-memory", "start empty, and save nothing")
    .option("--faults <file>", "a JSON file of faults: throttling, latency, refused calls, lost answers")
    .option("--no-quotas", "lift AWS's default quotas")
    .action(load(async () => (await import("./commands/sandbox.ts")).serveSandbox));
  subcommand(sandbox, "add", "add objects that your account has and the sandbox cannot create")
    .addArgument(new Argument("<kind>", "the kind of the object").choices(factKinds))
    .argument("<name...>", "names, or whole ARNs for objects of another account or region")
    .action(load(async () => (await import("./commands/sandbox.ts")).addToSandbox));
  subcommand(sandbox, "reset", "delete everything except what `sandbox add` added").action(
    load(async () => (await import("./commands/sandbox.ts")).resetSandbox),
  );
  subcommand(sandbox, "status", "show what the sandbox contains").action(
    load(async () => (await import("./commands/sandbox.ts")).sandboxStatus),
  );
}

function subcommand(parent: Command, name: string, description: string): Command {
  const command = parent.command(name).description(description);
  command.configureHelp({ showGlobalOptions: true, visibleGlobalOptions: () => globalOptionsOf(command) });
  const examples = helpExamples[parent.parent === null ? name : `${parent.name()} ${name}`];
  return examples === undefined ? command : command.addHelpText("after", `\nExamples:\n${exampleLines(examples).join("\n")}`);
}

/** Returns the global flags that this command uses. Its `--format` lists only its own formats. */
function globalOptionsOf(command: Command): Option[] {
  const program = topOf(command);
  const wanted = globalFlagsOf(command.parent === program ? command.name() : command.parent!.name());
  return program.options
    .filter(({ long }) => wanted.includes(long!))
    .map((option) =>
      option.long === "--format" ? new Option(option.flags, `${formatsOf(command.name()).join(", ")}; repeatable`) : option,
    );
}

function topOf(command: Command): Command {
  return command.parent ? topOf(command.parent) : command;
}

/** Lays out each line with its purpose beside it, or under it if that would be too wide. */
function exampleLines(examples: readonly Example[]): string[] {
  const rows = table(examples.map(([line, what]) => [`  infra ${line}`, what]));
  return rows.every((row) => row.length <= helpWidth) ? rows : examples.flatMap(([line, what]) => [`  infra ${line}`, `      ${what}`]);
}

const help = `
Exit codes: 0 done or in agreement, 1 error, 2 differences (drift, graph
--check, plan with --detailed-exitcode) or open points (reach, import),
3 applied in part, 4 the saved or approved plan no longer matches, 130 and 143
on signals.

Try it without an AWS account:
  infra init && infra --sandbox plan dev && infra --sandbox apply dev`;
