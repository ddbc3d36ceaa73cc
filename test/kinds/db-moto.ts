/** moto, an emulator of AWS by others, for the test of a driver alone. */
import { realClock, type Clock } from "@plumbline/clock";
import { connect } from "../../src/aws/connect.ts";
import type { Account } from "../e2e/support/endpoint.ts";
import { startMoto } from "../e2e/support/moto.ts";
import type { Testbed } from "./db-testbed.ts";

export { hasMoto } from "../support/moto-server.ts";

export interface MotoTestbed extends Testbed {
  /** The number of its account. */
  readonly account: string;
  /** Settings for a separate client of the same account. */
  readonly client: { readonly region: string; readonly endpoint: string; readonly credentials: Account["credentials"] };
  stop(): Promise<void>;
}

/** Everything in moto happens at once, so waits take milliseconds instead of seconds. */
const hasty: Clock = { ...realClock, sleep: (ms, signal) => realClock.sleep(ms / 1000, signal) };

/** A separate account, on a separate server where the test needs `settings`. */
export async function motoTestbed(region = "ap-northeast-2", settings?: Readonly<Record<string, string>>): Promise<MotoTestbed> {
  const moto = await startMoto(settings ?? "shared");
  const { id: account, credentials } = await moto.newAccount();
  process.env["AWS_ENDPOINT_URL"] = moto.url;
  const connection = await connect({ region, clock: hasty, credentials });
  const client = { region, endpoint: moto.url, credentials };
  return { ...connection, account, client, clock: hasty, said: [], written: new Map(), stop: () => moto.stop() };
}
