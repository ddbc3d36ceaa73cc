/**
 * Permissions that AWS checks besides those for the caller's own calls: for roles that the caller passes, and for keys that services use
 * for the caller.
 */
import type { Grant, IamPlace, ResourceIndex } from "../kinds/kind.ts";

/** Returns the permission to pass roles to a service (IAM User Guide, "Grant a user permissions to pass a role to an AWS service"). */
export function passRole(roles: readonly string[], service: string): Grant {
  return {
    sid: "PassRoles",
    actions: ["iam:PassRole"],
    resources: roles,
    condition: { StringEquals: { "iam:PassedToService": service } },
  };
}

/**
 * Returns the name of EC2 as a service that gets roles. Names of services end in amazonaws.com in every partition, but EC2 has its own name
 * in China.
 */
export function ec2Service({ region }: IamPlace): string {
  return `ec2.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}

/** Returns the ARNs that a reference to a role can mean before the role exists. */
export function roleArns(reference: unknown, index: ResourceIndex, place: IamPlace): readonly string[] {
  return arnsOf(reference, "role", 64, index, place);
}

/** Returns the ARNs that a reference to an instance profile can mean before the profile exists. */
export function profileArns(reference: unknown, index: ResourceIndex, place: IamPlace): readonly string[] {
  return arnsOf(reference, "instance-profile", 128, index, place);
}

/**
 * Returns the possible ARNs. An object of ours has the file's path or our own path. While it is replaced, its name may end in six more
 * characters. Of a foreign object the name is known, but not the path.
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

/**
 * Returns the permission to make the role that a service uses in an account, at its first use there (IAM User Guide, "Create a
 * service-linked role").
 */
export function serviceRole(service: string): Grant {
  return {
    sid: "MakeServiceRoles",
    actions: ["iam:CreateServiceLinkedRole"],
    resources: ["role/aws-service-role/*"],
    condition: { StringEquals: { "iam:AWSServiceName": service } },
  };
}

/**
 * Returns the permission to use a key through a service. The key is one of this file, a foreign key by its id, alias or ARN or, when
 * undefined, any key of the account. A policy cannot name an alias as a resource, but `kms:ResourceAliases` can (KMS Developer Guide, "Use
 * aliases to control access to KMS keys").
 */
export function useKey(reference: unknown, service: string, actions: readonly string[], index: ResourceIndex, place: IamPlace): Grant {
  const key = keyName(reference, index);
  const alias = /(?:^|:)(alias\/.+)$/.exec(key ?? "")?.[1];
  const end = key === undefined || alias !== undefined ? "key/*" : key.startsWith("arn:") ? key : `key/${key}`;
  return {
    sid: "UseKeysThroughServices",
    actions: actions.map((action) => `kms:${action}`),
    // An alias in another account is given by its ARN.
    resources: [alias !== undefined && key?.startsWith("arn:") ? key.replace(alias, "key/*") : end],
    condition: {
      StringEquals: { "kms:ViaService": place.via(service) },
      ...(alias === undefined ? {} : { "ForAnyValue:StringEquals": { "kms:ResourceAliases": alias } }),
    },
  };
}

/** Returns the name that a policy can use for a key before the key exists. For a key of ours, that is its alias. */
function keyName(reference: unknown, index: ResourceIndex): string | undefined {
  if (typeof reference === "object" && reference !== null) return asAlias((reference as { readonly name?: string }).name);
  if (typeof reference !== "string") return undefined;
  const target = index.get(reference);
  return target ? asAlias((target.spec as { readonly alias?: string }).alias) : reference;
}

/** Returns the alias for a name that is not an id. The name may begin with `alias/`. */
function asAlias(name: string | undefined): string | undefined {
  if (name === undefined || /^(alias\/|mrk-|[0-9a-f]{8}-[0-9a-f]{4}-)/.test(name)) return name;
  return `alias/${name}`;
}

/** A reference to an object that the YAML does not declare: `{ id }`, `{ tags }`, or its place. */
export interface ForeignRef {
  readonly id?: string;
  readonly ownerId?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly vpc?: string;
  readonly cidrBlock?: string;
}

/**
 * Returns the permission to use an object that the YAML names and does not declare, by its id or its tags. `end` is the end of its kind's
 * ARN. An object that another account shares has an ARN of that account.
 */
export function useForeign(reference: unknown, actions: readonly string[], end: string): readonly Grant[] {
  if (typeof reference !== "object" || reference === null || actions.length === 0) return [];
  const { id, ownerId, tags, vpc, cidrBlock } = reference as ForeignRef;
  const sid = "UseOthers";
  if (id !== undefined) return [{ sid, actions, resources: [id.startsWith("arn:") ? id : `*:${end.replace("*", id)}`] }];
  const condition = Object.fromEntries(Object.entries(tags ?? {}).map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
  // An object that is named by its place may belong to any account. Only its VPC can be a condition (Service Authorization Reference,
  // "Amazon EC2": ec2:Vpc).
  const resources = [ownerId === undefined && cidrBlock === undefined ? end : `*:${end}`];
  if (vpc !== undefined) return [{ sid, actions, resources, condition: { ArnLike: { "ec2:Vpc": `arn:*:ec2:*:*:vpc/${vpc}` } } }];
  return [{ sid, actions, resources, ...(tags ? { condition: { StringEquals: condition } } : {}) }];
}
