/** moto, an emulator of AWS by others, as a child process; undefined where it is not installed (in CI that is an error). */
import { motoEnv } from "../e2e/support/moto.ts";
import { spawn, spawnSync } from "node:child_process";
import { connect } from "../../src/aws/connect.ts";
import { realClock, type Clock } from "@plumbline/clock";
import type { Testbed } from "./db-testbed.ts";

export const hasMoto = spawnSync("moto_server", ["--help"], { stdio: "ignore" }).status === 0;

export interface MotoLab extends Testbed {
  stop(): Promise<void>;
}

/** Everything in moto happens at once, so seconds of waiting are shortened to milliseconds. */
const hasty: Clock = { ...realClock, sleep: (ms, signal) => realClock.sleep(ms / 1000, signal) };

export async function motoLab(region = "ap-northeast-2", settings: Readonly<Record<string, string>> = {}): Promise<MotoLab> {
  const server = spawn("moto_server", ["-H", "127.0.0.1", "-p", "0"], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...motoEnv(), ...settings },
  });
  const url = await new Promise<string>((resolve, reject) => {
    let text = "";
    server.stderr.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const found = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(text);
      if (found) resolve(found[1]!);
    });
    server.once("exit", (code) => reject(new Error(`moto_server ended with ${code}: ${text}`)));
  });
  process.env["AWS_ENDPOINT_URL"] = url;
  const connection = await connect({
    region,
    clock: hasty,
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
  });
  const stop = () =>
    new Promise<void>((resolve) => {
      server.once("exit", () => resolve());
      server.kill("SIGTERM");
    });
  return { ...connection, clock: hasty, said: [], written: new Map(), stop };
}
