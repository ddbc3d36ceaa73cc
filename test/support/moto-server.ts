/** moto_server, an emulator of AWS by others, as a process of its own. */
import { spawn } from "node:child_process";
import { accessSync, closeSync, constants, openSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Whether it is on the PATH. Asking it takes half a second of processor time. */
export const hasMoto = (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
  try {
    accessSync(join(folder, "moto_server"), constants.X_OK);
    return true;
  } catch {
    return false;
  }
});

/** Where a server writes what it says, the place it listens at among it, and the requests that reach it. */
export interface MotoFiles {
  readonly log: string;
  readonly recording: string;
}

export interface MotoServer extends MotoFiles {
  stop(): Promise<void>;
}

/** As strict as AWS where moto can be, and no slower than it must be. */
export const usual = {
  MOTO_ENABLE_AMI_VALIDATION: "true",
  MOTO_ENABLE_KEYPAIR_VALIDATION: "true",
  MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION: "true",
  MOTO_ACM_VALIDATION_WAIT: "0",
};

/** moto with what it lacks and a first plan asks of every account (test/e2e/support/moto/sitecustomize.py). It does not listen yet: `urlIn` waits for that. */
export function spawnMoto(folder: string, settings: Readonly<Record<string, string>> = {}): MotoServer {
  const [log, recording] = [join(folder, "log"), join(folder, "recording")];
  const file = openSync(log, "w"); // a pipe that nobody empties would stop moto after some hundred requests
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

/** Where the server of that log listens, once it does. */
export async function urlIn(log: string): Promise<string> {
  for (let tries = 0; tries < 1_200; tries++) {
    const found = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(readFileSync(log, "utf8"));
    if (found) return found[1]!;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`moto_server did not start: ${readFileSync(log, "utf8")}`);
}
