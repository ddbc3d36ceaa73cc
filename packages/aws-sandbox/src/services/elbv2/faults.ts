/** Elastic Load Balancing's errors, with the codes on the wire. "Not found" is HTTP 400 here. */
import { AwsFault, type Call } from "../../model.ts";
import {
  listeners,
  loadBalancers,
  rules,
  targetGroups,
  type ListenerRecord,
  type LoadBalancerRecord,
  type RuleRecord,
  type TargetGroupRecord,
} from "./state.ts";

export const invalid = (message: string) => new AwsFault("ValidationError", message);
export const badConfiguration = (message: string) => new AwsFault("InvalidConfigurationRequest", message);
export const notModelled = (what: string) => new AwsFault("NotImplemented", `The sandbox does not model ${what}.`, 501);

/** Returns a parameter; throws AWS's error when it is missing. */
export function required<T>(value: T | undefined | null, name: string): T {
  if (value === undefined || value === null || value === "") throw invalid(`The request must contain the parameter ${name}`);
  return value;
}

/** Returns a value; throws AWS's error unless it is one of the service's values. */
export function oneOf<const V extends string>(value: string, values: readonly V[], name: string): V {
  const known = values.find((one) => one === value);
  if (known === undefined)
    throw invalid(`Value '${value}' at '${name}' failed to satisfy constraint: Member must satisfy enum value set: [${values.join(", ")}]`);
  return known;
}

export function needBalancer(call: Call, arn: string | undefined): LoadBalancerRecord {
  return need(call, loadBalancers(call), arn, "LoadBalancerNotFound", (one) => `Load balancer '${one}' not found`);
}

export function needGroup(call: Call, arn: string | undefined): TargetGroupRecord {
  return need(call, targetGroups(call), arn, "TargetGroupNotFound", (one) => `Target group '${one}' not found`);
}

export function needListener(call: Call, arn: string | undefined): ListenerRecord {
  return need(call, listeners(call), arn, "ListenerNotFound", (one) => `Listener '${one}' not found`);
}

export function needRule(call: Call, arn: string | undefined): RuleRecord {
  return need(call, rules(call), arn, "RuleNotFound", (one) => `Rule '${one}' not found`);
}

function need<R>(call: Call, table: ReadonlyMap<string, R>, arn: string | undefined, code: string, says: (arn: string) => string): R {
  if (!/^arn:[^:]+:elasticloadbalancing:/.test(arn ?? "")) throw invalid(`'${arn ?? ""}' is not a valid ARN`);
  const found = table.get(arn!);
  if (!found || !call.sees(arn!, "id")) throw new AwsFault(code, says(arn!));
  return found;
}

/** Checks a list: the Describe calls and DescribeTags take 20 names or ARNs. */
export function atMost20(values: readonly string[] | undefined, name: string): readonly string[] {
  if ((values?.length ?? 0) > 20) throw invalid(`The maximum number of values for ${name} is 20`);
  return values ?? [];
}
