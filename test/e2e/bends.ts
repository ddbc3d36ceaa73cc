/**
 * Where these tests bend to moto 5: each entry is something that moto does otherwise than AWS, and what a test does about it.
 * The product follows AWS and knows nothing of this file. When a newer moto mends one, its entry and the bend can go.
 */
import type { Call } from "./support/calls.ts";
import type { Workshop } from "./support/infra.ts";
import type { Inventory } from "./support/things.ts";

/**
 * DescribeSecurityGroupRules loses the description of a rule whose source is a group or a prefix list (AWS keeps it), so
 * that such a rule would differ from the YAML for ever. Rules that name a group lose their description in the test's copy.
 */
export function withoutDescriptionsOfGroupRules(workshop: Workshop, environment: string): void {
  const text = workshop.text(environment);
  workshop.write(`environments/${environment}.yaml`, text.replace(/(source: securityGroup\/[\w-]+), description: [^}]+?( \})/g, "$1$2"));
}

/** With IAM enforced moto answers AccessDenied (403) to EC2 calls, where AWS says UnauthorizedOperation; both are of one class, and the test asks for the operation's name only. */
export const deniedCode = /AccessDenied|UnauthorizedOperation/;

/** DeleteVpc leaves the VPC's default network ACL behind (on AWS it goes with the VPC): such ACLs are not counted. */
export function withoutAclsOfDeletedVpcs(inventory: Inventory): Inventory {
  return new Map(
    [...inventory].filter(
      ([, { kind, described }]) => kind !== "networkAcl" || inventory.has(`vpc ${(described as { VpcId?: string }).VpcId}`),
    ),
  );
}

/**
 * A repeated ClientToken makes a second object (on AWS it answers with the first one), so that a create whose answer was lost
 * and which is sent again, as it must be, would be done twice. The proxy in front of moto answers a repeated token with the first answer.
 */
export function rememberingTokens<A>(): (call: Call, send: () => Promise<A>) => Promise<A> {
  const answers = new Map<string, Promise<A>>();
  return ({ operation, parameters }, send) => {
    const token = parameters.get("ClientToken");
    if (token === null) return send();
    const key = `${operation} ${token}`;
    const answer = answers.get(key) ?? send();
    answers.set(key, answer);
    return answer;
  };
}

/** IAM names CloudWatch by its signing name, `monitoring:` (AWS: `cloudwatch:`). */
export const cloudWatchReads = ["monitoring:*"];

/** The Tagging API by its signing name, too, `tagging:` (AWS: `tag:`); and it denies it in XML, where AWS answers JSON. */
export const tagReads = ["tagging:*"];
