/** What CloudWatch Logs remembers, by name. Plain JSON. */
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

/** Without the `:*` that `arn` ends with in the answers of DescribeLogGroups (CloudWatch Logs API, LogGroup). */
export function arnOf(call: Call, name: string): string {
  return `arn:${call.partition}:logs:${call.region}:${call.account}:log-group:${name}`;
}

/** The group of this name; refuses what is not there. */
export function needGroup(call: Call, name: string): LogGroupRecord {
  const found = logGroups(call).get(name);
  if (!found || !call.sees(name, "id")) throw new AwsFault("ResourceNotFoundException", "The specified log group does not exist.");
  return found;
}

/** A group's name out of its name or its ARN. */
export function nameOf(call: Call, identifier: string): string {
  const prefix = arnOf(call, "");
  return identifier.startsWith(prefix) ? identifier.slice(prefix.length).replace(/:\*$/, "") : identifier;
}
