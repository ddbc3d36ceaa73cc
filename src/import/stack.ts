/**
 * Reads the resources of a CloudFormation stack as roots and names, from CloudFormation itself or from the output of `aws cloudformation
 * describe-stack-resources` or `list-stack-resources`. Pure.
 */
import { standing, type StackResource } from "../aws/stacks.ts";
import type { Kind } from "../kinds/kind.ts";
import type { Root } from "./discover.ts";
import { meaningOf, type TypeRoots } from "./roots.ts";
import { isPlainObject } from "../resource/plain-object.ts";

/** Returns the resources in such an answer, and the ids of their stacks when it has them; undefined when the text is no such answer. */
export function readStack(text: string): { readonly resources: readonly StackResource[]; readonly stacks: readonly string[] } | undefined {
  const answer = parsed(text);
  const list = isPlainObject(answer) ? (answer["StackResources"] ?? answer["StackResourceSummaries"]) : undefined;
  if (!Array.isArray(list)) return undefined;
  const told = list.filter(isPlainObject);
  const stacks = new Set(told.flatMap(({ StackId: id }) => (typeof id === "string" ? [id] : [])));
  return { resources: standing(told), stacks: [...stacks] };
}

/**
 * Returns the roots and names of a stack's resources. `kindOf` returns the kind of a CloudFormation type. A resource without a kind that is
 * no part of another one goes into `unknown`.
 */
export function rootsOfStack(
  kinds: readonly Kind[],
  resources: readonly StackResource[],
  kindOf: (type: string) => Kind | undefined,
  types?: TypeRoots,
): { roots: Root[]; names: Map<string, string>; unknown: string[] } {
  const roots: Root[] = [];
  const names = new Map<string, string>();
  const unknown: string[] = [];
  const found = resources
    .filter(({ type }) => !isPart(type))
    .map((one) => ({ ...one, root: rootOf(kinds, one.id, kindOf(one.type) ?? types?.of(one.type), types) }));
  const count = new Map<string, number>();
  const key = (root: Root, logicalId: string) => `${root.kind.name} ${named(logicalId)}`.toLowerCase();
  for (const { root, logicalId } of found) if (root) count.set(key(root, logicalId), (count.get(key(root, logicalId)) ?? 0) + 1);
  for (const { root, logicalId, type, id, within = [] } of found) {
    if (root) {
      roots.push(root);
      // Nested stacks made of one template have the same logical ids. The logical ids of these stacks tell them apart.
      const isAlone = count.get(key(root, logicalId)) === 1;
      names.set(`${root.kind.name} ${root.id}`, (isAlone ? [logicalId] : [...within, logicalId]).map(named).join("-"));
    } else unknown.push(`${id} (${type})`);
  }
  return { roots, names, unknown };
}

/** Returns the root of a resource. EC2 ids and ARNs tell their kind; everything else is known by its name. */
function rootOf(kinds: readonly Kind[], id: string, kind: Kind | undefined, types?: TypeRoots): Root | undefined {
  const told = meaningOf(kinds, id, types);
  if ("root" in told && (id.startsWith("arn:") || told.root.kind.idPrefix !== undefined)) return told.root;
  return kind && kind.idPrefix === undefined ? { kind, id } : undefined;
}

/** Puts hyphens between words, so that "PublicSubnetA" becomes `public-subnet-a`. */
function named(logicalId: string): string {
  return logicalId.replace(/([a-z0-9])([A-Z])/g, "$1-$2").replace(/([A-Z])([A-Z][a-z])/g, "$1-$2");
}

/** Types that are fields of other resources here. */
const parts: ReadonlySet<string> = new Set([
  "AWS::AutoScaling::LifecycleHook",
  "AWS::AutoScaling::ScalingPolicy",
  "AWS::AutoScaling::ScheduledAction",
  "AWS::EC2::EIPAssociation",
  "AWS::EC2::NetworkAclEntry",
  "AWS::EC2::Route",
  "AWS::EC2::SecurityGroupEgress",
  "AWS::EC2::SecurityGroupIngress",
  "AWS::EC2::SubnetNetworkAclAssociation",
  "AWS::EC2::SubnetRouteTableAssociation",
  "AWS::EC2::VPCGatewayAttachment",
  "AWS::EC2::VolumeAttachment",
  "AWS::ElasticLoadBalancingV2::Listener",
  "AWS::ElasticLoadBalancingV2::ListenerCertificate",
  "AWS::ElasticLoadBalancingV2::ListenerRule",
  "AWS::IAM::Policy",
  "AWS::KMS::Alias",
  "AWS::S3::BucketPolicy",
  "AWS::SNS::Subscription",
  "AWS::SNS::TopicPolicy",
]);

function isPart(type: string): boolean {
  return parts.has(type) || /^(AWS::CloudFormation::|Custom::)/.test(type);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the caller reports that it is no answer of CloudFormation
  }
}
