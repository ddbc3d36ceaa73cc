/**
 * The resources of a CloudFormation stack as a source of roots and names: as CloudFormation told them, or as `aws cloudformation
 * describe-stack-resources` or `list-stack-resources` printed them. Pure.
 */
import { standing, type StackResource } from "../aws/stacks.ts";
import type { Kind } from "../kinds/kind.ts";
import type { Root } from "./discover.ts";
import { meaningOf, type TypeRoots } from "./roots.ts";
import { isPlainObject } from "../resource/plain-object.ts";

/** The resources that such an answer tells of, and the ids of their stacks where it says them; undefined where the text is none. */
export function readStack(text: string): { readonly resources: readonly StackResource[]; readonly stacks: readonly string[] } | undefined {
  const answer = parsed(text);
  const list = isPlainObject(answer) ? (answer["StackResources"] ?? answer["StackResourceSummaries"]) : undefined;
  if (!Array.isArray(list)) return undefined;
  const told = list.filter(isPlainObject);
  const stacks = new Set(told.flatMap(({ StackId: id }) => (typeof id === "string" ? [id] : [])));
  return { resources: standing(told), stacks: [...stacks] };
}

/** `kindOf`: the kind that a type of CloudFormation is here. What has none, and is no part of something else, is told. */
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
      // Nested stacks made of one template have the same logical ids: theirs tell them apart.
      const isAlone = count.get(key(root, logicalId)) === 1;
      names.set(`${root.kind.name} ${root.id}`, (isAlone ? [logicalId] : [...within, logicalId]).map(named).join("-"));
    } else unknown.push(`${id} (${type})`);
  }
  return { roots, names, unknown };
}

/** Ids of EC2 and ARNs tell themselves what they are; everything else is known by its name. */
function rootOf(kinds: readonly Kind[], id: string, kind: Kind | undefined, types?: TypeRoots): Root | undefined {
  const told = meaningOf(kinds, id, types);
  if ("root" in told && (id.startsWith("arn:") || told.root.kind.idPrefix !== undefined)) return told.root;
  return kind && kind.idPrefix === undefined ? { kind, id } : undefined;
}

/** "PublicSubnetA" is `public-subnet-a`. */
function named(logicalId: string): string {
  return logicalId.replace(/([a-z0-9])([A-Z])/g, "$1-$2").replace(/([A-Z])([A-Z][a-z])/g, "$1-$2");
}

/** What is a field of something here, and what CloudFormation has for itself. */
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
    return undefined; // whoever asked is told that it is no answer of CloudFormation's
  }
}
