/** Every command shows examples, and every example is a line that its parser takes. */
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { helpExamples } from "../../src/cli/help.ts";
import type { Io, Sink } from "../../src/cli/terminal.ts";
import { createProgram } from "../../src/cli/program.ts";

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

/** The command that a line runs. Nothing is run. */
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

/** As a shell splits it: quotes hold words together. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
}

describe("the examples of --help", () => {
  const commands = commandsOf(createProgram(io, async () => {}));

  it.each(Object.entries(helpExamples))("of %s are lines that it takes", async (name, examples) => {
    expect(examples.length).toBeGreaterThan(0);
    for (const [line] of examples) {
      const command = await commandOf(line);
      if (name === "sandbox")
        expect(commands.map(([path]) => path)).toContain(command); // what it shows is that any command will do
      else expect(command).toBe(name);
    }
  });

  it("stand with every command, and with nothing else", () => {
    const quick = new Set(["sandbox reset", "sandbox status"]); // no flag of their own; `sandbox` shows them
    expect(Object.keys(helpExamples).sort()).toEqual(
      commands
        .map(([path]) => path)
        .filter((path) => !quick.has(path))
        .sort(),
    );
  });
});
