/** Programs that others wrote, run as processes of their own; they may be missing on a machine, and then the test says so. */
import { execFile, spawnSync } from "node:child_process";
import { describe } from "vitest";

/** A program and the arguments that prove it is there: it must end with 0. */
export type Need = readonly [program: string, ...proof: string[]];

/**
 * A suite that needs programs which the project does not install, and perhaps more that is missing for a `reason`. Where
 * something is missing the suite is skipped, and why is printed.
 */
export function describeWithPrograms(name: string, needs: readonly Need[], reason: string | undefined, body: () => void): void {
  const missing = needs.find(([program, ...proof]) => spawnSync(program, proof, { stdio: "ignore" }).status !== 0);
  const why = missing ? `\`${missing.join(" ")}\` does not work on this machine` : reason;
  if (why !== undefined) process.stderr.write(`skipped: ${name}: ${why}\n`);
  const define = why === undefined ? describe : describe.skip; // skipped because of `why`, which the suite's name and stderr say
  define(why === undefined ? name : `${name} (skipped: ${why})`, { timeout: 1_200_000 }, body);
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, whatever its exit code. Its environment is `env` and where programs are found, nothing of the user's. */
export async function run(
  program: string,
  args: readonly string[],
  options: { readonly env: Readonly<Record<string, string>>; readonly cwd?: string },
): Promise<Ran> {
  const env = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", LANG: "C.UTF-8", ...options.env };
  return new Promise((resolve, reject) => {
    execFile(program, args, { ...options, env, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== "number") reject(error);
      else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}
