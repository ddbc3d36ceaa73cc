/**
 * DescribeSecurityGroups tells a group's rules, too, but neither their ids nor their tags. Where they are what the file writes, nobody
 * needs those, and the call that tells them is spared. It is made of all other groups: what a rule is called, and who looks after it,
 * decides about what differs.
 */
import type { IpPermission, SecurityGroup as AwsSecurityGroup, SecurityGroupRule } from "@aws-sdk/client-ec2";
import type { Known } from "./apply.ts";
import { everything, isWhole, observedRule, ruleKey, type Direction, type Rule } from "./rule.ts";

/** What the file writes of a direction; undefined: nothing. */
export type Written = Readonly<Record<Direction, readonly Rule[] | undefined>>;

/** The rules of a group that has those of the file and no others; undefined where they must be read, as where the file names a group. */
export function knownAsWritten(group: AwsSecurityGroup, written: Written): Known | undefined {
  const known = {
    ingress: told(group.GroupId!, group.IpPermissions, false),
    egress: told(group.GroupId!, group.IpPermissionsEgress, true),
  };
  const agrees = isSame(known.ingress, written.ingress ?? []) && isSame(known.egress, written.egress ?? [everything]);
  return agrees ? known : undefined;
}

function isSame(known: Known[Direction], written: readonly Rule[]): boolean {
  if (!written.every(isWhole)) return false;
  const wanted = new Map(written.map((rule) => [ruleKey(rule), rule.description]));
  return (
    known.length === wanted.size &&
    known.every(({ key, rule }) => wanted.has(key) && (wanted.get(key) === undefined || wanted.get(key) === rule.description))
  );
}

/** In the order of `readRules`, without ids. */
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
