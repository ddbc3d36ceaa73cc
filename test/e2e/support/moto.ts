/** moto, an emulator of AWS by others, so that our sandbox is not the only judge. */
import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, describe, inject } from "vitest";
import { hasMoto, spawnMoto, usual, urlIn, type MotoServer } from "../../support/moto-server.ts";
import { isNight } from "../../support/night.ts";
import { callOf, type Call } from "./calls.ts";
import { accountOf, type Account, type Endpoint } from "./endpoint.ts";
import { removeTemporaryFolders, temporaryFolder } from "./folders.ts";

export { accountOf, type Account, type Endpoint } from "./endpoint.ts";

export const region = "ap-northeast-2";

export interface Moto extends Endpoint {
  /**
   * Makes moto check that keys exist and may make the call; `false` ends it. Only for a server that no other test shares, because it holds
   * for all accounts.
   */
  enforceIam(isOn: boolean): Promise<void>;
}

const suite = hasMoto ? describe : describe.skip; // skipped where moto_server is not installed, as the suite's name says; in CI that fails

const secondJudge = isNight || !hasMoto ? describe : undefined;

/** Defines a suite that needs moto. Where moto is missing, the suite is skipped and says so; in CI that is a failure. */
export function describeWithMoto(name: string, body: () => void): void {
  needingMoto(name, () => {
    afterAll(removeTemporaryFolders);
    body();
  });
}

/**
 * Defines the same suite for moto and for our sandbox, so that neither is the only judge. By day it runs against moto, or against the
 * sandbox where moto is missing; at night against both.
 */
export function describeOnEach(name: string, body: (start: () => Promise<Endpoint>) => void): void {
  describe(name, () => {
    afterAll(removeTemporaryFolders);
    needingMoto("on moto", () => body(startMoto));
    secondJudge?.("in the sandbox", { timeout: 480_000 }, () => body(async () => (await import("./sandbox.ts")).startSandbox()));
  });
}

function needingMoto(name: string, body: () => void): void {
  const missing = `${name}: moto_server is not on the PATH: pip install 'moto[server]'`;
  if (!hasMoto && process.env["CI"]) throw new Error(missing);
  if (!hasMoto) process.stderr.write(`skipped: ${missing}\n`);
  suite(name, { timeout: 480_000 }, body);
}

/** Settings for a moto that also answers the reads of an import. */
export const complete = { PLUMBLINE_MOTO: "complete" };

/** Returns a server that the tests share; with `settings` a separate one. */
export async function startMoto(settings: "shared" | Readonly<Record<string, string>> = "shared"): Promise<Moto> {
  const server = settings === "shared" ? sharedServer() : spawnMoto(temporaryFolder("infra-moto-"), { ...usual, ...settings });
  const url = await urlIn(server.log);
  return {
    url,
    newAccount: (id = newAccountId()) => assume(url, id),
    async enforceIam(isOn) {
      if (settings === "shared") throw new Error("the rights would be enforced in the accounts of other tests as well");
      const answer = await fetch(`${url}/moto-api/reset-auth`, { method: "POST", body: isOn ? "0" : "inf" });
      if (!answer.ok) throw new Error(`moto: reset-auth: HTTP ${answer.status}`);
    },
    async record({ credentials: { accessKeyId } }, work) {
      const before = sizeOf(server.recording);
      const result = await work();
      return { result, calls: recorded(server.recording, before, accessKeyId) };
    },
    stop: () => server.stop(),
  };
}

function sharedServer(): MotoServer {
  const motos = inject("motos");
  const files = motos[Number(process.env["VITEST_POOL_ID"] ?? 0) % motos.length]!;
  return { ...files, stop: async () => undefined };
}

let accounts = 0;

/** Returns an id that no other process and no other test uses. */
function newAccountId(): string {
  return `2${String(process.pid).padStart(7, "0").slice(-7)}${String(++accounts).padStart(4, "0")}`;
}

/** Returns the keys of a role in another account. moto keeps accounts apart, so a test needs no reset and disturbs no other. */
async function assume(url: string, id: string): Promise<Account> {
  const sts = new STSClient({ endpoint: url, region, credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" } });
  const { Credentials: given } = await sts.send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${id}:role/e2e`, RoleSessionName: "e2e" }));
  sts.destroy();
  return accountOf(url, id, {
    accessKeyId: given!.AccessKeyId!,
    secretAccessKey: given!.SecretAccessKey!,
    sessionToken: given!.SessionToken!,
  });
}

/** A line of moto's recorder (moto docs, "Recorder"). */
interface Recorded {
  readonly method?: string;
  readonly url?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly body_encoded?: boolean;
}

/** Returns the calls with these keys that reached moto since its recording had the length `from`. */
function recorded(file: string, from: number, accessKeyId: string): Call[] {
  return textFrom(file, from)
    .split("\n")
    .filter((line) => line.includes(accessKeyId))
    .map((line) => JSON.parse(line) as Recorded)
    .map(({ method, url: to, headers, body = "", body_encoded: isEncoded }) =>
      callOf({ method, url: to, headers, body: isEncoded === false ? body : Buffer.from(body, "base64").toString("utf8") }),
    );
}

/** The size of the file, which moto makes with the first request. */
function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}

function textFrom(path: string, from: number): string {
  const bytes = Buffer.alloc(sizeOf(path) - from);
  const file = openSync(path, "r");
  try {
    readSync(file, bytes, 0, bytes.length, from);
  } finally {
    closeSync(file);
  }
  return bytes.toString("utf8");
}
