/** moto, an emulator of AWS by others, as a process of its own: another judge than our sandbox. */
import { spawn, spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, describe } from "vitest";
import { callOf, type Call } from "./calls.ts";
import { accountOf, type Account, type Endpoint } from "./endpoint.ts";
import { isNight } from "../../support/night.ts";
import { removeTemporaryFolders, temporaryFolder } from "./folders.ts";

export { accountOf, type Account, type Endpoint } from "./endpoint.ts";

export const region = "ap-northeast-2";

export interface Moto extends Endpoint {
  /** From now on keys must exist and be allowed to do what they do; `false` ends it. */
  enforceIam(isOn: boolean): Promise<void>;
}

const isInstalled = spawnSync("moto_server", ["--help"], { stdio: "ignore" }).status === 0;

const suite = isInstalled ? describe : describe.skip; // skipped where moto_server is not installed, as the suite's name says; in CI that fails

const secondJudge = isNight || !isInstalled ? describe : undefined;

/** A suite that needs moto. Where it is missing the suite is skipped and says so; in CI that is a failure. */
export function describeWithMoto(name: string, body: () => void): void {
  needingMoto(name, () => {
    afterAll(removeTemporaryFolders);
    body();
  });
}

/** The same suite against moto and against our own sandbox, so that neither is the only judge: by day against moto, or where it is missing against the sandbox; at night against both. */
export function describeOnEach(name: string, body: (start: () => Promise<Endpoint>) => void): void {
  describe(name, () => {
    afterAll(removeTemporaryFolders);
    needingMoto("on moto", () => body(startMoto));
    secondJudge?.("in the sandbox", { timeout: 240_000 }, () => body(async () => (await import("./sandbox.ts")).startSandbox()));
  });
}

function needingMoto(name: string, body: () => void): void {
  const missing = `${name}: moto_server is not on the PATH: pip install 'moto[server]'`;
  if (!isInstalled && process.env["CI"]) throw new Error(missing);
  if (!isInstalled) process.stderr.write(`skipped: ${missing}\n`);
  suite(name, { timeout: 240_000 }, body);
}

/** Settings that make moto as strict as AWS where it can be. */
const strict = {
  MOTO_ENABLE_AMI_VALIDATION: "true",
  MOTO_ENABLE_KEYPAIR_VALIDATION: "true",
  MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION: "true",
};

/** moto with what it lacks and a first plan asks of every account (support/moto/sitecustomize.py). */
export const motoEnv = () => ({ ...process.env, PYTHONPATH: join(import.meta.dirname, "moto") });

/** "complete": also with what an import reads of an estate that others built. */
export async function startMoto(how?: "complete"): Promise<Moto> {
  const folder = temporaryFolder("infra-moto-");
  const log = join(folder, "log");
  const file = openSync(log, "w"); // a pipe that nobody empties would stop moto after some hundred requests
  const server = spawn("moto_server", ["-H", "127.0.0.1", "-p", "0"], {
    stdio: ["ignore", "ignore", file],
    env: { ...motoEnv(), ...strict, PLUMBLINE_MOTO: how ?? "", MOTO_RECORDER_FILEPATH: join(folder, "recording") },
  });
  closeSync(file);
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const url = await urlIn(log, () => server.exitCode !== null);
  const post = async (path: string, body = "") => {
    const answer = await fetch(`${url}/moto-api/${path}`, { method: "POST", body });
    if (!answer.ok) throw new Error(`moto: ${path}: HTTP ${answer.status}`);
  };
  await post("recorder/reset-recording"); // makes its file
  await post("recorder/start-recording");
  let accounts = 0;
  return {
    url,
    newAccount: (id = String(210000000000 + ++accounts)) => assume(url, id),
    enforceIam: (isOn) => post("reset-auth", isOn ? "0" : "inf"),
    async record({ credentials: { accessKeyId } }, work) {
      const before = await recorded(url, accessKeyId);
      const result = await work();
      return { result, calls: (await recorded(url, accessKeyId)).slice(before.length) };
    },
    async stop() {
      server.kill("SIGTERM");
      await ended;
    },
  };
}

async function urlIn(log: string, hasEnded: () => boolean): Promise<string> {
  for (let tries = 0; tries < 1_200; tries++) {
    const found = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(readFileSync(log, "utf8"));
    if (found) return found[1]!;
    if (hasEnded()) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`moto_server did not start: ${readFileSync(log, "utf8")}`);
}

/** Keys of a role in another account: moto keeps accounts apart, so a test needs no reset and disturbs no other. */
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

async function recorded(url: string, accessKeyId: string): Promise<Call[]> {
  const text = await (await fetch(`${url}/moto-api/recorder/download-recording`)).text();
  return text
    .split("\n")
    .filter((line) => line.includes(accessKeyId))
    .map((line) => JSON.parse(line) as Recorded)
    .map(({ method, url: to, headers, body = "", body_encoded: isEncoded }) =>
      callOf({ method, url: to, headers, body: isEncoded === false ? body : Buffer.from(body, "base64").toString("utf8") }),
    );
}
