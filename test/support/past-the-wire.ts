/**
 * SDK clients without the SDK: a command's input goes straight to the sandbox's model and its output straight back. The
 * wire between the two has tests of its own (packages/aws-sandbox/test/core); leaving it out makes a run seven times as fast. What it
 * must not change is checked all the same: every undisturbed run is made both ways and must be the same both ways.
 */
import type { Client, ClientCache } from "../../src/aws/client.ts";
import type { ConnectOptions } from "../../src/aws/connection.ts";
import { AwsFault } from "@plumbline/aws-sandbox/model.ts";
import type { Sandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { services } from "./services.ts";

export const account = "123456789012";

/** What to connect with to be past the wire. In virtual time a deadline in real time would stop the clock, and wake dead processes. */
export function pastTheWire(sandbox: Sandbox, region: string): Pick<ConnectOptions, "clients" | "bounds"> {
  return { clients: directClients(sandbox, region), bounds: { deadline: Infinity } };
}

/** Clients of one process in one region, without a wire. */
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
        return Object.assign(output, { $metadata: { httpStatusCode: 200, requestId: "simulated" } }); // nobody else has this copy
      } catch (fault) {
        throw fault instanceof AwsFault ? asThrown(fault) : fault;
      }
    },
  };
}

/** A refusal in the form in which the SDK throws it. */
function asThrown(fault: AwsFault): Error {
  return Object.assign(new Error(fault.message), {
    name: fault.code,
    Code: fault.code,
    $metadata: { httpStatusCode: fault.status, requestId: "simulated" },
  });
}
