import type { Command, Option } from "commander";
import { kinds } from "../../kinds/index.ts";
import type { Context } from "../context.ts";
import { formatsOf } from "../outputs.ts";
import { exit, type ExitCode } from "../exit.ts";

/**
 * `infra completion SHELL`: prints a script that completes commands, flags, formats and kinds. It asks for environments and addresses at
 * the moment of completion.
 */
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
    readonly first: "environment" | "explained" | readonly string[];
    /** The kind of words that can follow the first word. */
    readonly rest: "environment" | "address" | undefined;
    readonly formats: readonly string[];
  }[];
}

interface Flag {
  readonly name: string;
  readonly doc: string;
  /** The kind of value that the flag takes. Undefined: none. "text": any text, which cannot be completed. */
  readonly takes: "file" | "text" | "address" | "environment" | readonly string[] | undefined;
}

function wordsOf(program: Command): Words {
  return {
    globals: program.options.map(flagOf),
    commands: program.commands.map((command) => {
      const [first, second] = command.registeredArguments;
      const takesBothEnds = command.name() === "reach"; // takes an environment, and then possibly an address
      const takesEnvironment = first?.name() === "env" || takesBothEnds || command.name() === "schema";
      const takesAddress = second?.name() === "address" || takesBothEnds || command.name() === "output";
      return {
        name: command.name(),
        doc: command.description(),
        flags: distinct([...command.options, ...command.commands.flatMap(({ options }) => options)].map(flagOf)),
        first:
          command.name() === "explain"
            ? "explained"
            : takesEnvironment
              ? "environment"
              : [...command.commands.map((sub) => sub.name()), ...(first?.argChoices ?? [])],
        rest: takesAddress ? "address" : first?.variadic && takesEnvironment ? "environment" : undefined,
        formats: formatsOf(command.name()),
      };
    }),
  };
}

function flagOf({ long, short, description, flags, argChoices }: Option): Flag {
  return { name: long ?? short ?? "", doc: description, takes: argChoices ?? takenAs(/<([^>]+)>/.exec(flags)?.[1]) };
}

/** Returns the kind of value that the word in a flag's help stands for. */
function takenAs(word: string | undefined): Flag["takes"] {
  if (word === undefined) return undefined;
  if (word === "file" || word === "dir") return "file";
  if (word === "env") return "environment";
  if (word.startsWith("address")) return "address";
  if (word === "kind=time") return kinds.map(({ name }) => `${name}=`);
  return word.startsWith("kind") ? kinds.map(({ name }) => name) : "text";
}

/** Keeps the first flag of each name when several commands have it. */
function distinct(flags: readonly Flag[]): Flag[] {
  return [...new Map(flags.map((flag) => [flag.name, flag])).values()];
}

function bash({ globals, commands }: Words): string {
  const names = commands.map(({ name }) => name);
  const flags = distinct([...globals, ...commands.flatMap((command) => command.flags)]).filter(({ name }) => name !== "--format");
  const called = (found: readonly Flag[]) => found.map(({ name }) => name).join("|");
  const lists = { environment: "$(infra environments --names 2>/dev/null)", explained: "$(infra explain --names 2>/dev/null)" };
  const address = '$(infra environments --addresses "$env" 2>/dev/null)';
  const wordsOfPlace = (place: "environment" | "explained" | "address" | readonly string[]) =>
    typeof place === "object" ? place.join(" ") : place === "address" ? address : lists[place];
  const cases = commands.map(({ name, flags: own, first, rest, formats }) => {
    const behind = rest === undefined ? "" : wordsOfPlace(rest);
    const begin = `flags="${own.map((flag) => flag.name).join(" ")}"; formats="${formats.join(" ")}"`;
    return `    ${name}) ${begin}; [[ "$current" == -* ]] || if [[ -z "$env" ]]; then words="${wordsOfPlace(first)}"; else words="${behind}"; fi ;;`;
  });
  const valued = flags.flatMap(({ name, takes }) =>
    takes === undefined || takes === "file"
      ? []
      : [`    ${name}) words="${takes === "text" ? "" : wordsOfPlace(takes)}"; flags=""; isValue=1 ;;`],
  );
  return `# bash completion for infra:  source <(infra completion bash)
_infra() {
  # Of COMP_LINE, because COMP_WORDS are split at = and : as well: between a flag and its value, and in types of AWS.
  local line="\${COMP_LINE:0:COMP_POINT}" at current previous command="" env="" before="" word flags="" words="" formats="" isValue=""
  local -a typed
  read -ra typed <<< "$line"
  [[ "$line" != *[[:space:]] ]] || typed+=("")
  at=$((\${#typed[@]} - 1)); current="\${typed[at]}"; previous="\${typed[at-1]}"
  if [[ "$current" == --*=* ]]; then previous="\${current%%=*}"; current="\${current#*=}"; fi
  for word in "\${typed[@]:1:at-1}"; do
    case "$before" in
      --format|-C|${called(flags.filter(({ takes }) => takes !== undefined))}) ;;
      *) case "$word" in
          -*) ;;
          *) if [[ -n "$command" ]]; then env="\${env:-$word}"; else case "$word" in ${names.join("|")}) command="$word" ;; esac; fi ;;
        esac ;;
    esac
    before="$word"
  done
  case "$previous" in -C|${called(flags.filter(({ takes }) => takes === "file"))}) COMPREPLY=($(compgen -f -- "$current")); return ;; esac
  case "$previous" in
    --format) isValue=1 ;;
${valued.join("\n")}
  esac
  if [[ -z "$isValue" || "$previous" == --format ]]; then case "$command" in
${cases.join("\n")}
    *) words="${names.join(" ")}" ;;
  esac; fi
  if [[ "$previous" == --format ]]; then words="$formats"
  elif [[ "$current" == -* ]]; then words="$flags ${globals.map(({ name }) => name).join(" ")}"; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  COMPREPLY=("\${COMPREPLY[@]#"\${current%"\${current##*[:=]}"}"}")
  [[ "\${COMPREPLY[*]}" != *= ]] || compopt -o nospace 2>/dev/null
}
complete -o default -F _infra infra
`;
}

function zsh({ globals, commands }: Words): string {
  const quoted = (text: string) => text.replaceAll("'", "'\\''");
  const described = (text: string) => quoted(text.replaceAll("[", "(").replaceAll("]", ")").replaceAll(":", "\\:"));
  const functions = {
    file: "_files",
    text: "",
    address: "_infra_addresses",
    environment: "_infra_environments",
    explained: "_infra_explained",
  };
  const place = (takes: keyof typeof functions | readonly string[]) =>
    typeof takes === "string" ? `${takes}:${functions[takes]}` : `word:(${takes.join(" ")})`;
  const spec = ({ name, doc, takes }: Flag) =>
    `'${doc.endsWith("repeatable") ? "*" : ""}${name}[${described(doc)}]${takes === undefined ? "" : `:${place(takes)}`}'`;
  const cases = commands.map(({ name, flags, first, rest, formats }) => {
    const places = [...(first.length > 0 ? [`'1:${place(first)}'`] : []), ...(rest === undefined ? [] : [`'*:${place(rest)}'`])];
    const format = `'*--format[one of its formats]:format:(${formats.join(" ")})'`;
    return `    ${name}) _arguments $globals ${[...flags.map(spec), format, ...places].join(" ")} ;;`;
  });
  return `#compdef infra
# zsh completion for infra:  source <(infra completion zsh)  or  infra completion zsh > "\${fpath[1]}/_infra"
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
# As a file of fpath this is the body of _infra itself the first time.
if [[ "$funcstack[1]" == _infra ]]; then _infra "$@"; else compdef _infra infra; fi
`;
}

/** A fish command that lists the addresses of every environment on the command line. */
const fishAddresses = "(for word in (commandline -opc)[3..]; infra environments --addresses $word 2>/dev/null; end)";
const fishEnvironments = "(infra environments --names 2>/dev/null)";

function fish({ globals, commands }: Words): string {
  const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lists = { address: fishAddresses, environment: fishEnvironments, explained: "(infra explain --names 2>/dev/null)" };
  const place = (takes: keyof typeof lists | readonly string[]) =>
    typeof takes === "string" ? ` -a '${lists[takes]}'` : takes.length > 0 ? ` -a '${takes.join(" ")}'` : "";
  const taken = (takes: Flag["takes"]) =>
    takes === undefined ? "" : takes === "file" ? " -r -F" : takes === "text" ? " -x" : ` -x${place(takes)}`;
  const flagLine = (condition: string, { name, doc, takes }: Flag) =>
    `complete -c infra${condition} ${name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`}${taken(takes)} -d ${quoted(doc)}`;
  const lines = commands.flatMap(({ name, doc, flags, first, rest, formats }) => {
    const inCommand = ` -n '__fish_seen_subcommand_from ${name}'`;
    const places = [...new Set([place(first), ...(rest === undefined ? [] : [place(rest)])])].filter(Boolean);
    // An environment may also be a path.
    const keep = first === "environment" ? "" : " -f";
    return [
      `complete -c infra -f -n __fish_use_subcommand -a ${name} -d ${quoted(doc)}`,
      ...flags.map((flag) => flagLine(inCommand, flag)),
      `complete -c infra${inCommand} -l format -x -a '${formats.join(" ")}'`,
      ...places.map((one) => `complete -c infra${keep}${inCommand}${one}`),
    ];
  });
  return `# fish completion for infra:  infra completion fish > ~/.config/fish/completions/infra.fish\n${[...globals.filter(({ name }) => name !== "--format").map((flag) => flagLine("", flag)), ...lines].join("\n")}\n`;
}
