import { withArticle } from "../diag/words.ts";
import type { AwsId, Kind, Live, Tags } from "../kinds/kind.ts";
import { addressOfTag, blueGreenTag, ownership, stackTag } from "./ownership.ts";

/**
 * Returns why a candidate is a copy, or undefined when nothing shows that. Tags find candidates, and this check tells which are ours: tags
 * are copied by "launch more like this", by restores, by fleets.
 */
export function whyNotOwned(kind: Kind, live: Live, account: string): string | undefined {
  const address = addressOfTag(live.tags[ownership.resource] ?? "");
  if (live.owner !== undefined && live.owner !== account) return `it belongs to account ${live.owner}`;
  if (!address.startsWith(`${kind.name}/`)) return `its tag names ${address || "nothing"}, but it is ${withArticle(kind.name)}`;
  const maker = makerOf(live);
  if (maker) return `it was created by ${maker.who} (tag ${maker.tag})`;
  if (kind.naming && live.name !== undefined && live.tags[ownership.name] !== live.name)
    return `AWS calls it ${live.name}, but its tag ${ownership.name} says ${live.tags[ownership.name] ?? "nothing"}`;
  if (live.token !== undefined && live.tags[ownership.token] !== undefined && live.tags[ownership.token] !== live.token)
    return "it was not created by the call that set its tags";
  return undefined;
}

/** Whether an object serves another region than this one. An object that was made before the region tag existed serves any region. */
export function isOfOtherRegion({ isGlobal }: Pick<Kind, "isGlobal">, { [ownership.region]: theirs }: Tags, region: string): boolean {
  return isGlobal === true && theirs !== undefined && theirs !== region;
}

/** A service or a fleet that makes and deletes objects, known by the tag that it leaves on them. */
export interface Maker {
  readonly tag: string;
  /** "the Auto Scaling group web", for people. */
  readonly who: string;
  /** The advice to the user, instead of adopting its object. */
  readonly hint: string;
}

/**
 * Returns the service or fleet that made an object, where a tag names it. `gone`: ids of stacks that are known to manage nothing any more.
 */
export function makerOf({ tags }: Pick<Live, "tags">, gone: ReadonlySet<string> = none): Maker | undefined {
  for (const { tag, who, hint } of makers) {
    const key = tag.endsWith(":") ? Object.keys(tags).find((one) => one.startsWith(tag)) : tag in tags ? tag : undefined;
    if (key !== undefined && !(key === stackTag && isLeftBehind(tags, gone)) && !(key === greenTag && blueGreenTag in tags))
      return { tag: key, who: who(tags[key]!), hint };
  }
  return undefined;
}

/** The tag by which RDS names the deployment of a green instance. A green instance of ours is told apart from the database by its name. */
const greenTag = "aws:rds:bluegreen";

const none: ReadonlySet<string> = new Set();

/**
 * Whether the stack is gone: seen now, or when the object was adopted. Since the adoption, our tag holds the stack's id, which no other
 * stack ever gets.
 */
function isLeftBehind(tags: Tags, gone: ReadonlySet<string>): boolean {
  const stack = tags[stackTag]!;
  return gone.has(stack) || tags[ownership.adopted] === stack;
}

const leaveIt = "do not adopt it; refer to it by `{ id: … }`";

/** By the tag, or by the beginning of the tag where `tag` ends with a colon. The first that fits counts. */
const makers: readonly { readonly tag: string; readonly who: (value: string) => string; readonly hint: string }[] = [
  {
    tag: "aws:autoscaling:groupName",
    who: (value) => `the Auto Scaling group ${value}`,
    hint: "adopt the Auto Scaling group, which launches and terminates its instances itself",
  },
  { tag: "elasticbeanstalk:", who: (value) => `Elastic Beanstalk (${value})`, hint: leaveIt },
  { tag: "eks:cluster-name", who: (value) => `the EKS cluster ${value}`, hint: leaveIt },
  { tag: "aws:eks:cluster-name", who: (value) => `the EKS cluster ${value}`, hint: leaveIt },
  { tag: "karpenter.sh/nodepool", who: (value) => `Karpenter (node pool ${value})`, hint: leaveIt },
  { tag: "aws:ecs:", who: (value) => `ECS (${value})`, hint: leaveIt },
  {
    tag: stackTag,
    who: (value) => `the CloudFormation stack ${/:stack\/([^/]+)/.exec(value)?.[1] ?? value}`,
    hint: "set `DeletionPolicy: Retain` on it and delete the stack; adopt it when CloudFormation has deleted the stack",
  },
  { tag: "aws:ec2:fleet-id", who: (value) => `the EC2 Fleet ${value}`, hint: "do not adopt it: the fleet replaces its instances itself" },
  {
    tag: "aws:ec2spot:fleet-request-id",
    who: (value) => `the Spot Fleet ${value}`,
    hint: "do not adopt it: the fleet replaces its instances itself",
  },
  { tag: "aws:elasticmapreduce:", who: (value) => `EMR (${value})`, hint: leaveIt },
  { tag: "aws:imagebuilder:", who: (value) => `EC2 Image Builder (${value})`, hint: leaveIt },
  { tag: "aws:backup:", who: () => "AWS Backup", hint: leaveIt },
  {
    tag: greenTag,
    who: () => "an RDS blue/green deployment",
    hint: "adopt it after the deployment has been switched over and deleted",
  },
];

/** Whether an object is alive: neither dead nor being deleted. */
export function isAlive(live: Live): boolean {
  return live.state !== "dead" && live.state !== "deleting";
}

export function idsOf(live: Live): readonly AwsId[] {
  return [live.id, ...live.aliases];
}
