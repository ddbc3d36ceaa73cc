/** moto, an emulator of AWS by others, as a place where a driver is tried alone. */
import { realClock, type Clock } from "@plumbline/clock";
import { connect } from "../../src/aws/connect.ts";
import type { Account } from "../e2e/support/endpoint.ts";
import { startMoto } from "../e2e/support/moto.ts";
import type { Testbed } from "./db-testbed.ts";

export { hasMoto } from "../support/moto-server.ts";

export interface MotoTestbed extends Testbed {
  /** The number of its account. */
  readonly account: string;
  /** For another client of the same account. */
  readonly client: { readonly region: string; readonly endpoint: string; readonly credentials: Account["credentials"] };
  stop(): Promise<void>;
}

/** Everything in moto happens at once, so seconds of waiting are shortened to milliseconds. */
const hasty: Clock = { ...realClock, sleep: (ms, signal) => realClock.sleep(ms / 1000, signal) };

/** An account of its own, on a server of its own where that needs `settings`. */
export async function motoTestbed(region = "ap-northeast-2", settings?: Readonly<Record<string, string>>): Promise<MotoTestbed> {
  const moto = await startMoto(settings ?? "shared");
  const { id: account, credentials } = await moto.newAccount();
  process.env["AWS_ENDPOINT_URL"] = moto.url;
  const connection = await connect({ region, clock: hasty, credentials });
  const client = { region, endpoint: moto.url, credentials };
  return { ...connection, account, client, clock: hasty, said: [], written: new Map(), stop: () => moto.stop() };
}
