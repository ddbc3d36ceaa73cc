/**
 * SDK clients without the SDK: the input of a command goes directly to the sandbox's model, and the output directly back. The protocol
 * between the two has its own tests (packages/aws-sandbox/test/core). Leaving it out makes a run seven times as fast. Every undisturbed run
 * is made both ways and must give the same result, so a difference is still found.
 */
import type { Client, ClientCache } from "../../src/aws/client.ts";
import type { ConnectOptions } from "../../src/aws/connection.ts";
import { AwsFault } from "@plumbline/aws-sandbox/model.ts";
import type { Sandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { services } from "./services.ts";

export const account = "123456789012";

/** The connect options that bypass the protocol. In virtual time a deadline in real time would stop the clock and wake dead processes. */
export function pastTheWire(sandbox: Sandbox, region: string): Pick<ConnectOptions, "clients" | "bounds"> {
  return { clients: directClients(sandbox, region), bounds: { deadline: Infinity } };
}

/** The clients of one process in one region, without the protocol. */
export function directClients(sandbox: Sandbox, region: string): ClientCache {
  const cache: ClientCache = new Map();
  for (const service of services) cache.set(service, Promise.resolve(clientOf(sandbox, service, region)));
  return cache;
}

function clientOf(sandbox: Sandbox, service: string, region: string): Client {
  return {
    async send(command, options) {
      const { schema, input } = command as { readonly schema: readonly unknown[]; readonly input: object };
      options?.abortSignal?.throwIfAborted();
      try {
        const output = await sandbox.call({ service, operation: String(schema[2]), account, region, input }, options?.abortSignal);
        return Object.assign(output, { $metadata: { httpStatusCode: 200, requestId: "simulated" } }); // nothing else holds this copy
      } catch (fault) {
        throw fault instanceof AwsFault ? asThrown(fault) : fault;
      }
    },
  };
}

/** A refusal as the SDK throws it. */
function asThrown(fault: AwsFault): Error {
  return Object.assign(new Error(fault.message), {
    name: fault.code,
    Code: fault.code,
    $metadata: { httpStatusCode: fault.status, requestId: "simulated" },
  });
}
