/** The records of Secrets Manager, by ARN. They are plain JSON; values are only in the memory of the process. */
import { AwsFault, type Call } from "../../model.ts";

export interface SecretRecord {
  readonly arn: string;
  readonly name: string;
  readonly createdAt: number;
  changedAt: number;
  description?: string;
  kmsKey?: string;
  /** The id of the version with the value; absent when there is none. */
  version?: string;
  /** When it will be deleted for good. Present only while the deletion is pending. */
  goneAt?: number;
  tags: Record<string, string>;
}

export const secrets = (call: Pick<Call, "store">): Map<string, SecretRecord> => call.store.table<SecretRecord>("secretsmanager.secrets");

/** Finds a secret by its name or its whole ARN. */
function find(call: Call, id: string): SecretRecord | undefined {
  const found = secrets(call).get(id) ?? named(call, id);
  return found && call.sees(found.arn, "id") ? found : undefined;
}

/** The secret with a name, even if reads cannot see it yet: a create call must know it. */
export function named(call: Call, name: string): SecretRecord | undefined {
  return [...secrets(call).values()].find((one) => one.name === name);
}

export function needSecret(call: Call, id: string): SecretRecord {
  const found = find(call, id);
  if (!found) throw new AwsFault("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  return found;
}

/** The secret, if its deletion is not pending. */
export function needUsable(call: Call, id: string): SecretRecord {
  const found = needSecret(call, id);
  if (found.goneAt !== undefined)
    throw invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
  return found;
}

export function invalidRequest(message: string): AwsFault {
  return new AwsFault("InvalidRequestException", message);
}

/** The key under which the value of a version is kept. */
export function valueId(secret: SecretRecord): string {
  return `secretsmanager ${secret.arn} ${secret.version}`;
}
