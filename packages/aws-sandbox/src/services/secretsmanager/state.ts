/** What Secrets Manager remembers, by ARN. Plain JSON; values are in the memory of the process only. */
import { AwsFault, type Call } from "../../model.ts";

export interface SecretRecord {
  readonly arn: string;
  readonly name: string;
  readonly createdAt: number;
  changedAt: number;
  description?: string;
  kmsKey?: string;
  /** The id of the version that holds the value; absent while there is none. */
  version?: string;
  /** When it goes for good; it is then only waiting. */
  goneAt?: number;
  tags: Record<string, string>;
}

export const secrets = (call: Pick<Call, "store">): Map<string, SecretRecord> => call.store.table<SecretRecord>("secretsmanager.secrets");

/** By its name or its whole ARN. */
function find(call: Call, id: string): SecretRecord | undefined {
  const found = secrets(call).get(id) ?? named(call, id);
  return found && call.sees(found.arn, "id") ? found : undefined;
}

/** Whoever has the name, though nobody sees it yet: a create knows. */
export function named(call: Call, name: string): SecretRecord | undefined {
  return [...secrets(call).values()].find((one) => one.name === name);
}

export function needSecret(call: Call, id: string): SecretRecord {
  const found = find(call, id);
  if (!found) throw new AwsFault("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  return found;
}

/** One that is not waiting to be deleted. */
export function needUsable(call: Call, id: string): SecretRecord {
  const found = needSecret(call, id);
  if (found.goneAt !== undefined)
    throw invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
  return found;
}

export function invalidRequest(message: string): AwsFault {
  return new AwsFault("InvalidRequestException", message);
}

/** Where the value of a version is kept. */
export function valueId(secret: SecretRecord): string {
  return `secretsmanager ${secret.arn} ${secret.version}`;
}
