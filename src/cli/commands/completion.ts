import type { Command, Option } from "commander";
import type { Context } from "../context.ts";
import { formatsOf } from "../outputs.ts";
import { exit, type ExitCode } from "../exit.ts";

/** `infra completion SHELL`: commands, flags, formats and, as they are at the time, environments, addresses, kinds. */
export async function completion(context: Context, shell: string, program: Command): Promise<ExitCode> {
  const words = wordsOf(program);
  context.io.stdout.write(shell === "bash" ? bash(words) : shell === "zsh" ? zsh(words) : fish(words));
  return exit.ok;
}

interface Words {
  readonly globals: readonly Flag[];
  readonly commands: readonly {
    readonly name: string;
    readonly doc: string;
    readonly flags: readonly Flag[];
    readonly sub: readonly string[];
    readonly takesEnvironment: boolean;
    /** Words behind the environment are addresses. */
    readonly takesAddress: boolean;
    readonly formats: readonly string[];
  }[];
}

interface Flag {
  readonly name: string;
  readonly doc: string;
  readonly takes: "nothing" | "file" | "value";
  readonly choices: readonly string[];
}

function wordsOf(program: Command): Words {
  return {
    globals: program.options.map(flagOf),
    commands: program.commands.map((command) => ({
      name: command.name(),
      doc: command.description(),
      flags: command.options.map(flagOf),
      sub: [...command.commands.map((sub) => sub.name()), ...(command.registeredArguments[0]?.argChoices ?? [])],
      takesEnvironment: command.registeredArguments[0]?.name() === "env",
      takesAddress: command.name() === "output",
      formats: formatsOf(command.name()),
    })),
  };
}

function flagOf({ long, short, description, flags, argChoices }: Option): Flag {
  return {
    name: long ?? short ?? "",
    doc: description,
    choices: argChoices ?? [],
    takes: /<(file|dir)>/.test(flags) ? "file" : flags.includes("<") ? "value" : "nothing",
  };
}

function bash({ globals, commands }: Words): string {
  const cases = commands.map(({ name, flags, sub, takesEnvironment, takesAddress, formats }) => {
    const own = flags.map((flag) => flag.name).join(" ");
    const environments = "$(infra environments --names 2>/dev/null)";
    const rest = takesEnvironment ? (takesAddress ? `${environments} ${addressesIn("$env")}` : environments) : wordsAfter(name, sub);
    return `    ${name}) flags="${own}"; formats="${formats.join(" ")}"; [[ "$current" == -* ]] || words="${rest}" ;;`;
  });
  const chosen = distinct([...globals, ...commands.flatMap(({ flags }) => flags)].filter(({ choices }) => choices.length > 0));
  const choices = chosen.map(({ name, choices }) => `    ${name}) words="${choices.join(" ")}"; flags="" ;;`);
  const files = [...globals, ...commands.flatMap((command) => command.flags)]
    .filter(({ takes }) => takes === "file")
    .map(({ name }) => name);
  return `# bash completion for infra:  source <(infra completion bash)
_infra() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="" env="" word flags="" words="" formats=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in
      -*) ;;
      ${commands.map(({ name }) => name).join("|")}) [[ -n "$command" ]] || command="$word" ;;
      *) [[ -z "$command" || -n "$env" ]] || env="$word" ;;
    esac
  done
  case "$previous" in -C|${[...new Set(files)].join("|")}) COMPREPLY=($(compgen -f -- "$current")); return ;; esac
  case "$command" in
${cases.join("\n")}
    *) words="${commands.map(({ name }) => name).join(" ")}" ;;
  esac
  case "$previous" in
    --target) words="${addressesIn("$env")}" ;;
    --format) words="$formats" ;;
${choices.join("\n")}
  esac
  if [[ "$current" == -* ]]; then words="$flags ${globals.map(({ name }) => name).join(" ")}"; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _infra infra
`;
}

/** What an environment declares; bash expands it when the words are needed. */
function addressesIn(environment: string): string {
  return `$(infra environments --addresses "${environment}" 2>/dev/null)`;
}

function wordsAfter(command: string, sub: readonly string[]): string {
  return command === "explain" ? "$(infra explain --names 2>/dev/null)" : sub.join(" ");
}

/** Of the flags that several commands have, the first. */
function distinct(flags: readonly Flag[]): Flag[] {
  return [...new Map(flags.map((flag) => [flag.name, flag])).values()];
}

function zsh({ globals, commands }: Words): string {
  const quoted = (text: string) => text.replaceAll("'", "'\\''");
  const described = (text: string) => quoted(text.replaceAll("[", "(").replaceAll("]", ")").replaceAll(":", "\\:"));
  const spec = (flag: Flag) =>
    `'${flag.name}[${described(flag.doc)}]${flag.name === "--target" ? ":address:_infra_addresses" : flag.choices.length > 0 ? `:value:(${flag.choices.join(" ")})` : { nothing: "", file: ":file:_files", value: ":value:" }[flag.takes]}'`;
  const cases = commands.map(({ name, flags, sub, takesEnvironment, takesAddress, formats }) => {
    const environments = takesAddress
      ? "'1:environment:_infra_environments' '2:address:_infra_addresses'"
      : "'*:environment:_infra_environments'";
    const words = name === "explain" ? "'1:what:_infra_explained'" : sub.length > 0 ? `'1:word:(${sub.join(" ")})'` : "";
    const format = `'--format[one of its formats]:format:(${formats.join(" ")})'`;
    const own = [...flags.map(spec), format, takesEnvironment ? environments : words].filter(Boolean).join(" ");
    return `    ${name}) _arguments $globals ${own} ;;`;
  });
  return `#compdef infra
# zsh completion for infra:  infra completion zsh > "\${fpath[1]}/_infra"
_infra_environments() {
  local -a names
  names=(\${(f)"$(infra environments --names 2>/dev/null)"})
  compadd -a names
}
_infra_addresses() {
  local -a names
  local word
  for word in "\${words[@]:1}"; do
    [[ "$word" == -* ]] || names+=(\${(f)"$(infra environments --addresses "$word" 2>/dev/null)"})
  done
  compadd -a names
}
_infra_explained() {
  local -a names
  names=(\${(f)"$(infra explain --names 2>/dev/null)"})
  compadd -a names
}
_infra() {
  local -a globals commands
  globals=(${globals
    .filter(({ name }) => name !== "--format")
    .map(spec)
    .join(" ")})
  commands=(${commands.map(({ name, doc }) => `'${name}:${quoted(doc.replaceAll(":", "\\:"))}'`).join(" ")})
  local state line
  _arguments -C $globals '1: :->command' '*:: :->rest'
  case "$state" in
    command) _describe command commands ;;
    rest) case "$line[1]" in
${cases.join("\n")}
    esac ;;
  esac
}
compdef _infra infra
`;
}

/** The addresses of every environment that stands on the line. */
const fishAddresses = "(for word in (commandline -opc)[3..]; infra environments --addresses $word 2>/dev/null; end)";

function valuesOf({ name, choices }: Flag): string {
  if (name === "--target") return ` -a '${fishAddresses}'`;
  return choices.length > 0 ? ` -a '${choices.join(" ")}'` : "";
}

function fish({ globals, commands }: Words): string {
  const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const flagLine = (condition: string, flag: Flag) =>
    `complete -c infra${condition} -l ${flag.name.slice(2)}${{ nothing: "", file: " -r -F", value: ` -x${valuesOf(flag)}` }[flag.takes]} -d ${quoted(flag.doc)}`;
  const lines = commands.flatMap(({ name, doc, flags, sub, takesEnvironment, takesAddress, formats }) => {
    const inCommand = ` -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c infra -f -n __fish_use_subcommand -a ${name} -d ${quoted(doc)}`,
      ...flags.map((flag) => flagLine(inCommand, flag)),
      ...(takesEnvironment ? [`complete -c infra${inCommand} -a '(infra environments --names 2>/dev/null)'`] : []),
      `complete -c infra${inCommand} -l format -x -a '${formats.join(" ")}'`,
      ...(takesAddress ? [`complete -c infra -f${inCommand} -a '${fishAddresses}'`] : []),
      ...(name === "explain" ? [`complete -c infra -f${inCommand} -a '(infra explain --names 2>/dev/null)'`] : []),
      ...(sub.length > 0 ? [`complete -c infra -f${inCommand} -a '${sub.join(" ")}'`] : []),
    ];
  });
  return `# fish completion for infra:  infra completion fish > ~/.config/fish/completions/infra.fish\n${[...globals.filter(({ name }) => name !== "--format").map((flag) => flagLine("", flag)), ...lines].join("\n")}\n`;
}
