/** The records of KMS: keys by id, aliases by name. They are plain JSON. */
import { AwsFault, type Call } from "../../model.ts";
import type { Store } from "../../store.ts";

export type KeyState = "Enabled" | "Disabled" | "PendingDeletion";

export interface KeyRecord {
  readonly id: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly spec: string;
  readonly usage: string;
  readonly multiRegion: boolean;
  description: string;
  policy: string;
  state: KeyState;
  /** When it will be deleted for good. Present only while the deletion is pending. */
  goneAt?: number;
  /** Days between two rotations; absent when it is not rotated. */
  rotation?: number;
  tags: Record<string, string>;
}

export interface AliasRecord {
  /** The name with its prefix `alias/`. */
  readonly name: string;
  target: string;
  readonly createdAt: number;
  updatedAt: number;
}

type Kept = { readonly store: Store };

export const keys = ({ store }: Kept): Map<string, KeyRecord> => store.table<KeyRecord>("kms.keys");
export const aliases = ({ store }: Kept): Map<string, AliasRecord> => store.table<AliasRecord>("kms.aliases");

/** Finds a key by its id, its ARN, an alias, or the ARN of an alias. */
function findKey(call: Pick<Call, "store">, asked: string): KeyRecord | undefined {
  const alias = /(?:^|:)(alias\/.+)$/.exec(asked)?.[1];
  const id = alias === undefined ? asked.replace(/^arn:[^/]*:key\//, "") : aliases(call).get(alias)?.target;
  const found = keys(call).get(id ?? "");
  return found && (alias !== undefined || asked === found.id || asked === found.arn) ? found : undefined;
}

/** The key, if it can be used. */
export function usableKey(store: Store, asked: string): KeyRecord | undefined {
  const found = findKey({ store }, asked);
  return found?.state === "Enabled" ? found : undefined;
}

/** The key with an id or ARN. Most calls take no alias (KMS API reference: "KeyId" of each operation). */
export function needKey(call: Call, asked: string, takes: "alias" | "no alias" = "no alias"): KeyRecord {
  if (takes === "no alias" && /(^|:)alias\//.test(asked)) throw notFound(`Invalid keyId ${asked}`);
  const found = findKey(call, asked);
  if (!found || !call.sees(found.id, "id")) throw notFound(`Key '${asked.startsWith("arn:") ? asked : arnOf(call, asked)}' does not exist`);
  return found;
}

/** The key, if its deletion is not pending. */
export function needAlive(call: Call, asked: string, takes?: "alias" | "no alias"): KeyRecord {
  const found = needKey(call, asked, takes);
  if (found.state === "PendingDeletion") throw new AwsFault("KMSInvalidStateException", `${found.arn} is pending deletion.`);
  return found;
}

/** The key, if it is enabled. */
export function needEnabled(call: Call, asked: string): KeyRecord {
  const found = needAlive(call, asked);
  if (found.state === "Disabled") throw new AwsFault("DisabledException", `${found.arn} is disabled.`);
  return found;
}

export function arnOf(call: Call, id: string): string {
  return `arn:${call.partition}:kms:${call.region}:${call.account}:key/${id}`;
}

export function notFound(message: string): AwsFault {
  return new AwsFault("NotFoundException", message);
}
