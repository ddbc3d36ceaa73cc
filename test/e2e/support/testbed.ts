import { expect } from "vitest";
import { clientsOf, type Clients } from "./clients.ts";
import { Workshop } from "./infra.ts";
import { ours, takeInventory, type Inventory } from "./inventory.ts";
import type { Account, Endpoint } from "./moto.ts";

/** A separate account, another client that reads it, and a folder from which `infra` works on it. */
export interface Testbed {
  readonly account: Account;
  readonly clients: Clients;
  readonly workshop: Workshop;
  inventory(): Promise<Inventory>;
  /** Returns AWS's id of the object with our tags for this address; there must be exactly one. */
  id(environment: string, address: string): Promise<string>;
}

/** `endpoint`: the address for `infra`, by default the emulator itself. The other client always uses the emulator itself. */
export async function openMotoTestbed(moto: Endpoint, endpoint = moto.url, accountId?: string): Promise<Testbed> {
  const account = await moto.newAccount(accountId);
  const clients = clientsOf(account);
  const workshop = new Workshop({ ...account.env, AWS_ENDPOINT_URL: endpoint });
  return {
    account,
    clients,
    workshop,
    inventory: () => takeInventory(clients),
    async id(environment, address) {
      const found = ours(await takeInventory(clients), environment).filter(({ tags }) => tags["infra:resource"] === address);
      expect(found, address).toHaveLength(1);
      return found[0]!.id;
    },
  };
}

/** Returns text for people without its columns and line ends, so that a test compares words only. */
export function words(text: string): string {
  return text.replace(/\s+/g, " ");
}
