/** Turns errors in a typed command line into diagnostics, and names the command or flag that the words may have meant. */
import type { Command, CommanderError } from "commander";
import type { DiagnosticError } from "../diag/diagnostic.ts";
import { didYouMean } from "../diag/did-you-mean.ts";
import { usage } from "./outputs.ts";

/** Commands of other tools, with a hint about the command of infra that does the same. */
const commandsByMeaning: Readonly<Record<string, string>> = {
  diff: "`infra plan ENV` shows what an apply would change; `infra drift ENV` shows what was changed in AWS",
  preview: "did you mean `infra plan ENV`?",
  "dry-run": "did you mean `infra plan ENV`?",
  lint: "did you mean `infra validate`?",
  check: "did you mean `infra validate`? To ask AWS without a change: `infra apply ENV --preflight`",
  fmt: "infra has no formatter; `infra validate` checks the YAML",
  format: "infra has no formatter; `infra validate` checks the YAML",
  test: "`infra validate` checks the YAML; `infra --sandbox apply ENV` tries it in the sandbox",
  up: "did you mean `infra apply ENV`?",
  deploy: "did you mean `infra apply ENV`?",
  create: "did you mean `infra apply ENV`?",
  update: "did you mean `infra apply ENV`?",
  sync: "did you mean `infra apply ENV`?",
  reconcile: "did you mean `infra apply ENV`?",
  down: "did you mean `infra destroy ENV`?",
  delete: "did you mean `infra destroy ENV`?",
  remove: "did you mean `infra destroy ENV`?",
  rm: "did you mean `infra destroy ENV`?",
  lock: "`infra freeze ENV` blocks applies; an apply takes the lock by itself",
  "force-unlock": "did you mean `infra unlock ENV`?",
  show: "`infra status ENV` shows what exists; `infra explain KIND` describes a kind",
  get: "did you mean `infra status ENV`?",
  state: "infra keeps no state file; `infra status ENV` shows what exists",
  refresh: "infra keeps no state file: every plan reads AWS. `infra drift ENV` shows what was changed there",
  list: "did you mean `infra environments`?",
  ls: "did you mean `infra environments`?",
  workspace: "each file of environments/ is an environment; `infra environments` lists them",
  stack: "did you mean `infra environments`?",
  outputs: "did you mean `infra output ENV`?",
  describe: "`infra explain KIND` describes a kind; `infra status ENV` shows what exists",
  doc: "did you mean `infra explain`?",
  docs: "did you mean `infra explain`?",
  doctor: "`infra apply ENV --preflight` checks permissions, quotas and names",
  login: "infra uses the credentials of the AWS CLI: `aws sso login`, then `infra plan ENV --profile NAME`",
  new: "did you mean `infra init`?",
  version: "did you mean `infra --version`?",
};

/** Flags of other tools, with a hint about the flag of infra. */
const flagsByMeaning: Readonly<Record<string, string>> = {
  "--json": "write `--format json`",
  "-json": "write `--format json`",
  "-o": "write `--format json`, with `--output FILE` to write a file",
  "-auto-approve": "write `--yes`",
  "--auto-approve": "write `--yes`",
  "--approve-all": "write `--yes`",
  "--force": "write `--yes`",
  "-f": "name the file as the environment: `infra plan FILE`",
  "--file": "name the file as the environment: `infra plan FILE`",
  "-target": "write `--target ADDRESS`",
  "-t": "write `--target ADDRESS`",
  "-var": "write `--var NAME=VALUE`",
  "-var-file": "write `--var-file FILE`",
  "-out": "write `--out FILE`",
  "-detailed-exitcode": "write `--detailed-exitcode`",
  "-destroy": "`infra destroy ENV` shows what will be deleted and asks",
  "--destroy": "`infra destroy ENV` shows what will be deleted and asks",
  "-refresh-only": "did you mean `infra drift ENV`?",
  "-refresh": "omit it: every plan reads AWS",
  "--refresh": "omit it: every plan reads AWS",
  "-lock": "write `--no-lock`",
  "--lock": "write `--no-lock`",
  "-input": "omit it: without a terminal infra asks nothing",
  "-no-color": "set the variable NO_COLOR=1",
  "--no-color": "set the variable NO_COLOR=1",
  "-chdir": "write `-C DIR`",
  "--cwd": "write `-C DIR`",
  "--context": "write `--profile NAME`",
  "--aws-profile": "write `--profile NAME`",
  "--env": "name the environment without a flag: `infra plan ENV`",
  "-e": "name the environment without a flag: `infra plan ENV`",
  "--stack": "name the environment without a flag: `infra plan ENV`",
  "-s": "name the environment without a flag: `infra plan ENV`",
  "--dry-run": "`infra plan ENV` shows what an apply would change",
  "-n": "`infra plan ENV` shows what an apply would change",
  "--debug": "write `-v`, and `--trace FILE` for the calls to AWS",
  "--quiet": "redirect standard error: `2>/dev/null`",
  "-parallelism": "omit it: infra knows and respects the limits of AWS",
};

/**
 * Returns the diagnostic for a command line that commander refuses. `argv` has the words that were typed, because commander reports only
 * the letter of `-var` at which it stopped.
 */
export function usageErrorOf(error: CommanderError, argv: readonly string[], program: Command): DiagnosticError {
  const summary = error.message.replace(/^error: /, "").replace(/\n[^]*$/, "");
  const [, word = ""] = /'(.*?)'/.exec(summary) ?? [];
  const command = commandOf(argv, program);
  if (error.code === "commander.unknownCommand") return usage(`there is no command "${word}".`, commandHint(word, program));
  if (error.code === "commander.unknownOption") {
    const typed = argv.find((one) => one.split("=")[0]! in flagsByMeaning && !optionsOf(command).includes(one.split("=")[0]!)) ?? word;
    return usage(`${nameOf(command)} has no flag "${typed.split("=")[0]}".`, flagHint(typed.split("=")[0]!, command));
  }
  if (error.code === "commander.missingArgument") return usage(`${nameOf(command)} needs ${word.toUpperCase()}.`, usageHint(command));
  return usage(`${summary.replace(/\.$/, "")}.`, usageHint(command));
}

function commandHint(word: string, program: Command): string {
  const known = Object.hasOwn(commandsByMeaning, word) ? commandsByMeaning[word] : undefined;
  const near = didYouMean(
    word,
    program.commands.map((command) => command.name()),
  );
  return known ?? (near ? `did you mean \`infra ${near}\`?` : "`infra --help` lists the commands");
}

function flagHint(flag: string, command: Command): string {
  const all = optionsOf(command);
  const meant = Object.hasOwn(flagsByMeaning, flag) ? flagsByMeaning[flag] : undefined;
  // The flag of infra may belong to another command: `infra plan` has no `--yes`.
  const known = meant?.match(/(?<=`)--?[a-zA-Z-]+/g)?.every((one) => all.includes(one)) === false ? undefined : meant;
  const near = didYouMean(flag, all);
  return known ?? (near ? `did you mean ${near}?` : usageHint(command));
}

const usageHint = (command: Command) => `\`${nameOf(command)} --help\` shows its arguments and flags`;

/** Returns the command that the words name, including subcommands. */
function commandOf(argv: readonly string[], program: Command): Command {
  let command = program;
  for (const word of argv) command = command.commands.find((one) => one.name() === word) ?? command;
  return command;
}

function optionsOf(command: Command): string[] {
  const own = command.options.flatMap(({ long, short }) => [long, short].filter((flag) => flag !== undefined));
  return command.parent ? [...own, ...optionsOf(command.parent)] : own;
}

function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}
