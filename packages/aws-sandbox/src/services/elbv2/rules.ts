import type {
  CreateRuleInput,
  DeleteRuleInput,
  DescribeRulesInput,
  ModifyRuleInput,
  Rule,
  RuleCondition,
  RuleTransform,
  SetRulePrioritiesInput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { page } from "../../paging.ts";
import { refuseUnknown } from "../../unmodelled.ts";
import { checkedActions, setUses } from "./actions.ts";
import { arn, newId } from "./arns.ts";
import { atMost20, invalid, needListener, needRule, required } from "./faults.ts";
import { dropRule, listenersOf } from "./listener-records.ts";
import { within } from "./quotas.ts";
import { listeners, loadBalancers, rules, type ListenerRecord, type RuleRecord } from "./state.ts";
import { newTags } from "./tags.ts";

const create: Handler<CreateRuleInput, object> = (input, call) => {
  refuseUnknown(call, input, ["ListenerArn", "Conditions", "Priority", "Actions", "Transforms", "Tags"]);
  const listener = needListener(call, input.ListenerArn);
  const balancer = loadBalancers(call).get(listener.loadBalancer)!;
  if (balancer.type !== "application") throw new AwsFault("UnsupportedProtocol", "Rules are for Application Load Balancers");
  const priority = checkedPriority(input.Priority);
  const conditions = checkedConditions(input.Conditions);
  const actions = checkedActions(call, balancer, input.Actions, listener.protocol);
  const transforms = checkedTransforms(input.Transforms);
  const tags = newTags(input.Tags);
  if (listener.rules[String(priority)]) throw inUse(priority);
  const all = listenersOf(balancer).reduce((sum, one) => sum + Object.keys(listeners(call).get(one)!.rules).length, 0);
  within(call, "rulesPerBalancer", all, "TooManyRules");
  const made: RuleRecord = {
    arn: arn(call, `listener-rule/${listener.arn.slice(listener.arn.indexOf(":listener/") + 10)}/${newId(call)}`),
    listener: listener.arn,
    priority,
    conditions,
    ...(transforms.length > 0 ? { transforms } : {}),
    actions,
    tags,
  };
  rules(call).set(made.arn, made);
  listener.rules[String(priority)] = made.arn;
  setUses(call, made.arn, balancer.arn, [], actions);
  return { Rules: [describe(made)] };
};

function checkedPriority(priority: number | undefined): number {
  const given = required(priority, "Priority");
  if (!Number.isInteger(given) || given < 1 || given > 50_000) throw invalid(`The priority '${given}' is not between 1 and 50000`);
  return given;
}

function inUse(priority: number): AwsFault {
  return new AwsFault("PriorityInUse", `Priority '${priority}' is currently in use`);
}

const fields = ["host-header", "path-pattern", "http-request-method", "query-string", "source-ip", "http-header"] as const;

/** Checks conditions. Host and path conditions are also shown in the short form. */
function checkedConditions(given: readonly RuleCondition[] | undefined): RuleCondition[] {
  if (!given?.length) throw invalid("A rule needs a condition");
  const once = given.map((condition) => condition.Field).filter((field) => field !== "http-header" && field !== "query-string");
  if (new Set(once).size < once.length) throw invalid("A condition is specified more than once");
  const conditions = given.map(checkedCondition);
  if (conditions.reduce((sum, condition) => sum + countOf(condition), 0) > 5)
    throw new AwsFault("TooManyRules", "A rule can have 5 condition values at most");
  return conditions;
}

function checkedCondition(condition: RuleCondition): RuleCondition {
  const { Field, Values } = condition;
  if (!(fields as readonly string[]).includes(Field ?? "")) throw invalid(`'${Field}' is not a field of a condition`);
  const patterns = patternsOf(condition);
  if (patterns.length > 0) return checkedPatterns(condition, patterns);
  if (countOf(condition) === 0) throw invalid(`The condition '${Field}' needs a value`);
  for (const value of condition.SourceIpConfig?.Values ?? [])
    if (!/^[0-9a-fA-F.:]+\/[0-9]{1,3}$/.test(value)) throw invalid(`The source IP condition value '${value}' is not a valid CIDR block`);
  for (const value of condition.HttpRequestMethodConfig?.Values ?? [])
    if (!/^[A-Z_-]{1,40}$/.test(value)) throw invalid(`The HTTP request method condition value '${value}' is not valid`);
  if (Field === "host-header") {
    const values = condition.HostHeaderConfig?.Values ?? Values!;
    return { Field, Values: [...values], HostHeaderConfig: { Values: [...values] } };
  }
  if (Field === "path-pattern") {
    const values = condition.PathPatternConfig?.Values ?? Values!;
    return { Field, Values: [...values], PathPatternConfig: { Values: [...values] } };
  }
  return condition;
}

/** The regular expressions of a condition, which replace its values. They are allowed in three fields (ELBv2 API, RuleCondition). */
function patternsOf({ RegexValues, HostHeaderConfig, PathPatternConfig, HttpHeaderConfig }: RuleCondition): readonly string[] {
  return RegexValues ?? HostHeaderConfig?.RegexValues ?? PathPatternConfig?.RegexValues ?? HttpHeaderConfig?.RegexValues ?? [];
}

function checkedPatterns(condition: RuleCondition, patterns: readonly string[]): RuleCondition {
  const { Field } = condition;
  if (Field !== "host-header" && Field !== "path-pattern" && Field !== "http-header")
    throw invalid(`The condition '${Field}' takes no regular expressions`);
  const values =
    condition.Values ?? condition.HostHeaderConfig?.Values ?? condition.PathPatternConfig?.Values ?? condition.HttpHeaderConfig?.Values;
  if (values?.length) throw invalid(`The condition '${Field}' takes values or regular expressions, not both`);
  for (const pattern of patterns) checkRegex(pattern, 128);
  if (Field === "host-header") return { Field, RegexValues: [...patterns], HostHeaderConfig: { RegexValues: [...patterns] } };
  if (Field === "path-pattern") return { Field, RegexValues: [...patterns], PathPatternConfig: { RegexValues: [...patterns] } };
  return condition;
}

function checkRegex(pattern: string, longest: number): void {
  if (pattern.length > longest) throw invalid(`A regular expression has ${longest} characters at most`);
  if (!isRegex(pattern)) throw invalid(`'${pattern}' is not a valid regular expression`);
}

function isRegex(pattern: string): boolean {
  try {
    return new RegExp(pattern) instanceof RegExp;
  } catch {
    return false;
  }
}

/** Checks transforms: at most one of each type (ELBv2 API, RuleTransform). */
function checkedTransforms(given: readonly RuleTransform[] | undefined): RuleTransform[] {
  const types = (given ?? []).map(({ Type }) => required(Type, "Type"));
  if (new Set(types).size < types.length) throw invalid("A rule has one transform of each type at most");
  return (given ?? []).map((one) => {
    if (one.Type !== "host-header-rewrite" && one.Type !== "url-rewrite") throw invalid(`'${one.Type}' is not a type of transform`);
    const rewrites = (one.Type === "url-rewrite" ? one.UrlRewriteConfig : one.HostHeaderRewriteConfig)?.Rewrites ?? [];
    if (rewrites.length !== 1) throw invalid("A transform has one rewrite");
    checkRegex(required(rewrites[0]!.Regex, "Regex"), 1024);
    if (rewrites[0]!.Replace === undefined) throw invalid("A rewrite needs what stands in place");
    return one;
  });
}

function countOf({
  Values,
  RegexValues,
  HostHeaderConfig,
  PathPatternConfig,
  HttpRequestMethodConfig,
  QueryStringConfig,
  SourceIpConfig,
  HttpHeaderConfig,
}: RuleCondition): number {
  const given: readonly unknown[] | undefined =
    HostHeaderConfig?.Values ??
    PathPatternConfig?.Values ??
    HttpRequestMethodConfig?.Values ??
    QueryStringConfig?.Values ??
    SourceIpConfig?.Values ??
    HttpHeaderConfig?.Values ??
    Values;
  const patterns = RegexValues ?? HostHeaderConfig?.RegexValues ?? PathPatternConfig?.RegexValues ?? HttpHeaderConfig?.RegexValues;
  if (patterns?.length) return patterns.length;
  return given?.length ?? 0;
}

/** Describes rules by priority, the default rule last. */
const describeAll: Handler<DescribeRulesInput, object> = (input, call) => {
  const arns = atMost20(input.RuleArns, "RuleArns");
  if (arns.length > 0 === (input.ListenerArn !== undefined)) throw invalid("You must specify either a listener ARN or rule ARNs");
  const all = arns.length > 0 ? arns.map((one) => describe(needRule(call, one))) : rulesOf(call, needListener(call, input.ListenerArn));
  const { items, next } = page(call, all, input, { key: (one) => one.RuleArn!, max: 400, size: 400, names: "elbv2" });
  return { Rules: items, ...next };
};

function rulesOf(call: Call, listener: ListenerRecord): Rule[] {
  const own = Object.values(listener.rules)
    .map((one) => rules(call).get(one)!)
    .filter((one) => call.sees(one.arn, "id"));
  return [
    ...own.sort((a, b) => a.priority - b.priority).map(describe),
    { RuleArn: listener.defaultRule, Priority: "default", Conditions: [], Actions: listener.actions, IsDefault: true },
  ];
}

const modify: Handler<ModifyRuleInput, object> = (input, call) => {
  refuseUnknown(call, input, ["RuleArn", "Conditions", "Actions", "Transforms", "ResetTransforms"]);
  refuseDefault(call, input.RuleArn);
  const found = needRule(call, input.RuleArn);
  const listener = listeners(call).get(found.listener)!;
  const conditions = input.Conditions?.length ? checkedConditions(input.Conditions) : found.conditions;
  const actions = input.Actions?.length
    ? checkedActions(call, loadBalancers(call).get(listener.loadBalancer)!, input.Actions, listener.protocol, found.actions)
    : found.actions;
  if (input.ResetTransforms && input.Transforms?.length) throw invalid("Transforms and ResetTransforms cannot be specified together");
  const transforms = input.Transforms?.length ? checkedTransforms(input.Transforms) : input.ResetTransforms ? [] : (found.transforms ?? []);
  setUses(call, found.arn, listener.loadBalancer, found.actions, actions);
  Object.assign(found, { conditions, actions });
  if (transforms.length > 0) found.transforms = transforms;
  else delete found.transforms;
  return { Rules: [describe(found)] };
};

const remove: Handler<DeleteRuleInput, object> = (input, call) => {
  refuseDefault(call, input.RuleArn);
  dropRule(call, needRule(call, input.RuleArn));
  return {};
};

function refuseDefault(call: Call, given: string | undefined): void {
  for (const listener of listeners(call).values())
    if (listener.defaultRule === given) throw new AwsFault("OperationNotPermitted", `Default rule '${given}' cannot be changed or deleted`);
}

/** Sets priorities, all at once: rules may exchange their priorities. */
const setPriorities: Handler<SetRulePrioritiesInput, object> = (input, call) => {
  const wanted = required(input.RulePriorities, "RulePriorities").map(({ RuleArn, Priority }) => ({
    rule: needRule(call, RuleArn),
    priority: checkedPriority(Priority),
  }));
  if (wanted.length === 0) throw invalid("At least one rule must be specified");
  const moving = new Set(wanted.map(({ rule }) => rule.arn));
  const listener = listeners(call).get(wanted[0]!.rule.listener)!;
  if (wanted.some(({ rule }) => rule.listener !== listener.arn)) throw invalid("All rules must belong to the same listener");
  const taken = new Set<number>();
  for (const { priority } of wanted) {
    const other = listener.rules[String(priority)];
    if (taken.has(priority) || (other && !moving.has(other))) throw inUse(priority);
    taken.add(priority);
  }
  for (const { rule } of wanted) delete listener.rules[String(rule.priority)];
  for (const { rule, priority } of wanted) {
    rule.priority = priority;
    listener.rules[String(priority)] = rule.arn;
  }
  return { Rules: wanted.map(({ rule }) => describe(rule)) };
};

export const ruleOperations: Record<string, Handler> = {
  CreateRule: create,
  DeleteRule: remove,
  DescribeRules: describeAll,
  ModifyRule: modify,
  SetRulePriorities: setPriorities,
};

function describe(one: RuleRecord): Rule {
  return {
    RuleArn: one.arn,
    Priority: String(one.priority),
    Conditions: one.conditions,
    ...(one.transforms ? { Transforms: one.transforms } : {}),
    Actions: one.actions,
    IsDefault: false,
  };
}
