/** moto_server, an emulator of AWS by others, as a separate process. */
import { spawn } from "node:child_process";
import { accessSync, closeSync, constants, openSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Whether moto_server is on the PATH. Running it would take half a second of processor time. */
export const hasMoto = (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
  try {
    accessSync(join(folder, "moto_server"), constants.X_OK);
    return true;
  } catch {
    return false;
  }
});

/** The file for a server's messages, which include its address, and the file for the requests that reach it. */
export interface MotoFiles {
  readonly log: string;
  readonly recording: string;
}

export interface MotoServer extends MotoFiles {
  stop(): Promise<void>;
}

/** Settings that make moto as strict as AWS where it can be, and no slower than necessary. */
export const usual = {
  MOTO_ENABLE_AMI_VALIDATION: "true",
  MOTO_ENABLE_KEYPAIR_VALIDATION: "true",
  MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION: "true",
  MOTO_ACM_VALIDATION_WAIT: "0",
};

/**
 * Starts moto with additions that a first plan needs for every account (test/e2e/support/moto/sitecustomize.py). It does not listen yet:
 * `urlIn` waits for that.
 */
export function spawnMoto(folder: string, settings: Readonly<Record<string, string>> = {}): MotoServer {
  const [log, recording] = [join(folder, "log"), join(folder, "recording")];
  const file = openSync(log, "w"); // a pipe that nobody reads would stop moto after some hundred requests
  const server = spawn("moto_server", ["-H", "127.0.0.1", "-p", "0"], {
    stdio: ["ignore", "ignore", file],
    env: {
      ...process.env,
      PYTHONPATH: join(import.meta.dirname, "../e2e/support/moto"),
      MOTO_ENABLE_RECORDING: "true",
      MOTO_RECORDER_FILEPATH: recording,
      ...settings,
    },
  });
  closeSync(file);
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  return {
    log,
    recording,
    async stop() {
      server.kill("SIGTERM");
      await ended;
    },
  };
}

/** Returns the address of the server with that log, once it listens. */
export async function urlIn(log: string): Promise<string> {
  for (let tries = 0; tries < 1_200; tries++) {
    const found = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(readFileSync(log, "utf8"));
    if (found) return found[1]!;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`moto_server did not start: ${readFileSync(log, "utf8")}`);
}
