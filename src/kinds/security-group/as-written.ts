/**
 * DescribeSecurityGroups also returns a group's rules, but neither their ids nor their tags. When the rules are those of the file, these
 * are not needed, and the call that returns them is saved. It is made for all other groups, because the id of a rule and its controller
 * matter for a difference.
 */
import type { IpPermission, SecurityGroup as AwsSecurityGroup, SecurityGroupRule } from "@aws-sdk/client-ec2";
import { addressOfTag, ownership, tagsOf } from "../../resource/ownership.ts";
import type { Address, AwsId } from "../kind.ts";
import type { Known } from "./apply.ts";
import { everything, isWhole, observedRule, ruleKey, withIds, type Direction, type Rule } from "./rule.ts";

/** The rules of each direction in the file; undefined when the file writes none. */
export type Written = Readonly<Record<Direction, readonly Rule[] | undefined>>;

/** The ids of declared groups that one answer returned. */
export type Ids = ReadonlyMap<Address, AwsId | undefined>;

/** Returns the resource that a group's tag names. */
export function addressOf({ Tags }: AwsSecurityGroup): Address | undefined {
  const tag = tagsOf(Tags)[ownership.resource];
  return tag === undefined ? undefined : addressOfTag(tag);
}

/** Returns the ids by address. The id is undefined when two groups have the same tag: another part decides which one counts. */
export function idsIn(groups: readonly AwsSecurityGroup[]): Ids {
  const ids = new Map<Address, AwsId | undefined>();
  for (const group of groups) {
    const address = addressOf(group);
    if (address !== undefined) ids.set(address, ids.has(address) ? undefined : group.GroupId);
  }
  return ids;
}

/**
 * Returns the rules of a group that has exactly the rules of the file. Undefined when the rules must be read, for example because the file
 * names a resource that is not in `ids`.
 */
export function knownAsWritten(group: AwsSecurityGroup, written: Written, ids: Ids): Known | undefined {
  const known = {
    ingress: told(group.GroupId!, group.IpPermissions, false),
    egress: told(group.GroupId!, group.IpPermissionsEgress, true),
  };
  const agrees = isSame(known.ingress, written.ingress ?? [], ids) && isSame(known.egress, written.egress ?? [everything], ids);
  return agrees ? known : undefined;
}

function isSame(known: Known[Direction], written: readonly Rule[], ids: Ids): boolean {
  const rules = written.map((rule) => withIds(rule, ids));
  if (!rules.every(isWhole)) return false;
  const wanted = new Map(rules.map((rule) => [ruleKey(rule), rule.description]));
  return (
    known.length === wanted.size &&
    known.every(({ key, rule }) => wanted.has(key) && (wanted.get(key) === undefined || wanted.get(key) === rule.description))
  );
}

/** Returns rules in the order of `readRules`, without ids. */
function told(GroupId: string, permissions: readonly IpPermission[] = [], IsEgress: boolean): Known[Direction] {
  const rows = permissions.flatMap(({ IpProtocol, FromPort, ToPort, ...peers }): SecurityGroupRule[] => {
    const head = { GroupId, IsEgress, IpProtocol, FromPort, ToPort };
    return [
      ...(peers.IpRanges ?? []).map((one) => ({ ...head, CidrIpv4: one.CidrIp, Description: one.Description })),
      ...(peers.Ipv6Ranges ?? []).map((one) => ({ ...head, CidrIpv6: one.CidrIpv6, Description: one.Description })),
      ...(peers.PrefixListIds ?? []).map((one) => ({ ...head, PrefixListId: one.PrefixListId, Description: one.Description })),
      ...(peers.UserIdGroupPairs ?? []).map((one) => ({
        ...head,
        ReferencedGroupInfo: { GroupId: one.GroupId },
        Description: one.Description,
      })),
    ];
  });
  return rows
    .map((row) => observedRule(row))
    .map((rule) => ({ id: "", key: ruleKey(rule), rule }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}
