/** Every command shows examples, and its parser accepts each of them. */
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { helpExamples } from "../../src/cli/help.ts";
import type { Io, Sink } from "../../src/cli/terminal/terminal.ts";
import { createProgram, parse } from "../../src/cli/program.ts";

const sink: Sink = { write: () => {}, isTTY: false, columns: 100 };
const io: Io = {
  stdout: sink,
  stderr: sink,
  env: {},
  cwd: "/",
  canAsk: false,
  ask: async () => undefined,
  onSignal: () => () => {},
  exit: () => {},
};

/** Returns the command that a line would run. Nothing is run. */
async function commandOf(line: string): Promise<string | undefined> {
  let parsed: string | undefined;
  const program = createProgram(io, async () => {});
  for (const [path, command] of commandsOf(program)) command.action(() => void (parsed = path));
  await program.parseAsync(wordsOf(line), { from: "user" });
  return parsed;
}

function commandsOf(program: Command, path = ""): [string, Command][] {
  return program.commands.flatMap((command) => {
    const name = `${path} ${command.name()}`.trim();
    return [[name, command] as [string, Command], ...commandsOf(command, name)];
  });
}

/** Splits a line as a shell does: quotes hold words together. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
}

describe("the examples of --help", () => {
  const commands = commandsOf(createProgram(io, async () => {}));

  it.each(Object.entries(helpExamples))("of %s are lines that it takes", async (name, examples) => {
    expect(examples.length).toBeGreaterThan(0);
    for (const [line] of examples) {
      const command = await commandOf(line);
      if (name === "sandbox") expect(commands.map(([path]) => path)).toContain(command); // the examples show that any command can follow
      else expect(command).toBe(name);
    }
  });

  it("stand with every command, and with nothing else", () => {
    const quick = new Set(["sandbox reset", "sandbox status"]); // they have no flags of their own; `sandbox` shows them
    expect(Object.keys(helpExamples).sort()).toEqual(
      commands
        .map(([path]) => path)
        .filter((path) => !quick.has(path))
        .sort(),
    );
  });
});

describe("--help", () => {
  /** Returns the output of `infra PATH --help` on a wide terminal. */
  async function helpOf(path: string): Promise<string> {
    let text = "";
    const stdout: Sink = { ...sink, write: (part) => void (text += part), columns: 200 };
    await parse([...path.split(" ").filter(Boolean), "--help"], { ...io, stdout });
    return text;
  }

  const paths = ["", ...commandsOf(createProgram(io, async () => {})).map(([path]) => path)];

  it.each(paths)("of `infra %s` fits 80 columns", async (path) => {
    const lines = (await helpOf(path)).split("\n");
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it("names only the formats and flags that the command takes", async () => {
    expect(await helpOf("plan")).toMatch(/--format <format> +text, json, markdown, sarif, junit, svg, html;\s+repeatable/);
    expect(await helpOf("status")).toMatch(/--format <format> +text, json; repeatable/);
    expect(await helpOf("completion")).not.toContain("--format");
    expect(await helpOf("validate")).not.toContain("--sandbox");
    expect(await helpOf("init")).not.toContain("--var");
  });
});

describe("words of other tools", () => {
  async function said(line: string): Promise<string> {
    let text = "";
    const stderr: Sink = { ...sink, write: (part) => void (text += part) };
    expect(await parse(line.split(" "), { ...io, stderr })).toBe(1);
    return text.replaceAll(/\s+/g, " ");
  }

  it.each([
    ["diff dev", "`infra plan ENV` shows what an apply would change"],
    ["lint", "did you mean `infra validate`?"],
    ["lock dev", "`infra freeze ENV` blocks applies"],
    ["delete dev", "did you mean `infra destroy ENV`?"],
    ["get vpc", "did you mean `infra status ENV`?"],
    ["import x", '"x" is not an id, an ARN, KIND/NAME or a tag KEY=VALUE'],
    ["version", "did you mean `infra --version`?"],
    ["aply dev", "did you mean `infra apply`?"],
    ["xyzzy", "`infra --help` lists the commands"],
    ["plan dev --json", "write `--format json`"],
    ["plan dev -o json", "write `--format json`"],
    ["plan dev --output json", '"json" is a format. hint: write `--format json`; to write a file of that name, `--output ./json`'],
    ["plan dev --output p.tfplan", "`infra plan ENV --out p.tfplan` to save a plan for `infra apply ENV --plan p.tfplan`"],
    ["apply dev -auto-approve", "write `--yes`"],
    ["apply dev --auto-approve", "write `--yes`"],
    ["plan dev -target x", "write `--target ADDRESS`"],
    ["plan dev -var a=b", "write `--var NAME=VALUE`"],
    ["plan dev -var=a=b", "write `--var NAME=VALUE`"],
    ["plan dev --detaled-exitcode", "did you mean --detailed-exitcode?"],
    ["plan dev -auto-approve", "`infra plan --help` shows its arguments and flags"],
    ["status dev -lock=false", "`infra status --help` shows its arguments and flags"],
    ["plan dev --xyzzy", "`infra plan --help` shows its arguments and flags"],
    ["completion", "infra completion needs SHELL."],
  ])("infra %s", async (line, hint) => expect(await said(line)).toContain(hint));
});
