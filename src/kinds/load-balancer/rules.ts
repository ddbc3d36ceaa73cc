/**
 * The order in which the rules of one listener change, so that two rules never need one priority at the same time: deletes, then one
 * SetRulePriorities for all moves (AWS makes it at once, so two rules may swap), then creates, then changes.
 */
import type { Rule } from "./schema.ts";
import { normalConditions } from "./normal.ts";

/** A live rule, with the data that ordering needs. Foreign rules have no name. */
export interface Standing {
  readonly arn: string;
  readonly name?: string | undefined;
  readonly priority: number;
  readonly conditions: readonly string[];
}

export interface RulePlan<R extends Standing> {
  readonly deletes: readonly R[];
  /** Rules that only get another name, with the same priority and conditions. To delete and create them again would leave a gap. */
  readonly renames: readonly { readonly rule: R; readonly name: string }[];
  readonly moves: readonly { readonly rule: R; readonly priority: number }[];
  readonly creates: readonly { readonly name: string; readonly request: Rule }[];
  readonly changes: readonly { readonly rule: R; readonly name: string; readonly request: Rule }[];
}

/** Plans the changes. `differs` says whether the conditions or the action of an existing rule must change. */
export function planRules<R extends Standing>(
  request: Readonly<Record<string, Rule>>,
  live: readonly R[],
  goes: (rule: R) => boolean,
  differs: (name: string, request: Rule, rule: R) => boolean,
): RulePlan<R> {
  const named = new Map(live.filter((rule) => rule.name !== undefined).map((rule) => [rule.name!, rule]));
  const free = live.filter((rule) => rule.name === undefined || !(rule.name in request));
  const pairs: { name: string; request: Rule; rule: R }[] = [];
  const renames: { rule: R; name: string }[] = [];
  const creates: { name: string; request: Rule }[] = [];
  for (const [name, rule] of Object.entries(request)) {
    const same = named.get(name) ?? takeTwin(free, rule);
    if (same === undefined) creates.push({ name, request: rule });
    else pairs.push({ name, request: rule, rule: same });
    if (same !== undefined && same.name !== name) renames.push({ rule: same, name });
  }
  return {
    deletes: free.filter(goes),
    renames,
    moves: pairs.flatMap(({ rule, request: { priority } }) =>
      priority === undefined || priority === rule.priority ? [] : [{ rule, priority }],
    ),
    creates,
    changes: pairs.filter((pair) => differs(pair.name, pair.request, pair.rule)),
  };
}

/** Takes the rule with the same priority and conditions out of `free`, where no other written rule has it. */
function takeTwin<R extends Standing>(free: R[], request: Rule): R | undefined {
  const conditions = normalConditions(request.conditions).join("\n");
  const at = free.findIndex((rule) => rule.priority === request.priority && rule.conditions.join("\n") === conditions);
  return at < 0 ? undefined : free.splice(at, 1)[0];
}
