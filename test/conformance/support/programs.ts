/** Programs by others, run as separate processes. If one is missing on the host, the test says so. */
import { execFile, spawnSync } from "node:child_process";
import { describe } from "vitest";

/** A program and the arguments of a command that shows it is installed: it must end with 0. */
export type Need = readonly [program: string, ...proof: string[]];

/**
 * Defines a suite that needs programs which the project does not install. `reason` names another missing condition. If something is
 * missing, the suite is skipped and the reason is printed.
 */
export function describeWithPrograms(name: string, needs: readonly Need[], reason: string | undefined, body: () => void): void {
  const missing = needs.find(([program, ...proof]) => spawnSync(program, proof, { stdio: "ignore" }).status !== 0);
  const why = missing ? `\`${missing.join(" ")}\` does not work on this machine` : reason;
  if (why !== undefined) process.stderr.write(`skipped: ${name}: ${why}\n`);
  const define = why === undefined ? describe : describe.skip; // the name of the suite and stderr give the reason
  define(why === undefined ? name : `${name} (skipped: ${why})`, { timeout: 1_200_000 }, body);
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, whatever its exit code. Its environment is `env` and PATH; no other variable of the user is passed. */
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
