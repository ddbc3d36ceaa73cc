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
import { type Io, widthOf } from "./terminal.ts";
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
    .description("Reconciles AWS environments written in YAML with what AWS has.")
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
    .option("--project <name>", "the project's name; after the folder when absent")
    .option("--region <region>", "the region; the shell's when absent, or eu-west-1")
    .option("--template [name]", "one of the environments that ship with infra; without a name, which there are")
    .option("--force", "overwrite files that are there")
    .option("--github", "also write the workflows that plan pull requests, apply merges and watch for drift")
    .option(
      "--repository <owner/name>",
      "with --github: also write environments/ci-roles.yaml, the roles of these workflows, for this repository",
    )
    .option("--gitlab", "also write .gitlab-ci.yml, which plans merge requests and applies what was planned")
    .action(load(async () => (await import("./commands/init.ts")).init));
  subcommand(program, "validate", "check everything that can be checked without AWS")
    .addArgument(severalEnvironments())
    .option("--resolved", "print the environment with everything put in: variables, expressions, repetition")
    .option("--variables", "list the variables with their types, values and where each came from")
    .action(load(async () => (await import("./commands/validate.ts")).validate));
  subcommand(program, "plan", "show what apply would do")
    .addArgument(onlyEnvironment())
    .option("--all", "every environment of environments/, side by side")
    .option("--out <file>", "save the plan for `apply --plan`")
    .addOption(targets())
    .option("--detailed-exitcode", "exit 2 when there is something to do")
    .addOption(repairContested())
    .action(load(async () => (await import("./commands/plan.ts")).plan));
  subcommand(program, "apply", "make AWS agree with the YAML")
    .addArgument(onlyEnvironment("; never with --yes or without a terminal"))
    .option("-y, --yes", "do not ask")
    .option("--plan <file>", "run a saved plan, if it still matches")
    .option("--approve <file>", "run only what this approval or saved plan holds")
    .addOption(targets())
    .option("--allow-deletes <n>", "allow up to N deletes and replacements without a terminal", count)
    .option("--preflight", "try what AWS can check without a write, and list what it cannot; change nothing")
    .addOption(ignorePreflight())
    .option("--allow-older", "apply an ancestor of the commit that was applied last")
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
        "print the change of the file that takes AWS's state over; `all` for everything; repeatable",
      ).argParser((value: string, list: readonly string[] = []) => [...list, value]),
    )
    .option("--write", "with --accept: also change the file")
    .action(load(async () => (await import("./commands/drift.ts")).drift));
  subcommand(program, "import", "write a file of what exists, proved to change nothing but tags")
    .argument("[root...]", "vpc-…, another id, an ARN, KIND/NAME, or a tag KEY=VALUE")
    .option("--name <name>", "the environment's name", "imported")
    .option("--project <name>", "the project's name; after the folder when absent")
    .option("--region <region>", "the region; the shell's when absent")
    .addOption(
      new Option("--depth <depth>", "linked: also what is referred to outside of the roots").choices(["vpc", "linked"]).default("vpc"),
    )
    .option("--from <file>", "a Terraform state, or `aws cloudformation describe-stack-resources`: roots and names")
    .option("--from-stack <name>", "a CloudFormation stack, by its name or its id: roots and names")
    .option("--parts", "write environments/ENV.yaml, and what comes several times as a part in parts/")
    .option("--split", "write the folder environments/ENV/: network, compute and data in files of their own")
    .addOption(new Option("--names <style>", "where names come from").choices(["name-tag", "id"]).default("name-tag"))
    .addOption(
      new Option("--exclude <kind|id>", "leave a kind or an object out; repeatable").argParser(
        (value: string, list: readonly string[] = []) => [...list, value],
      ),
    )
    .action(load(async () => (await import("./commands/import.ts")).importRoots));
  subcommand(program, "adopt", "write our tags on what `adopt:` names, and nothing else")
    .usage("[options] <env> [address...]")
    .addArgument(oneEnvironment())
    .argument("[address...]", "only these; all that have `adopt:` when absent")
    .option("-y, --yes", "do not ask")
    .option("--approve <file>", "run only what this approval or saved plan holds")
    .option("--tidy", "then take the `adopt:` lines out of the file")
    .addOption(noLock())
    .action(load(async () => (await import("./commands/adopt.ts")).adopt));
  subcommand(program, "release", "take our tags off objects, and leave the objects")
    .usage("[options] <env> <address...>")
    .addArgument(oneEnvironment())
    .argument("[address...]", "what is released")
    .option("-y, --yes", "do not ask")
    .action(load(async () => (await import("./commands/release.ts")).release));
  subcommand(program, "destroy", "delete what this environment owns, except what holds data")
    .addArgument(oneEnvironment())
    .addOption(project)
    .addOption(environment)
    .addOption(region)
    .option("--confirm <what>", "ACCOUNT/REGION/NAME, instead of typing it")
    .option("-y, --yes", "do not ask; in the sandbox only")
    .addOption(timeout())
    .addOption(noLock())
    .action(load(async () => (await import("./commands/destroy.ts")).destroy));
  subcommand(program, "unlock", "show who holds the lock, and free it")
    .addArgument(oneEnvironment())
    .addOption(project)
    .addOption(environment)
    .addOption(region)
    .option("-y, --yes", "do not ask, where the last heartbeat is minutes old")
    .option("--force", "free the lock even when its run is alive")
    .action(load(async () => (await import("./commands/unlock.ts")).unlock));
  subcommand(program, "freeze", "block applies; without a flag, show whether they are blocked, and why")
    .addArgument(oneEnvironment())
    .addOption(project)
    .addOption(environment)
    .addOption(region)
    .option("--reason <text>", "block applies, and show this text to everybody who tries one")
    .option("--thaw", "allow applies again")
    .action(load(async () => (await import("./commands/freeze.ts")).freeze));
}

function addLookingCommands(program: Command, io: Io, start: Start): void {
  const load = loader(io, start);
  subcommand(program, "status", "show what exists")
    .addArgument(onlyEnvironment())
    .addOption(new Option("-o <view>", "wide: every output in full").choices(["wide"]))
    .action(load(async () => (await import("./commands/status.ts")).status));
  subcommand(program, "output", "print ids, addresses and endpoints for scripts")
    .addArgument(onlyEnvironment())
    .argument("[name]", "a name of `outputs:`, ADDRESS for an id, or ADDRESS.OUTPUT")
    .action(load(async () => (await import("./commands/output.ts")).output));
  subcommand(program, "reach", "show who reaches whom, hop by hop")
    .usage("[options] [env] [from to [port]]")
    .argument("[what...]", "an environment, then both ends: internet, a network, KIND/NAME or KIND/*; without ends, every flow there is")
    .addOption(new Option("--protocol <name>", "tcp where a port is given").choices(["tcp", "udp", "icmp"]))
    .option("--live", "look at what AWS has, not at the file")
    .action(load(async () => (await import("./commands/reach.ts")).reach));
  subcommand(program, "graph", "draw the network")
    .addArgument(onlyEnvironment())
    .option("--live", "as AWS has it, instead of as the YAML has it")
    .addOption(new Option("--only <what>", "changed: what a plan would change, and what it lies in").choices(["changed"]))
    .option("--vpc <name>", "this network only")
    .option("--check <file>", "write nothing; exit 2 when the file differs from what would be drawn")
    .action(load(async () => (await import("./commands/graph.ts")).graph));
  subcommand(program, "explain", "describe a resource kind, a field, an error code or a word of the glossary")
    .argument("[what]", "KIND, KIND.FIELD, CODE or WORD; lists all when absent")
    .option("--outputs", "of a kind: what AWS makes of one and `outputs:` may name")
    .option("--names", "kinds, top-level keys and codes, one a line")
    .action(load(async () => (await import("./commands/explain.ts")).explain));
  subcommand(program, "types", "list AWS's own types, which a file may name beside the kinds")
    .argument("[word]", "a word in their names; without one, those that were looked at one by one")
    .action(load(async () => (await import("./commands/types.ts")).types));
  subcommand(program, "environments", "list environments with their regions and accounts")
    .option("--json", "as data: a CI matrix")
    .option("--changed <base>", "only those with a file that differs from this Git commit")
    .option("--names", "names only, one a line")
    .option("--addresses <env>", "the addresses that an environment declares, one a line")
    .option("--live", "what EC2 has by tag of the projects written here, with YAML or without")
    .action(load(async () => (await import("./commands/environments.ts")).environments));
  subcommand(program, "iam-policy", "print the least IAM policy that a role needs")
    .addArgument(onlyEnvironment())
    .addOption(
      new Option("--for <purpose>", "what the role does; guard: a policy for everybody else")
        .choices(["plan", "apply", "adopt", "guard", "import"])
        .default("plan"),
    )
    .option("--except <arn>", "guard: who may write our tags; repeatable", (value: string, list: readonly string[] = []) => [
      ...list,
      value,
    ])
    .option("--file-only", "only what the YAML needs as it is: without finding and deleting what an earlier one had")
    .option("--split", "as a list of policies, each short enough for a managed policy")
    .action(load(async () => (await import("./commands/iam-policy.ts")).printIamPolicy));
  subcommand(program, "lsp", "serve an editor: problems, completion and names while you type").action(
    load(async () => (await import("./commands/lsp.ts")).lsp),
  );
  subcommand(program, "schema", "print the JSON Schema of environment files, for editors")
    .argument("[what]", "an environment: with the types of AWS that it names; the file of a part: what a use gives to it")
    .option("--part", "the schema of the files of parts")
    .action(load(async () => (await import("./commands/schema.ts")).schema));
  subcommand(program, "completion", "print a shell's completion script")
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
  const sandbox = subcommand(program, "sandbox", "the built-in AWS emulator, kept in .infra/sandbox/");
  subcommand(sandbox, "serve", "answer any AWS client over HTTP until stopped")
    .option("--port <number>", "the port; 0 takes a free one", port, 4599)
    .option("--host <host>", "the address to listen on", "127.0.0.1")
    .option("--in-memory", "begin empty, and forget everything at the end")
    .option("--faults <file>", "a JSON file of what is to go wrong: throttling, latency, refused calls, lost answers")
    .option("--no-quotas", "lift AWS's default quotas")
    .action(load(async () => (await import("./commands/sandbox.ts")).serveSandbox));
  subcommand(sandbox, "add", "say what its accounts have that it does not model")
    .addArgument(new Argument("<kind>", "what it is").choices(factKinds))
    .argument("<name...>", "names, or whole ARNs of what another account or region has")
    .action(load(async () => (await import("./commands/sandbox.ts")).addToSandbox));
  subcommand(sandbox, "reset", "forget everything but what was added").action(
    load(async () => (await import("./commands/sandbox.ts")).resetSandbox),
  );
  subcommand(sandbox, "status", "show what the sandbox holds").action(
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

Try it with nothing:
  infra init && infra --sandbox plan dev && infra --sandbox apply dev`;
