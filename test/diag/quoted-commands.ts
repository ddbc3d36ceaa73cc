/** Says what is wrong with a command line of infra in a message. The program itself parses it. */
import { type Command, CommanderError } from "commander";
import { codes } from "../../src/cli/codes.ts";
import { inGlossary } from "../../src/cli/glossary.ts";
import { globalFlagsOf } from "../../src/cli/help.ts";
import { createProgram } from "../../src/cli/program.ts";
import { topField } from "../../src/config/schema/schema.ts";
import { kinds } from "../../src/kinds/index.ts";
import { isType } from "../../src/kinds/types/types.ts";
import { isFree, type Snippet } from "./snippets.ts";

/** Returns what is wrong with a snippet: undefined when it is no command line, or one that infra takes. */
export function wrongCommand({ text }: Snippet): string | undefined {
  const words = text.split(" ");
  if (/^-[a-zA-Z]$|^--[a-z]/.test(words[0]!)) return wrongFlag(words);
  // The name of the program is put in at run time where the shell has another name for it.
  if (words[0] === "infra" || isFree(words[0]!)) words.shift();
  else if (words.length === 1 || !words[1]!.startsWith("--")) return undefined; // a word of plain English
  if (!text.startsWith("infra ") && !commands.some((command) => command.name() === words[0])) return undefined;
  return wrongLine(words);
}

const commands = newProgram().commands;

function wrongLine(words: readonly string[]): string | undefined {
  const program = newProgram();
  let problem: string | undefined;
  for (const command of [...program.commands, ...program.commands.flatMap((parent) => parent.commands)])
    command.action(() => {
      problem = wrongUse(command, program) ?? (command.name() === "explain" ? wrongWord(command.args[0] ?? "") : undefined);
    });
  const firstCommand = words.find((word) => !word.startsWith("-"));
  // Which command it is is known at run time only, so any command may have the flags.
  if (firstCommand !== undefined && isFree(firstCommand))
    return words
      .filter((word) => word.startsWith("-"))
      .map((flag) => wrongFlag([flag]))
      .find(Boolean);
  try {
    program.parse(
      words.filter((word) => word !== "…"),
      { from: "user" },
    );
  } catch (error) {
    if (!(error instanceof CommanderError)) return String(error);
    // A message may name a command or a flag alone.
    const isCut = ["commander.missingArgument", "commander.optionMissingArgument", "commander.help"].includes(error.code);
    return isCut || error.exitCode === 0 ? undefined : error.message;
  }
  return problem;
}

function wrongFlag(words: readonly string[]): string | undefined {
  const problems = [...commands, ...commands.flatMap((parent) => parent.commands)].map((command) => {
    const name = command.parent!.parent === null ? [command.name()] : [command.parent!.name(), command.name()];
    return wrongLine([...name, ...words]);
  });
  return problems.includes(undefined) ? undefined : problems[0];
}

/** Returns a global flag that the command takes and does not use. */
function wrongUse(command: Command, program: Command): string | undefined {
  const used = globalFlagsOf(command.parent === program ? command.name() : command.parent!.name());
  const given = program.options.filter((option) => program.getOptionValueSource(option.attributeName()) === "cli");
  const useless = given.find(({ long }) => !used.includes(long!));
  return useless && `${command.name()} does not use ${useless.long}`;
}

function wrongWord(word: string): string | undefined {
  const [kind] = word.split(".") as [string];
  const isKnown = word === "" || isFree(kind) || Object.hasOwn(codes, word) || kinds.some(({ name }) => name === kind);
  return isKnown || isType(kind) || topField(kind) || inGlossary(word) ? undefined : `there is nothing to explain under ${word}`;
}

/** Returns the program, whose checks let placeholders pass. */
function newProgram(): Command {
  const sink = { write: () => {}, isTTY: false, columns: 100 };
  const io = {
    stdout: sink,
    stderr: sink,
    env: {},
    cwd: "/",
    canAsk: false,
    ask: async () => undefined,
    onSignal: () => () => {},
    exit: () => {},
  };
  const program = createProgram(io, async () => {});
  for (const command of [program, ...program.commands, ...program.commands.flatMap((parent) => parent.commands)])
    for (const part of [...command.options, ...command.registeredArguments]) {
      const parse = part.parseArg;
      if ("flags" in part && !part.required && !part.optional) continue;
      part.parseArg = <T>(value: string, before: T) => (isFree(value) || !parse ? (value as T) : parse(value, before));
    }
  return program;
}
