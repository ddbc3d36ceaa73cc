/**
 * Brings a group's rules to the desired state. New rules are added before old ones are removed, so that nothing breaks in between, and no
 * rule is open for a moment that neither version has.
 */
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import type { Change, Changes, Live } from "../kind.ts";
import type { SecurityGroup } from "./schema.ts";
import { everything, everythingIpv6, observedRule, permissionsOf, requestOf, ruleKey, type Direction, type Rule } from "./rule.ts";
import { Refusal } from "../../resource/refusal.ts";

/** A rule that exists. */
export interface KnownRule {
  readonly id: string;
  readonly key: string;
  readonly rule: Rule;
}

export type Known = Readonly<Record<Direction, readonly KnownRule[]>>;
type Group = Live<SecurityGroup, Known | null>;

/** The changes in one direction. */
interface Work {
  readonly direction: Direction;
  readonly added: readonly Rule[];
  readonly changed: readonly { readonly id: string; readonly rule: Rule }[];
  readonly removed: readonly KnownRule[];
}

const directions = ["ingress", "egress"] as const;

export async function applyRules(aws: Aws, live: Group, request: SecurityGroup, changes: Changes<SecurityGroup>): Promise<void> {
  const known = live.handle ?? (isOnlyAdding(changes) ? justCreated : await readJustCreated(aws, live.id));
  const works = directions.flatMap((direction) => {
    const change = changes[direction];
    return change ? [workOf(direction, request[direction], known[direction], live.handle ? change : undefined)] : [];
  });
  const early = new Set<Direction>();
  for (const work of works) if (await add(aws, live.id, work)) early.add(work.direction);
  await describe(
    aws,
    live.id,
    works.flatMap((work) => work.changed),
  );
  for (const work of works) if (!early.has(work.direction)) await revoke(aws, live.id, work.direction, work.removed);
}

/** Revokes the rules that name other groups or prefix lists, because such rules block the deletion of those. */
export async function revokeGroupRules(aws: Aws, live: Group): Promise<void> {
  const known = live.handle ?? (await readRules(aws, [live.id])).get(live.id) ?? none;
  for (const direction of directions) {
    const naming = known[direction].filter(({ rule }) => /^(sg|pl)-/.test(rule.source ?? rule.destination ?? ""));
    await revoke(aws, live.id, direction, naming);
  }
}

/** Returns the rules of up to 200 groups, sorted, because EC2 returns them in any order. */
export async function readRules(aws: Aws, groups: readonly string[]): Promise<ReadonlyMap<string, Known>> {
  const ec2 = await import("../../aws/sdk/ec2.ts");
  const found = new Map<string, { ingress: KnownRule[]; egress: KnownRule[] }>(groups.map((id) => [id, { ingress: [], egress: [] }]));
  if (groups.length === 0) return found;
  for await (const page of aws.ec2.pages(ec2.DescribeSecurityGroupRulesCommand, {
    Filters: [{ Name: "group-id", Values: [...groups] }],
    MaxResults: 1000,
  }))
    for (const row of page.SecurityGroupRules ?? []) {
      const rule = observedRule(row);
      found.get(row.GroupId!)?.[row.IsEgress ? "egress" : "ingress"].push({ id: row.SecurityGroupRuleId!, key: ruleKey(rule), rule });
    }
  for (const group of found.values()) for (const direction of directions) group[direction].sort((a, b) => (a.key < b.key ? -1 : 1));
  return found;
}

const none: Known = { ingress: [], egress: [] };

/** The rules that AWS puts into a new group. Their ids are not read. */
const justCreated: Known = { ingress: [], egress: [{ id: "", key: ruleKey(everything), rule: everything }] };

/** Whether the change removes nothing and adds no rule that AWS may have put into a new group: in a VPC with IPv6 that is a second rule. */
function isOnlyAdding({ egress }: Changes<SecurityGroup>): boolean {
  if (egress === undefined) return true;
  const { added = [], removed = [] } = egress.items ?? {};
  return removed.length === 0 && !added.some(({ key }) => key === ruleKey(everythingIpv6));
}

/** Returns the rules that AWS put into a new group. A read may be too early to show the rule that is known to exist. */
async function readJustCreated(aws: Aws, id: string): Promise<Known> {
  const read = (await readRules(aws, [id])).get(id) ?? none;
  return read.egress.length > 0 ? read : { ...read, egress: justCreated.egress };
}

/** Returns the changes in one direction. `change` is the plan's decision about surplus rules; without it, all of them are removed. */
function workOf(
  direction: Direction,
  resolved: readonly Rule[] | undefined,
  known: readonly KnownRule[],
  change: Change | undefined,
): Work {
  const target = new Map((resolved ?? (direction === "egress" ? [everything] : [])).map((rule) => [ruleKey(rule), rule]));
  const existing = new Map(known.map((one) => [one.key, one]));
  const condemned = change?.items && new Set(change.items.removed.map(({ key }) => key));
  return {
    direction,
    added: [...target].flatMap(([key, rule]) => (existing.has(key) ? [] : [rule])),
    changed: [...target].flatMap(([key, rule]) => {
      const now = existing.get(key);
      return now && rule.description !== undefined && rule.description !== (now.rule.description ?? "") ? [{ id: now.id, rule }] : [];
    }),
    removed: known.filter(({ key }) => !target.has(key) && (condemned?.has(key) ?? true)),
  };
}

/** Adds the new rules of one direction in one call. Returns true when the old rules had to be removed first because the group was full. */
async function add(aws: Aws, id: string, work: Work): Promise<boolean> {
  if (work.added.length === 0) return false;
  try {
    await authorise(aws, id, work.direction, work.added);
    return false;
  } catch (error) {
    if (hasCode(error, "InvalidPermission.Duplicate")) {
      await authoriseMissing(aws, id, work);
      return false;
    }
    if (!hasCode(error, "RulesPerSecurityGroupLimitExceeded") || work.removed.length === 0) throw error;
  }
  await revoke(aws, id, work.direction, work.removed);
  await authorise(aws, id, work.direction, work.added);
  return true;
}

/** Seconds between polls for rules that exist but are not visible yet. */
const pollDelays = [1, 2, 4, 8, 15];

/**
 * Adds the rules that are missing. EC2 refuses the whole call when one rule already exists, because an answer was lost or somebody added it
 * meanwhile.
 */
async function authoriseMissing(aws: Aws, id: string, work: Work): Promise<void> {
  for (const seconds of [0, ...pollDelays]) {
    await aws.clock.sleep(seconds * 1000);
    const known = (await readRules(aws, [id])).get(id) ?? none;
    const existing = new Set(known[work.direction].map(({ key }) => key));
    const missing = work.added.filter((rule) => !existing.has(ruleKey(rule)));
    if (missing.length === work.added.length) continue;
    if (missing.length > 0) await authorise(aws, id, work.direction, missing);
    return;
  }
  throw new Refusal(`EC2 says that a rule of ${id} already exists, but returns none of the rules to add. Run \`infra apply\` again.`);
}

async function authorise(aws: Aws, id: string, direction: Direction, rules: readonly Rule[]): Promise<void> {
  const ec2 = await import("../../aws/sdk/ec2.ts");
  const input = { GroupId: id, IpPermissions: permissionsOf(rules, id) };
  const answer =
    direction === "ingress"
      ? await aws.ec2(new ec2.AuthorizeSecurityGroupIngressCommand(input))
      : await aws.ec2(new ec2.AuthorizeSecurityGroupEgressCommand(input));
  if (answer.Return === false) throw new Refusal(`EC2 did not add the ${direction} rules of ${id} and gave no reason.`);
}

/** Changes descriptions. ModifySecurityGroupRules takes complete rules of both directions. */
async function describe(aws: Aws, id: string, changed: Work["changed"]): Promise<void> {
  if (changed.length === 0) return;
  const ec2 = await import("../../aws/sdk/ec2.ts");
  const ids = await idsOfRules(aws, id, changed);
  const rules = changed.map((one, i) => ({ SecurityGroupRuleId: ids[i]!, SecurityGroupRule: requestOf(one.rule, id) }));
  const answer = await aws.ec2(new ec2.ModifySecurityGroupRulesCommand({ GroupId: id, SecurityGroupRules: rules }));
  if (answer.Return === false) throw new Refusal(`EC2 did not change the descriptions of the rules of ${id} and gave no reason.`);
}

/** Returns the ids of these rules. The id of the rule that AWS puts into a new group was not read before, and EC2 may show it late. */
async function idsOfRules(aws: Aws, id: string, rules: Work["changed"]): Promise<string[]> {
  if (rules.every((one) => one.id !== "")) return rules.map((one) => one.id);
  for (const seconds of [0, ...pollDelays]) {
    await aws.clock.sleep(seconds * 1000);
    const { egress } = (await readRules(aws, [id])).get(id) ?? none;
    const found = rules.map((one) => one.id || egress.find(({ key }) => key === ruleKey(one.rule))?.id);
    if (found.every((one) => one !== undefined)) return found;
  }
  throw new Refusal(`EC2 does not return the rules of the new security group ${id}. Run \`infra apply\` again.`);
}

/** Revokes rules by id. By value, EC2 answers with success in a default VPC even when it does not know the rule. */
async function revoke(aws: Aws, id: string, direction: Direction, rules: readonly KnownRule[]): Promise<void> {
  if (rules.length === 0) return;
  const unread = rules.some((rule) => rule.id === "");
  try {
    await revokeOnce(
      aws,
      id,
      direction,
      unread
        ? {
            IpPermissions: permissionsOf(
              rules.map(({ rule }) => rule),
              id,
            ),
          }
        : { SecurityGroupRuleIds: rules.map((rule) => rule.id) },
    );
  } catch (error) {
    // EC2 does not show a new group yet: that is another error.
    if (!hasCode(error, "InvalidSecurityGroupRuleId.NotFound", "InvalidPermission.NotFound")) throw error;
    // EC2 refuses the whole call when one rule is already gone.
    const known = (await readRules(aws, [id])).get(id) ?? none;
    const left = known[direction].filter(({ key }) => rules.some((rule) => rule.key === key));
    if (left.length > 0) await revokeOnce(aws, id, direction, { SecurityGroupRuleIds: left.map((rule) => rule.id) });
  }
}

async function revokeOnce(
  aws: Aws,
  id: string,
  direction: Direction,
  which: { SecurityGroupRuleIds: string[] } | { IpPermissions: ReturnType<typeof permissionsOf> },
): Promise<void> {
  const ec2 = await import("../../aws/sdk/ec2.ts");
  const input = { GroupId: id, ...which };
  const answer =
    direction === "ingress"
      ? await aws.ec2(new ec2.RevokeSecurityGroupIngressCommand(input))
      : await aws.ec2(new ec2.RevokeSecurityGroupEgressCommand(input));
  const unknown = answer.UnknownIpPermissions?.length ?? 0;
  if (answer.Return === false || unknown > 0)
    throw new Refusal(
      `EC2 did not revoke the ${direction} rules of ${id}${unknown > 0 ? ": it does not know them" : " and gave no reason"}.`,
    );
}
