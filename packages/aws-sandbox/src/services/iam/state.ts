/**
 * The records of IAM, by kind and name in lower case. Names in an account differ by more than case and
 * path (IAM User Guide, "IAM identifiers").
 */
import type { Call } from "../../model.ts";
import type { Store } from "../../store.ts";

export interface Named {
  readonly arn: string;
  /** AROA…, AIPA…, ANPA…: never used again, even when the name is. */
  readonly uniqueId: string;
  readonly name: string;
  readonly path: string;
  readonly created: number;
  tags: Record<string, string>;
}

export interface RoleRecord extends Named {
  trust: string;
  /** Unique ids of the roles in the trust policy, by ARN: AWS stores principals in this form. */
  principals: Record<string, string>;
  description?: string;
  maxSession: number;
  boundary?: string;
  readonly inline: Record<string, string>;
  attached: string[];
}

export interface PolicyVersionRecord {
  readonly id: string;
  readonly document: string;
  readonly created: number;
}

export interface PolicyRecord extends Named {
  readonly description?: string;
  updated: number;
  versions: PolicyVersionRecord[];
  defaultVersion: string;
  lastVersion: number;
}

export interface ProfileRecord extends Named {
  /** The role's name, and when it was added. */
  role?: { readonly name: string; readonly since: number };
}

export interface ProviderRecord {
  readonly arn: string;
  /** The URL without `https://`, as in IAM's answers. */
  readonly url: string;
  readonly created: number;
  clientIds: string[];
  thumbprints: string[];
  tags: Record<string, string>;
}

type Stored = { readonly store: Pick<Store, "table"> };

export const roles = ({ store }: Stored) => store.table<RoleRecord>("iam.roles");
export const policies = ({ store }: Stored) => store.table<PolicyRecord>("iam.policies");
export const profiles = ({ store }: Stored) => store.table<ProfileRecord>("iam.profiles");
export const providers = ({ store }: Stored) => store.table<ProviderRecord>("iam.providers");

export const roleKey = (name: string) => `role/${name.toLowerCase()}`;
export const policyKey = (name: string) => `policy/${name.toLowerCase()}`;
export const profileKey = (name: string) => `instance-profile/${name.toLowerCase()}`;

/** The common values of a new named object. */
export function named(call: Call, type: string, prefix: string, name: string, path: string): Omit<Named, "tags"> {
  const id = call.id(type).slice(-17).toUpperCase();
  return {
    arn: `arn:${call.partition}:iam::${call.account}:${type}${path}${name}`,
    uniqueId: `${prefix}${id}`,
    name,
    path,
    created: call.now,
  };
}
