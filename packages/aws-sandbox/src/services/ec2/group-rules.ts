/** The rules of security groups: authorize, revoke, modify, describe. */
import type {
  AuthorizeSecurityGroupEgressRequest,
  AuthorizeSecurityGroupEgressResult,
  AuthorizeSecurityGroupIngressRequest,
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult,
  IpPermission,
  ModifySecurityGroupRulesRequest,
  ModifySecurityGroupRulesResult,
  RevokeSecurityGroupEgressRequest,
  RevokeSecurityGroupIngressRequest,
  RevokeSecurityGroupIngressResult,
  UpdateSecurityGroupRuleDescriptionsIngressRequest,
  UpdateSecurityGroupRuleDescriptionsIngressResult,
} from "@aws-sdk/client-ec2";
import { AwsFault, type Call, type Handler } from "../../model.ts";
import { list } from "./describe.ts";
import { invalidCombination, invalidValue, missingParameter, notModelled, required } from "./faults.ts";
import { addRule, dropRule, needGroup, refer, unrefer } from "./groups.ts";
import { idKinds, isWellFormed } from "./ids.ts";
import { describedAs, describeRule, ipPermissions, keyOf, permissionOfRule, permissionsOf, type Permission } from "./permissions.ts";
import { weightOf } from "./prefix-lists.ts";
import { quota } from "./quotas.ts";
import { groups, ruleOwners, vpcs, type GroupRecord, type RuleRecord } from "./state.ts";
import { giveTags, tagsToBe } from "./tags.ts";

/** Adds all rules of a call or none. */
const authorize =
  (
    egress: boolean,
  ): Handler<AuthorizeSecurityGroupIngressRequest | AuthorizeSecurityGroupEgressRequest, AuthorizeSecurityGroupEgressResult> =>
  (input, call) => {
    const group = needGroup(call, input);
    const wanted = permissionsOf(call, group, egress, permissionsIn(input, egress));
    const tags = tagsToBe(input.TagSpecifications, "security-group-rule");
    const have = new Set(group.rules.map(keyOf));
    const known = wanted.find((one) => have.has(keyOf(one)));
    if (known) throw duplicate(known);
    checkQuota(call, group, egress, [...group.rules, ...wanted]);
    const made = wanted.map((one) => addRule(call, group, one));
    for (const rule of made) giveTags(call, rule.id, tags["security-group-rule"]);
    if (egress) group.egressTouched = true;
    return { Return: true, SecurityGroupRules: made.map((rule) => describeRule(call, group, rule)) };
  };

/** The permissions of a request. Ingress also has an older form, with one rule in the request itself. */
function permissionsIn(input: AuthorizeSecurityGroupIngressRequest, egress: boolean): readonly IpPermission[] {
  if (input.SourceSecurityGroupName) throw notModelled("rules by SourceSecurityGroupName");
  if (!egress && input.CidrIp) {
    if (input.IpPermissions?.length) throw invalidCombination("IpPermissions and CidrIp may not be given together");
    return [{ IpProtocol: input.IpProtocol, FromPort: input.FromPort, ToPort: input.ToPort, IpRanges: [{ CidrIp: input.CidrIp }] }];
  }
  if (!input.IpPermissions?.length) throw missingParameter("ipPermissions");
  return input.IpPermissions;
}

function duplicate({ egress, protocol, from, to, source }: Permission): AwsFault {
  const peer = `peer: ${source.value}`;
  const what = protocol === "-1" ? `${peer}, ALL, ALLOW` : `${peer}, ${protocol.toUpperCase()}, from port: ${from}, to port: ${to}, ALLOW`;
  return new AwsFault("InvalidPermission.Duplicate", `the specified rule "${what}" already exists${egress ? " in the egress rules" : ""}`);
}

/** Checks the quota of rules, by direction and address family. A prefix list counts its weight, a group once in each family. */
function checkQuota(call: Call, group: GroupRecord, egress: boolean, rules: readonly Permission[]): void {
  const count = (other: "ipv4" | "ipv6") =>
    rules
      .filter((rule) => rule.egress === egress && rule.source.type !== other)
      .reduce((sum, rule) => sum + (rule.source.type === "prefixList" ? weightOf(call, rule.source.value) : 1), 0);
  if (Math.max(count("ipv6"), count("ipv4")) > quota(call, "rulesPerGroup"))
    throw new AwsFault(
      "RulesPerSecurityGroupLimitExceeded",
      `The maximum number of rules per security group has been reached: ${group.id}`,
    );
}

/**
 * Revokes rules by id or by value. A value that matches nothing is an error, and nothing is revoked. In the default VPC it is a success,
 * and the answer lists the rules that were not found (EC2 API, RevokeSecurityGroupIngress).
 */
const revoke =
  (egress: boolean): Handler<RevokeSecurityGroupIngressRequest | RevokeSecurityGroupEgressRequest, RevokeSecurityGroupIngressResult> =>
  (input, call) => {
    const group = needGroup(call, input);
    const ids = input.SecurityGroupRuleIds ?? [];
    if (ids.length > 0 && input.IpPermissions?.length)
      throw invalidCombination("IpPermissions and SecurityGroupRuleIds may not be given together");
    const wanted = ids.length > 0 ? [] : permissionsOf(call, group, egress, permissionsIn(input, egress));
    const byKey = new Map(group.rules.map((rule) => [keyOf(rule), rule]));
    const unknown = wanted.filter((one) => !byKey.has(keyOf(one)));
    if (unknown.length > 0 && !vpcs(call).get(group.vpcId)!.isDefault)
      throw new AwsFault("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
    const going =
      ids.length > 0 ? ids.map((id) => needRule(call, group, id, egress)) : wanted.flatMap((one) => byKey.get(keyOf(one)) ?? []);
    const shown = going.map((rule) => revoked(call, group, rule));
    for (const rule of new Set(going)) dropRule(call, group, rule);
    if (egress && going.length > 0) group.egressTouched = true;
    return {
      Return: true,
      RevokedSecurityGroupRules: shown,
      UnknownIpPermissions: ipPermissions(
        call,
        unknown.map((one) => ({ id: "", ...one })),
      ),
    };
  };

function revoked(call: Call, group: GroupRecord, rule: RuleRecord) {
  const { ReferencedGroupInfo, ...shown } = describeRule(call, group, rule);
  return { ...shown, ReferencedGroupId: ReferencedGroupInfo?.GroupId };
}

function needRule(call: Call, group: GroupRecord, id: string, egress?: boolean): RuleRecord {
  const { malformed, notFound, says } = idKinds.rule;
  if (!isWellFormed(idKinds.rule, id)) throw new AwsFault(malformed, `Invalid id: "${id}" (expecting "sgr-...")`);
  const rule = group.rules.find((one) => one.id === id);
  if (!rule || !call.sees(id, "id") || (egress !== undefined && rule.egress !== egress)) throw new AwsFault(notFound, says(id));
  return rule;
}

/** Replaces whole rules, so a description that is left out is lost. Neither the direction nor the kind of source can change. */
const modify: Handler<ModifySecurityGroupRulesRequest, ModifySecurityGroupRulesResult> = (input, call) => {
  const group = needGroup(call, input);
  const changes = required(input.SecurityGroupRules, "securityGroupRule").map(({ SecurityGroupRuleId, SecurityGroupRule }) => {
    const rule = needRule(call, group, required(SecurityGroupRuleId, "securityGroupRuleId"));
    const wanted = permissionOfRule(call, group, rule.egress, required(SecurityGroupRule, "securityGroupRule"));
    if (wanted.source.type !== rule.source.type)
      throw invalidValue(`The kind of source of the security group rule '${rule.id}' cannot be changed`);
    return { rule, wanted };
  });
  const changed = new Map(changes.map(({ rule, wanted }) => [rule, wanted]));
  const after = group.rules.map((rule) => changed.get(rule) ?? rule);
  const keys = new Set<string>();
  for (const one of after) {
    if (keys.has(keyOf(one))) throw duplicate(one);
    keys.add(keyOf(one));
  }
  for (const egress of [false, true]) checkQuota(call, group, egress, after);
  for (const { rule, wanted } of changes) {
    unrefer(call, rule);
    delete rule.description;
    Object.assign(rule, wanted);
    refer(call, group, rule);
    if (rule.egress) group.egressTouched = true;
  }
  return { Return: true };
};

const describeAs =
  (egress: boolean): Handler<UpdateSecurityGroupRuleDescriptionsIngressRequest, UpdateSecurityGroupRuleDescriptionsIngressResult> =>
  (input, call) => {
    const group = needGroup(call, input);
    if (!input.IpPermissions?.length && !input.SecurityGroupRuleDescriptions?.length)
      throw missingParameter("ipPermissions or securityGroupRuleDescriptions");
    const byKey = new Map(group.rules.map((rule) => [keyOf(rule), rule]));
    const byValue = permissionsOf(call, group, egress, input.IpPermissions ?? []).map(
      (one): [RuleRecord | undefined, string | undefined] => [byKey.get(keyOf(one)), one.description],
    );
    const byId = (input.SecurityGroupRuleDescriptions ?? []).map((one): [RuleRecord, string | undefined] => [
      needRule(call, group, required(one.SecurityGroupRuleId, "securityGroupRuleId"), egress),
      describedAs(one.Description).description,
    ]);
    const all = [...byValue, ...byId];
    if (all.some(([rule]) => !rule))
      throw new AwsFault("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
    for (const [rule, description] of all) {
      if (description === undefined) delete rule!.description;
      else rule!.description = description;
    }
    return { Return: true };
  };

const describeRules: Handler<DescribeSecurityGroupRulesRequest, DescribeSecurityGroupRulesResult> = (input, call) => {
  const ids = input.SecurityGroupRuleIds ?? [];
  if (ids.length > 0 && input.MaxResults !== undefined)
    throw invalidCombination("The parameter securityGroupRuleId cannot be used with the parameter maxResults");
  const { found, NextToken } = list<RuleInGroup>(call, input, {
    records: ids.length > 0 ? ids.map((id) => ruleById(call, id)) : everyRule(call, input.Filters),
    filters: { "group-id": ({ group }) => group.id, "security-group-rule-id": ({ id }) => id },
    pages: [5, 1000],
  });
  return { NextToken, SecurityGroupRules: found.map(({ group, rule }) => describeRule(call, group, rule)) };
};

interface RuleInGroup {
  readonly id: string;
  readonly group: GroupRecord;
  readonly rule: RuleRecord;
}

function ruleById(call: Call, id: string): RuleInGroup {
  const { malformed, notFound, says } = idKinds.rule;
  if (!isWellFormed(idKinds.rule, id)) throw new AwsFault(malformed, `Invalid id: "${id}" (expecting "sgr-...")`);
  const group = groups(call).get(ruleOwners(call).get(id)?.owner ?? "");
  if (!group) throw new AwsFault(notFound, says(id));
  return { id, group, rule: needRule(call, group, id) };
}

/** Every rule. When a filter names groups by whole ids, only those groups are read. */
function* everyRule(call: Call, filters: DescribeSecurityGroupRulesRequest["Filters"]): Iterable<RuleInGroup> {
  const named = filters?.find((filter) => filter.Name === "group-id")?.Values;
  const exact = named?.every((id) => !/[*?\\]/.test(id)) ? named : undefined;
  const candidates = exact ? [...new Set(exact)].flatMap((id) => groups(call).get(id) ?? []) : groups(call).values();
  for (const group of candidates) for (const rule of group.rules) yield { id: rule.id, group, rule };
}

export const groupRuleOperations: Record<string, Handler> = {
  AuthorizeSecurityGroupEgress: authorize(true),
  AuthorizeSecurityGroupIngress: authorize(false),
  DescribeSecurityGroupRules: describeRules,
  ModifySecurityGroupRules: modify,
  RevokeSecurityGroupEgress: revoke(true),
  RevokeSecurityGroupIngress: revoke(false),
  UpdateSecurityGroupRuleDescriptionsEgress: describeAs(true),
  UpdateSecurityGroupRuleDescriptionsIngress: describeAs(false),
};
