import type { Command, Option } from "commander";
import type { Context } from "../context.ts";
import { exit, type ExitCode } from "../exit.ts";

/** `infra completion SHELL`: commands, flags and, as they are at the time, the names of environments. */
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
  }[];
}

interface Flag {
  readonly name: string;
  readonly doc: string;
  readonly takes: "nothing" | "file" | "value";
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
    })),
  };
}

function flagOf({ long, short, description, flags }: Option): Flag {
  return {
    name: long ?? short ?? "",
    doc: description,
    takes: /<(file|dir)>/.test(flags) ? "file" : flags.includes("<") ? "value" : "nothing",
  };
}

function bash({ globals, commands }: Words): string {
  const cases = commands.map(({ name, flags, sub, takesEnvironment }) => {
    const own = flags.map((flag) => flag.name).join(" ");
    const rest = takesEnvironment ? "$(infra environments --names 2>/dev/null)" : sub.join(" ");
    return `    ${name}) flags="${own}"; words="${rest}" ;;`;
  });
  const files = [...globals, ...commands.flatMap((command) => command.flags)]
    .filter(({ takes }) => takes === "file")
    .map(({ name }) => name);
  return `# bash completion for infra:  source <(infra completion bash)
_infra() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="" word flags="" words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in ${commands.map(({ name }) => name).join("|")}) command="$word"; break ;; esac
  done
  case "$previous" in -C|${[...new Set(files)].join("|")}) COMPREPLY=($(compgen -f -- "$current")); return ;; esac
  case "$command" in
${cases.join("\n")}
    *) words="${commands.map(({ name }) => name).join(" ")}" ;;
  esac
  if [[ "$current" == -* ]]; then words="$flags ${globals.map(({ name }) => name).join(" ")}"; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _infra infra
`;
}

function zsh({ globals, commands }: Words): string {
  const quoted = (text: string) => text.replaceAll("'", "'\\''");
  const described = (text: string) => quoted(text.replaceAll("[", "(").replaceAll("]", ")").replaceAll(":", "\\:"));
  const spec = (flag: Flag) =>
    `'${flag.name}[${described(flag.doc)}]${{ nothing: "", file: ":file:_files", value: ":value:" }[flag.takes]}'`;
  const cases = commands.map(({ name, flags, sub, takesEnvironment }) => {
    const rest = takesEnvironment ? "'*:environment:_infra_environments'" : sub.length > 0 ? `'1:word:(${sub.join(" ")})'` : "";
    return `    ${name}) _arguments $globals ${[...flags.map(spec), rest].filter(Boolean).join(" ")} ;;`;
  });
  return `#compdef infra
# zsh completion for infra:  infra completion zsh > "\${fpath[1]}/_infra"
_infra_environments() {
  local -a names
  names=(\${(f)"$(infra environments --names 2>/dev/null)"})
  compadd -a names
}
_infra() {
  local -a globals commands
  globals=(${globals.map(spec).join(" ")})
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

function fish({ globals, commands }: Words): string {
  const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const flagLine = (condition: string, flag: Flag) =>
    `complete -c infra${condition} -l ${flag.name.slice(2)}${{ nothing: "", file: " -r -F", value: " -x" }[flag.takes]} -d ${quoted(flag.doc)}`;
  const lines = commands.flatMap(({ name, doc, flags, sub, takesEnvironment }) => {
    const inCommand = ` -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c infra -f -n __fish_use_subcommand -a ${name} -d ${quoted(doc)}`,
      ...flags.map((flag) => flagLine(inCommand, flag)),
      ...(takesEnvironment ? [`complete -c infra${inCommand} -a '(infra environments --names 2>/dev/null)'`] : []),
      ...(sub.length > 0 ? [`complete -c infra -f${inCommand} -a '${sub.join(" ")}'`] : []),
    ];
  });
  return `# fish completion for infra:  infra completion fish > ~/.config/fish/completions/infra.fish\n${[...globals.map((flag) => flagLine("", flag)), ...lines].join("\n")}\n`;
}
