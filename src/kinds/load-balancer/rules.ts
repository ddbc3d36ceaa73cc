/**
 * In which order the rules of one listener are brought to what is wanted, so that no two ever want one priority:
 * deletes, then one SetRulePriorities for all that move (AWS makes it at once, so two may swap), then creates, then changes.
 */
import type { Rule } from "./schema.ts";
import { normalConditions } from "./normal.ts";

/** A live rule, as far as ordering goes. Rules that are not ours have no name. */
export interface Standing {
  readonly arn: string;
  readonly name?: string | undefined;
  readonly priority: number;
  readonly conditions: readonly string[];
}

export interface RulePlan<R extends Standing> {
  readonly deletes: readonly R[];
  /** Rules that only get another name: same place, same conditions. Deleting and making them again would leave a gap. */
  readonly renames: readonly { readonly rule: R; readonly name: string }[];
  readonly moves: readonly { readonly rule: R; readonly priority: number }[];
  readonly creates: readonly { readonly name: string; readonly request: Rule }[];
  readonly changes: readonly { readonly rule: R; readonly name: string; readonly request: Rule }[];
}

/** `differs` says whether conditions or action of a rule that exists have to change. */
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

/** The rule nobody else wants that stands at the same place for the same requests; taken out of `free`. */
function takeTwin<R extends Standing>(free: R[], request: Rule): R | undefined {
  const conditions = normalConditions(request.conditions).join("\n");
  const at = free.findIndex((rule) => rule.priority === request.priority && rule.conditions.join("\n") === conditions);
  return at < 0 ? undefined : free.splice(at, 1)[0];
}
