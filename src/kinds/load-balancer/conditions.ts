import type { RuleCondition } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Conditions } from "./schema.ts";

/** The conditions of a rule in AWS's words. */
export function conditionRequest(request: Conditions): RuleCondition[] {
  const made: RuleCondition[] = [];
  if (request.host) made.push({ Field: "host-header", HostHeaderConfig: { Values: request.host } });
  if (request.path) made.push({ Field: "path-pattern", PathPatternConfig: { Values: request.path } });
  if (request.method) made.push({ Field: "http-request-method", HttpRequestMethodConfig: { Values: request.method } });
  if (request.query) made.push({ Field: "query-string", QueryStringConfig: { Values: request.query.map(asPair) } });
  if (request.source) made.push({ Field: "source-ip", SourceIpConfig: { Values: request.source } });
  for (const [HttpHeaderName, Values] of Object.entries(request.header ?? {}))
    made.push({ Field: "http-header", HttpHeaderConfig: { HttpHeaderName, Values } });
  return made;
}

/**
 * One text a condition, in one order, the same for the same meaning: values have no order, and host names and names of
 * headers no case. What this release cannot write (a regular expression) is a text that nothing written equals.
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
  if (patterns?.length) return say(`${Field} regex`, patterns);
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

/** Whether this release can write the condition: it has no field for regular expressions. */
export function isWritable(condition: RuleCondition): boolean {
  return !/ regex:/.test(textOf(condition)) && /^(host|path|method|query|source|header .+?): /.test(textOf(condition));
}

/** The conditions of a rule in the words of authors. */
export function conditionsOf(conditions: readonly RuleCondition[]): Conditions {
  const written: Record<string, unknown> = {};
  for (const { Field, Values, ...its } of conditions) {
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

/** `key=value`, or a value of any key. */
function asPair(text: string): { Key?: string; Value: string } {
  const at = text.indexOf("=");
  return at < 0 ? { Value: text } : { Key: text.slice(0, at), Value: text.slice(at + 1) };
}
