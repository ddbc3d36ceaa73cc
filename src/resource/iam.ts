/** Permissions that AWS checks of the caller besides those for its calls: roles that it passes, keys that services use for it. */
import type { Grant, IamPlace, ResourceIndex } from "../kinds/kind.ts";

/** Giving a role to a service (IAM User Guide, "Grant a user permissions to pass a role to an AWS service"). */
export function passRole(roles: readonly string[], service: string): Grant {
  return {
    sid: "PassRoles",
    actions: ["iam:PassRole"],
    resources: roles,
    condition: { StringEquals: { "iam:PassedToService": service } },
  };
}

/** How EC2 is called where roles are passed to it. Names of services end in amazonaws.com in every partition; EC2 has one of its own in China. */
export function ec2Service({ region }: IamPlace): string {
  return `ec2.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}

/** The ARNs that a reference to a role can mean, before the role is there. */
export function roleArns(reference: unknown, index: ResourceIndex, place: IamPlace): readonly string[] {
  return arnsOf(reference, "role", 64, index, place);
}

/** The same of an instance profile. */
export function profileArns(reference: unknown, index: ResourceIndex, place: IamPlace): readonly string[] {
  return arnsOf(reference, "instance-profile", 128, index, place);
}

/**
 * One of ours has the path that the file or we give it, and while it is replaced a name that ends in six characters more. Of
 * somebody else's the name is known, and its path is not.
 */
function arnsOf(
  reference: unknown,
  type: "role" | "instance-profile",
  longest: number,
  index: ResourceIndex,
  place: IamPlace,
): readonly string[] {
  const arns = (...ends: string[]) => ends.map((end) => place.arn("iam", `${type}${end}`));
  if (typeof reference !== "string") {
    const { name = "*" } = reference as { readonly name?: string };
    return arns(`/${name}`, `/*/${name}`);
  }
  const target = index.get(reference);
  if (target?.awsName === undefined) return [reference];
  const path = (target.spec as { readonly path?: string }).path ?? `/infra/${place.project}/${place.environment}/`;
  const beside = `${target.awsName.slice(0, longest - 7).replace(/-$/, "")}-??????`;
  return arns(`${path}${target.awsName}`, `${path}${beside}`);
}

/** Making the role that a service uses in an account, at the first use there (IAM User Guide, "Create a service-linked role"). */
export function serviceRole(service: string): Grant {
  return {
    sid: "MakeServiceRoles",
    actions: ["iam:CreateServiceLinkedRole"],
    resources: ["role/aws-service-role/*"],
    condition: { StringEquals: { "iam:AWSServiceName": service } },
  };
}

/**
 * Using a key through a service. The key is one of this file, somebody else's by its id, alias or ARN or, when undefined, any of
 * the account. A policy cannot name an alias as a resource: `kms:ResourceAliases` does (KMS Developer Guide, "Use aliases to
 * control access to KMS keys").
 */
export function useKey(reference: unknown, service: string, actions: readonly string[], index: ResourceIndex, place: IamPlace): Grant {
  const key = keyName(reference, index);
  const alias = /(?:^|:)(alias\/.+)$/.exec(key ?? "")?.[1];
  const end = key === undefined || alias !== undefined ? "key/*" : key.startsWith("arn:") ? key : `key/${key}`;
  return {
    sid: "UseKeysThroughServices",
    actions: actions.map((action) => `kms:${action}`),
    // The alias of another account is named by its ARN.
    resources: [alias !== undefined && key?.startsWith("arn:") ? key.replace(alias, "key/*") : end],
    condition: {
      StringEquals: { "kms:ViaService": place.via(service) },
      ...(alias === undefined ? {} : { "ForAnyValue:StringEquals": { "kms:ResourceAliases": alias } }),
    },
  };
}

/** What a policy can call a key before it is there: one of ours by its alias. */
function keyName(reference: unknown, index: ResourceIndex): string | undefined {
  if (typeof reference === "object" && reference !== null) return asAlias((reference as { readonly name?: string }).name);
  if (typeof reference !== "string") return undefined;
  const target = index.get(reference);
  return target ? asAlias((target.spec as { readonly alias?: string }).alias) : reference;
}

/** A name that is no id is an alias, with or without `alias/`. */
function asAlias(name: string | undefined): string | undefined {
  if (name === undefined || /^(alias\/|mrk-|[0-9a-f]{8}-[0-9a-f]{4}-)/.test(name)) return name;
  return `alias/${name}`;
}

/** A reference to an object that the YAML does not declare: `{ id }`, `{ tags }`, or where it is. */
export interface ForeignRef {
  readonly id?: string;
  readonly ownerId?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly vpc?: string;
  readonly cidrBlock?: string;
}

/**
 * Using an object that the YAML names and does not declare, by that id or those tags. `end` is how the ARN of its kind ends.
 * What another account shares has an ARN of that account.
 */
export function useForeign(reference: unknown, actions: readonly string[], end: string): readonly Grant[] {
  if (typeof reference !== "object" || reference === null || actions.length === 0) return [];
  const { id, ownerId, tags, vpc, cidrBlock } = reference as ForeignRef;
  const sid = "UseOthers";
  if (id !== undefined) return [{ sid, actions, resources: [id.startsWith("arn:") ? id : `*:${end.replace("*", id)}`] }];
  const condition = Object.fromEntries(Object.entries(tags ?? {}).map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
  // What is known by its place may be anybody's. Only its VPC can be a condition (Service Authorization Reference, "Amazon EC2": ec2:Vpc).
  const resources = [ownerId === undefined && cidrBlock === undefined ? end : `*:${end}`];
  if (vpc !== undefined) return [{ sid, actions, resources, condition: { ArnLike: { "ec2:Vpc": `arn:*:ec2:*:*:vpc/${vpc}` } } }];
  return [{ sid, actions, resources, ...(tags ? { condition: { StringEquals: condition } } : {}) }];
}
