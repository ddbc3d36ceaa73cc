import { exit } from "./exit.ts";
import { guarded, type Io } from "./terminal/terminal.ts";
import { version } from "./version.ts";

/** Runs one command line and resolves to its exit code. Never rejects. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const safe = guarded(io);
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
    safe.stdout.write(`${version}\n`); // answered before anything is loaded, because scripts ask this often
    return safe.stdout.isCut === true ? exit.error : exit.ok;
  }
  try {
    const { parse } = await import("./program.ts");
    return await parse(argv, safe);
  } catch (error) {
    const { reportError } = await import("./report-error.ts");
    return reportError(error, safe);
  }
}
