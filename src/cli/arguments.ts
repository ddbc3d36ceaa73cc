/** Arguments and options that several commands share, and the options of every command. */
import { type Format, formats, type OutputRequest } from "./formats.ts";
import { usage } from "./outputs.ts";
import type { Command } from "commander";
import { Argument, Option } from "commander";

/** The argument for one environment. When it is missing, the command says which environments there are. */
export function oneEnvironment(more = ""): Argument {
  return new Argument("[env]", `a name under environments/, or a path to a file or folder${more}`);
}

export function onlyEnvironment(more = ""): Argument {
  return oneEnvironment(`; can be omitted when there is only one${more}`);
}

export function severalEnvironments(): Argument {
  return new Argument("[env...]", "names under environments/, or paths; all of environments/ when omitted");
}

export function targets(): Option {
  return new Option("--target <address>", "only this resource and those that it needs; repeatable").argParser(
    (value: string, list: readonly string[] = []) => [...list, value],
  );
}

export function repairContested(): Option {
  return new Option("--repair-contested", "also set fields that others have reverted again and again");
}

export function ignorePreflight(): Option {
  return new Option("--ignore-preflight <code@address>", "apply although a check expects that AWS refuses this; repeatable").argParser(
    (value: string, before: string[] | undefined) => [...(before ?? []), value],
  );
}

/** The options that stand for an environment without YAML. */
export function withoutYaml(): readonly [Option, Option, Option] {
  return [
    new Option("--project <name>", "without YAML: the project"),
    new Option("--environment <name>", "without YAML: the environment"),
    new Option("--region <region>", "without YAML: the region"),
  ];
}

export function timeout(): Option {
  return new Option("--timeout <kind=time>", "how long to wait for resources of a kind (dbInstance=2h); repeatable").argParser(
    (value: string, list: readonly string[] = []) => [...list, value],
  );
}

export function noLock(): Option {
  return new Option("--no-lock", "do not lock: wait a minute instead; use it only when nobody else applies");
}

export function addGlobalOptions(program: Command): void {
  const outputs: OutputRequest[] = [];
  const collect = (value: string, list: readonly string[] = []) => [...list, value];
  program
    .configureHelp({ showGlobalOptions: true })
    .option("-C, --directory <dir>", "change to this directory first")
    .option("--sandbox", "use the built-in AWS emulator: no account, no network")
    .addOption(
      new Option("--sandbox-time <time>", "in the sandbox: whether waits take real time, as with AWS")
        .choices(["virtual", "real"])
        .default("virtual"),
    )
    .option("--var <name=value>", "set a variable; repeatable", variable)
    .option("--var-file <file>", "a YAML file of variables; repeatable", collect)
    .option("--profile <name>", "a profile of the AWS configuration")
    .option("--trace <file>", "write a line of JSON for every request to AWS")
    .addOption(
      new Option("--format <format>", `${formats.join(", ")}; repeatable, each may be followed by its --output`).argParser((value) => {
        if (!isFormat(value)) throw usage(`there is no format "${value}".`, "`--help` of the command lists its formats");
        outputs.push({ format: value });
        return outputs;
      }),
    )
    .addOption(
      new Option("--output <file>", "the file for the --format before it; without --format, its extension decides").argParser((file) => {
        const last = outputs.at(-1);
        if (!last && isFormat(file))
          throw usage(
            `--output takes a file, and "${file}" is a format.`,
            `write \`--format ${file}\`; to write a file of that name, \`--output ./${file}\``,
          );
        if (last && last.file === undefined) outputs[outputs.length - 1] = { ...last, file };
        else outputs.push({ file });
        return outputs;
      }),
    )
    .option("--no-github", "write no annotations, summary or outputs in GitHub Actions")
    .option("-v, --verbose", "show every field of new resources, every note and every name");
}

function isFormat(value: string): value is Format {
  return (formats as readonly string[]).includes(value);
}

function variable(value: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const equals = value.indexOf("=");
  if (equals < 1) throw usage(`--var takes NAME=VALUE, not "${value}".`);
  return { ...before, [value.slice(0, equals)]: value.slice(equals + 1) };
}

export function count(value: string): number {
  if (!/^\d+$/.test(value)) throw usage(`"${value}" is not a number.`);
  return Number(value);
}

export function port(value: string): number {
  const number = count(value);
  if (number > 65535) throw usage(`"${value}" is not a port.`);
  return number;
}
