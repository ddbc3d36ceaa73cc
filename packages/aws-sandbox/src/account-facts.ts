/**
 * Objects that an account has besides those that calls created in the sandbox: roles, instance profiles, policies, KMS keys, certificates,
 * buckets and address pools. AWS refuses a call that names a missing object, and so must the sandbox.
 */

/** Names of existing objects, by kind: a name, the last part of an ARN, or a whole ARN of another account or region. */
export interface AccountFacts {
  readonly role: readonly string[];
  readonly instanceProfile: readonly string[];
  /** Managed policies of the account by name; AWS's own policies by path and name. */
  readonly policy: readonly string[];
  /** Ids (or `mrk-…`), and aliases with their prefix `alias/`. AWS's own keys, `alias/aws/…`, always exist. */
  readonly kmsKey: readonly string[];
  /** Ids of ACM certificates: the part after `certificate/`. */
  readonly certificate: readonly string[];
  readonly bucket: readonly string[];
  /** Ids of pools of IPv6 addresses. */
  readonly addressPool: readonly string[];
}

export type FactKind = keyof AccountFacts;

export const factKinds = [
  "role",
  "instanceProfile",
  "policy",
  "kmsKey",
  "certificate",
  "bucket",
  "addressPool",
] as const satisfies readonly FactKind[];

/** The objects that every account of the sandbox has; docs/sandbox.md lists them. */
const defaultFacts: AccountFacts = {
  role: ["monitoring", "hooks", "others"],
  instanceProfile: ["web", "other"],
  policy: [
    "AdministratorAccess",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonEC2ReadOnlyAccess",
    "AmazonRDSReadOnlyAccess",
    "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess",
    "AmazonSSMManagedInstanceCore",
    "AmazonSSMReadOnlyAccess",
    "AWSXRayDaemonWriteAccess",
    "CloudWatchAgentServerPolicy",
    "CloudWatchLogsFullAccess",
    "IAMReadOnlyAccess",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "SecurityAudit",
    "ViewOnlyAccess",
    "service-role/AmazonEC2RoleforSSM",
    "service-role/AmazonECSTaskExecutionRolePolicy",
    "service-role/AmazonRDSEnhancedMonitoringRole",
    "service-role/AmazonSSMAutomationRole",
    "service-role/AWSLambdaBasicExecutionRole",
    "service-role/AWSLambdaVPCAccessExecutionRole",
    "service-role/AutoScalingNotificationAccessRole",
    "job-function/ViewOnlyAccess",
  ],
  kmsKey: ["11111111-1111-1111-1111-111111111111", "1234abcd-12ab-34cd-56ef-1234567890ab", "alias/mine"],
  certificate: ["main", "one", "two"],
  bucket: ["logs-one", "logs-two", "logs-of-web"],
  addressPool: ["ipam-pool-0123456789abcdef0", "ipv6pool-ec2-0123456789abcdef0"],
};

/** Checks facts in the form `{ "role": ["monitoring"] }`; undefined for any other value. */
export function factsIn(value: unknown): Partial<AccountFacts> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const isGood = ([kind, names]: [string, unknown]) =>
    (factKinds as readonly string[]).includes(kind) &&
    Array.isArray(names) &&
    names.every((name) => typeof name === "string" && name !== "");
  return Object.entries(value).every(isGood) ? value : undefined;
}

/** The partition, region and account of a call. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** Tells whether an account has an object, by the names that calls use for it. */
export class KnownFacts {
  readonly #names: ReadonlyMap<FactKind, Set<string>>;

  constructor(more: Partial<AccountFacts> = {}) {
    this.#names = new Map(factKinds.map((kind) => [kind, new Set([...defaultFacts[kind], ...(more[kind] ?? [])])]));
  }

  /** Adds names that exist from now on. */
  add(kind: FactKind, ...names: readonly string[]): void {
    for (const name of names) this.#names.get(kind)?.add(name);
  }

  has(kind: FactKind, asked: string, place: Place): boolean {
    const names = this.#names.get(kind);
    if (!names || names.has(asked)) return names !== undefined;
    const name = shortName(kind, asked, place);
    return name !== undefined && (names.has(name) || (kind === "kmsKey" && name.startsWith("alias/aws/")));
  }
}

const services = {
  role: "iam",
  instanceProfile: "iam",
  policy: "iam",
  kmsKey: "kms",
  certificate: "acm",
  bucket: "s3",
  addressPool: "ec2",
} as const;

/** The name in an ARN of this account and region; a plain name unchanged. The name of a role or instance profile follows its path. */
function shortName(kind: FactKind, asked: string, { partition, region, account }: Place): string | undefined {
  if (!asked.startsWith("arn:")) return asked;
  const [, itsPartition, service, itsRegion, itsAccount, resource = ""] = /^arn:([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/.exec(asked) ?? [];
  if (itsPartition !== partition || service !== services[kind]) return undefined;
  if (kind === "bucket") return resource;
  if (kind === "policy" && itsAccount === "aws") return /^policy\/(.+)$/.exec(resource)?.[1];
  if (itsAccount !== account || itsRegion !== (service === "iam" ? "" : region)) return undefined;
  const [, type, name] = /^([^/]*)\/(.+)$/.exec(resource) ?? [];
  switch (kind) {
    case "role":
      return type === "role" ? name?.split("/").at(-1) : undefined;
    case "instanceProfile":
      return type === "instance-profile" ? name?.split("/").at(-1) : undefined;
    case "policy":
      return type === "policy" ? name?.split("/").at(-1) : undefined;
    case "certificate":
      return type === "certificate" ? name : undefined;
    case "addressPool":
      return type === "ipv6pool-ec2" ? name : undefined;
    case "kmsKey":
      return type === "alias" ? resource : type === "key" ? name : undefined;
  }
}
