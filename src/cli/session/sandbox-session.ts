import { join } from "node:path";
import type { ConnectOptions } from "../../aws/connection.ts";
import { openSandbox } from "@plumbline/aws-sandbox/disk/open.ts";
import type { Context } from "../context.ts";

/** The account of an environment in the sandbox when it names none. */
const sandboxAccount = "123456789012";

export interface SandboxSession {
  readonly options: Pick<ConnectOptions, "clock" | "requestHandler" | "credentials">;
  close(): Promise<void>;
}

/** Opens the sandbox of the folder in the environment's own account, so that its `account:` matches. */
export async function openSandboxSession(context: Pick<Context, "home" | "options">, account = sandboxAccount): Promise<SandboxSession> {
  const { sandbox, clock, close } = openSandbox({ dir: sandboxFolder(context.home), time: context.options.sandboxTime });
  return {
    options: {
      clock,
      requestHandler: sandbox.requestHandler,
      credentials: { accessKeyId: `AKIASANDBOX${account}`, secretAccessKey: "sandbox" },
    },
    close: async () => close(),
  };
}

/** Returns the folder that keeps the sandbox between commands. */
export function sandboxFolder(home: string): string {
  return join(home, ".infra", "sandbox");
}
