/** The records of CloudWatch Logs, by name. They are plain JSON. */
import { AwsFault, type Call } from "../../model.ts";

export interface LogGroupRecord {
  readonly name: string;
  readonly createdAt: number;
  readonly class: string;
  retention?: number;
  kmsKey?: string;
  tags: Record<string, string>;
}

export const logGroups = (call: Pick<Call, "store">): Map<string, LogGroupRecord> => call.store.table<LogGroupRecord>("logs.groups");

/** The ARN of a log group, without the `:*` that ends `arn` in the answers of DescribeLogGroups (CloudWatch Logs API, LogGroup). */
export function arnOf(call: Call, name: string): string {
  return `arn:${call.partition}:logs:${call.region}:${call.account}:log-group:${name}`;
}

/** The log group with this name. Throws when it does not exist. */
export function needGroup(call: Call, name: string): LogGroupRecord {
  const found = logGroups(call).get(name);
  if (!found || !call.sees(name, "id")) throw new AwsFault("ResourceNotFoundException", "The specified log group does not exist.");
  return found;
}

/** The name of a log group that is given by name or ARN. */
export function nameOf(call: Call, identifier: string): string {
  const prefix = arnOf(call, "");
  return identifier.startsWith(prefix) ? identifier.slice(prefix.length).replace(/:\*$/, "") : identifier;
}
