/** The command as it is shipped: bin/infra.mjs and the built dist/, in a separate process. */
import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, inject } from "vitest";
import { temporaryFolder } from "./folders.ts";
import type { Account } from "./moto.ts";

export const root = fileURLToPath(new URL("../../..", import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with environments and the built command beside it. */
export class Workshop {
  readonly folder: string;
  readonly #binary: string;
  readonly env: Record<string, string>;

  /** `env`: the keys and the endpoint for the commands. */
  constructor(env: Readonly<Record<string, string>>) {
    this.folder = temporaryFolder("infra-e2e-");
    this.#binary = inject("binary");
    this.env = { ...env };
    cpSync(join(root, "environments"), join(this.folder, "environments"), { recursive: true });
  }

  /** Writes a file of this folder. */
  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  /** Changes the text of an environment; the old text must be there. */
  edit(environment: string, ...changes: readonly (readonly [from: string, to: string])[]): void {
    let text = this.text(environment);
    for (const [from, to] of changes) {
      expect(text, `environments/${environment}.yaml`).toContain(from);
      text = text.replace(from, () => to);
    }
    this.write(`environments/${environment}.yaml`, text);
  }

  text(environment: string): string {
    return readFileSync(join(this.folder, `environments/${environment}.yaml`), "utf8");
  }

  /**
   * Returns `environments/NAME.yaml:LINE` of the first line that holds `text`, after the line that holds `below`: the form in which
   * messages name a place.
   */
  place(environment: string, text: string, below = ""): string {
    const whole = this.text(environment);
    const start = whole.indexOf(below);
    const at = whole.indexOf(text, start);
    expect(start >= 0 && at >= 0, `${below} … ${text} in ${environment}`).toBe(true);
    return `environments/${environment}.yaml:${whole.slice(0, at).split("\n").length}`;
  }

  /** Runs `infra …` to its end. */
  async infra(args: string, env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    return this.start(args, env).ended;
  }

  /** Starts `infra …` and does not wait for it. */
  start(args: string, env: Readonly<Record<string, string>> = {}): { readonly process: ChildProcess; readonly ended: Promise<Ran> } {
    const child = spawn(process.execPath, [this.#binary, ...args.split(" ")], {
      cwd: this.folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...this.#quiet(), ...this.env, ...env },
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = new Promise<Ran>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
    });
    return { process: child, ended };
  }

  /** Applies and checks that all is done. */
  async apply(environment: string, more = ""): Promise<Ran> {
    const ran = await this.infra(`apply ${environment} --yes${more}`);
    expect(ran.code, ran.stderr + ran.stdout).toBe(0);
    return ran;
  }

  /** Destroys with the confirmation that a script gives, and checks that all is done. */
  async destroy(environment: string, account: Account, region: string): Promise<Ran> {
    const ran = await this.infra(`destroy ${environment} --confirm ${account.id}/${region}/${environment}`);
    expect(ran.code, ran.stderr + ran.stdout).toBe(0);
    return ran;
  }

  /** An environment without the user's AWS configuration, and without waits for a tag index that moto does not have. */
  #quiet(): Record<string, string> {
    const nowhere = join(this.folder, "nowhere");
    return {
      PATH: process.env["PATH"] ?? "",
      HOME: nowhere,
      AWS_CONFIG_FILE: nowhere,
      AWS_SHARED_CREDENTIALS_FILE: nowhere,
      AWS_EC2_METADATA_DISABLED: "true",
      INFRA_SETTLE_SECONDS: "0",
    };
  }
}
