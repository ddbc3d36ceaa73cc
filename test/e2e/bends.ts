/**
 * Where these tests adapt to moto 5: each entry is a difference between moto and AWS, and what a test does about it. The product follows
 * AWS and knows nothing of this file. When a newer moto corrects one, its entry can go.
 */
import type { Call } from "./support/calls.ts";
import type { Workshop } from "./support/infra.ts";
import type { Inventory } from "./support/things.ts";

/**
 * moto's DescribeSecurityGroupRules loses the description of a rule whose source is a security group or a prefix list (AWS keeps it). Such
 * a rule would always differ from the YAML. In the test's copy, rules that name a group therefore have no description.
 */
export function withoutDescriptionsOfGroupRules(workshop: Workshop, environment: string): void {
  const text = workshop.text(environment);
  workshop.write(`environments/${environment}.yaml`, text.replace(/(source: securityGroup\/[\w-]+), description: [^}]+?( \})/g, "$1$2"));
}

/**
 * With IAM enforced, moto answers EC2 calls with AccessDenied (403), where AWS says UnauthorizedOperation. Both are of one class, and the
 * test asks only for the operation's name.
 */
export const deniedCode = /AccessDenied|UnauthorizedOperation/;

/** moto's DeleteVpc leaves the default network ACL behind (AWS deletes it with the VPC), so such ACLs are not counted. */
export function withoutAclsOfDeletedVpcs(inventory: Inventory): Inventory {
  return new Map(
    [...inventory].filter(
      ([, { kind, described }]) => kind !== "networkAcl" || inventory.has(`vpc ${(described as { VpcId?: string }).VpcId}`),
    ),
  );
}

/**
 * In moto a repeated ClientToken makes a second object (AWS answers with the first one). A create whose answer was lost must be sent again,
 * so moto would make two objects. The proxy in front of moto therefore answers a repeated token with the first answer.
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

/** moto's IAM uses CloudWatch's signing name, `monitoring:` (AWS: `cloudwatch:`). */
export const cloudWatchReads = ["monitoring:*"];

/**
 * moto's IAM uses the signing name of the Tagging API too, `tagging:` (AWS: `tag:`). It also denies the call in XML, where AWS answers
 * JSON.
 */
export const tagReads = ["tagging:*"];
