import type { RuleCondition } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Conditions } from "./schema.ts";

/** Converts the conditions of a rule to AWS's form. */
export function conditionRequest(request: Conditions): RuleCondition[] {
  const made: RuleCondition[] = [];
  if (request.host) made.push({ Field: "host-header", HostHeaderConfig: { Values: request.host } });
  if (request.path) made.push({ Field: "path-pattern", PathPatternConfig: { Values: request.path } });
  if (request.hostRegex) made.push({ Field: "host-header", HostHeaderConfig: { RegexValues: request.hostRegex } });
  if (request.pathRegex) made.push({ Field: "path-pattern", PathPatternConfig: { RegexValues: request.pathRegex } });
  if (request.method) made.push({ Field: "http-request-method", HttpRequestMethodConfig: { Values: request.method } });
  if (request.query) made.push({ Field: "query-string", QueryStringConfig: { Values: request.query.map(asPair) } });
  if (request.source) made.push({ Field: "source-ip", SourceIpConfig: { Values: request.source } });
  for (const [HttpHeaderName, Values] of Object.entries(request.header ?? {}))
    made.push({ Field: "http-header", HttpHeaderConfig: { HttpHeaderName, Values } });
  for (const [HttpHeaderName, RegexValues] of Object.entries(request.headerRegex ?? {}))
    made.push({ Field: "http-header", HttpHeaderConfig: { HttpHeaderName, RegexValues } });
  return made;
}

/**
 * One text for each condition, sorted and equal for the same meaning: values have no order, and host names and header names have no case. A
 * condition that this release cannot write gets a text that no written condition equals.
 */
export function conditionTexts(conditions: readonly RuleCondition[] | undefined): string[] {
  return (conditions ?? []).map(textOf).sort();
}

function textOf(condition: RuleCondition): string {
  const { Field, HostHeaderConfig, PathPatternConfig, HttpRequestMethodConfig, QueryStringConfig, SourceIpConfig, HttpHeaderConfig } =
    condition;
  const say = (field: string, values: readonly string[] = condition.Values ?? []) => `${field}: ${[...values].sort().join(" | ")}`;
  const patterns =
    condition.RegexValues ?? HostHeaderConfig?.RegexValues ?? PathPatternConfig?.RegexValues ?? HttpHeaderConfig?.RegexValues;
  if (patterns?.length) {
    const of = Field === "http-header" ? `header ${HttpHeaderConfig?.HttpHeaderName?.toLowerCase()}` : Field;
    return say(`${of} regex`, patterns);
  }
  switch (Field) {
    case "host-header":
      return say(
        "host",
        (HostHeaderConfig?.Values ?? condition.Values ?? []).map((value) => value.toLowerCase()),
      );
    case "path-pattern":
      return say("path", PathPatternConfig?.Values);
    case "http-request-method":
      return say("method", HttpRequestMethodConfig?.Values);
    case "query-string":
      return say(
        "query",
        (QueryStringConfig?.Values ?? []).map(({ Key, Value }) => (Key ? `${Key}=${Value}` : (Value ?? ""))),
      );
    case "source-ip":
      return say("source", SourceIpConfig?.Values);
    case "http-header":
      return say(`header ${HttpHeaderConfig?.HttpHeaderName?.toLowerCase()}`, HttpHeaderConfig?.Values);
    default:
      return say(Field ?? "unknown");
  }
}

/** Whether this release can write the condition. */
export function isWritable(condition: RuleCondition): boolean {
  return /^(host|path|method|query|source|header .+?|(host-header|path-pattern) regex): /.test(textOf(condition));
}

/** Converts the conditions of a rule to the words of authors. */
export function conditionsOf(conditions: readonly RuleCondition[]): Conditions {
  const written: Record<string, unknown> = {};
  for (const { Field, Values, ...its } of conditions) {
    const patterns =
      its.RegexValues ?? its.HostHeaderConfig?.RegexValues ?? its.PathPatternConfig?.RegexValues ?? its.HttpHeaderConfig?.RegexValues;
    if (patterns?.length) {
      if (Field === "host-header") written["hostRegex"] = patterns;
      if (Field === "path-pattern") written["pathRegex"] = patterns;
      if (Field === "http-header")
        written["headerRegex"] = { ...(written["headerRegex"] as object), [its.HttpHeaderConfig!.HttpHeaderName!]: patterns };
      continue;
    }
    if (Field === "host-header") written["host"] = its.HostHeaderConfig?.Values ?? Values;
    if (Field === "path-pattern") written["path"] = its.PathPatternConfig?.Values ?? Values;
    if (Field === "http-request-method") written["method"] = its.HttpRequestMethodConfig?.Values ?? Values;
    if (Field === "source-ip") written["source"] = its.SourceIpConfig?.Values ?? Values;
    if (Field === "query-string")
      written["query"] = its.QueryStringConfig?.Values?.map(({ Key, Value }) => (Key ? `${Key}=${Value}` : (Value ?? "")));
    if (Field === "http-header" && its.HttpHeaderConfig?.HttpHeaderName !== undefined)
      written["header"] = { ...(written["header"] as object), [its.HttpHeaderConfig.HttpHeaderName]: its.HttpHeaderConfig.Values };
  }
  return written as Conditions;
}

/** Splits `key=value`. A text without `=` is a value of any key. */
function asPair(text: string): { Key?: string; Value: string } {
  const at = text.indexOf("=");
  return at < 0 ? { Value: text } : { Key: text.slice(0, at), Value: text.slice(at + 1) };
}
