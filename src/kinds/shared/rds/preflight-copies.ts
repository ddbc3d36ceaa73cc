/**
 * Checks a source of a restore before a database is created from it: a snapshot, or a database at a point in time. Where the file
 * contradicts the source, RDS would refuse the restore or create a database that differs from the file.
 */
import type { Aws } from "../../../aws/aws.ts";
import { unlessGone } from "../../../aws/eventual.ts";
import type { Around, PlannedObject, PreflightFindings } from "../../kind.ts";
import { isOfFile, isSameKey } from "../kms-keys.ts";
import { ifAllowed } from "../instances/preflight.ts";
import { isPostgres, type Engine } from "./engines.ts";
import { isNewer } from "./versions.ts";

/** The facts about a copy. A fact that RDS does not return is not compared with the file. */
export interface Copy {
  readonly engine: string | undefined;
  readonly engineVersion: string | undefined;
  readonly allocatedStorage: number | undefined;
  readonly masterUsername: string | undefined;
  readonly isEncrypted: boolean;
  readonly kmsKey: string | undefined;
  /** The status of a snapshot. */
  readonly status?: string | undefined;
}

/** A copy that a file names, and how it is read. */
export interface NamedCopy {
  /** The field that names it. */
  readonly path: "snapshot" | "restoreToPointInTime";
  /** Its name in a sentence: `the snapshot kept`. */
  readonly what: string;
  /** Whether RDS always returns the copy if it exists. It may not return those of other accounts. */
  readonly isSurelyTold: boolean;
  /**
   * When `kmsKey` has an effect on the new database. never: it has the encryption of the copy. encrypted: another key is possible only
   * where the copy is encrypted. always: the database becomes encrypted even if the copy is not.
   */
  readonly rekeys: "never" | "encrypted" | "always";
  read(): Promise<Copy | undefined>;
}

interface Restored {
  readonly engine?: string | undefined;
  readonly engineVersion?: string | undefined;
  readonly allocatedStorage?: number | undefined;
  readonly masterUsername?: string | undefined;
  readonly storageEncrypted?: boolean | undefined;
  readonly kmsKey?: string | undefined;
}

type Problem = Omit<PreflightFindings["problems"][number], "address"> & { readonly path: string };

/** Returns the requests in the file that RDS would not fulfil from this copy. */
export async function preflightCopy(
  { region }: Aws,
  { address, request }: PlannedObject<Restored>,
  copy: NamedCopy | undefined,
  around: Pick<Around, "id">,
): Promise<PreflightFindings> {
  const unchecked: string[] = [];
  if (copy === undefined) return { problems: [], unchecked };
  const { path, what, isSurelyTold } = copy;
  const read = unlessGone(copy.read()).then((found) => found ?? "none");
  const found = await ifAllowed(read, "the snapshots and databases to restore from", unchecked);
  if (found === undefined) return { problems: [], unchecked };
  if (found !== "none") {
    const { kmsKey: key } = request;
    const wanted = { ...request, kmsKey: key !== undefined && isOfFile(key) ? (around.id(key) ?? key) : key };
    return { problems: asked(wanted, copy, found).map((one) => ({ address, ...one })), unchecked };
  }
  if (isSurelyTold) return { problems: [{ address, path, text: `there is no ${what.replace(/^the /, "")} in ${region}` }], unchecked };
  return { problems: [], unchecked: [`${what}: RDS does not show it to this account, but a restore from it may still work`] };
}

function asked(request: Restored, copy: NamedCopy, found: Copy): Problem[] {
  const { what } = copy;
  const problems: Problem[] = [];
  const problem = (path: string, text: string, isSilent?: true) => void problems.push({ path, text, ...(isSilent && { isSilent }) });
  const { engine, engineVersion, allocatedStorage, masterUsername, status = "available" } = found;
  if (status !== "available") problem(copy.path, `${what} is ${status} and cannot be restored yet`);
  if (isOther(request.engine, engine, isSameFamily))
    problem("engine", `the engine of ${what} is ${[engine, engineVersion].filter(Boolean).join(" ")}`);
  else if (request.engineVersion !== undefined && isNewer(engineVersion ?? "", request.engineVersion))
    problem(
      "engineVersion",
      `the engine version of ${what} is ${engineVersion}, and AWS cannot restore it with the older ${request.engineVersion}`,
    );
  if (request.allocatedStorage !== undefined && request.allocatedStorage < (allocatedStorage ?? 0))
    problem("allocatedStorage", `${what} has ${allocatedStorage} GiB, and storage cannot shrink`);
  // The user is not sent: RDS uses the one of the copy.
  if (isOther(request.masterUsername, masterUsername)) problem("masterUsername", `the master user of ${what} is ${masterUsername}`, true);
  const encryption = askedEncryption(request, copy, found);
  return encryption ? [...problems, encryption] : problems;
}

/**
 * The advice for encryption with a key. RDS does not copy an unencrypted cluster snapshot with a key (RDS API, CopyDBClusterSnapshot:
 * KmsKeyId).
 */
const wayToKey: Readonly<Record<NamedCopy["rekeys"], (path: NamedCopy["path"]) => string>> = {
  never: (path) => `${path === "snapshot" ? "" : "take a snapshot, "}copy it with a KMS key, and write the name of the copy`,
  encrypted: () => "take a snapshot, and write its name and kmsKey",
  always: () => "write kmsKey (the AWS managed key is alias/aws/rds)",
};

/**
 * Returns the problem with the encryption. A database is encrypted unless the file says otherwise; from an unencrypted copy, RDS would
 * silently create an unencrypted one.
 */
function askedEncryption(
  { storageEncrypted = true, kmsKey }: Restored,
  { what, path, rekeys }: NamedCopy,
  found: Copy,
): Problem | undefined {
  const silent = (field: string, text: string): Problem => ({ path: field, text, isSilent: true });
  if (!storageEncrypted)
    return found.isEncrypted
      ? silent("storageEncrypted", `${what} is encrypted, so a database restored from it is encrypted too`)
      : undefined;
  if (!found.isEncrypted && !(rekeys === "always" && kmsKey !== undefined)) {
    const text = `${what} is not encrypted, so a database restored from it would not be encrypted either`;
    const problem = silent("storageEncrypted", `${text}: ${wayToKey[rekeys](path)}, or write storageEncrypted: false`);
    // For these copies the key is sent, and RDS refuses it when the copy is not encrypted.
    return rekeys === "encrypted" && kmsKey !== undefined ? { path: problem.path, text: problem.text } : problem;
  }
  if (rekeys !== "never" || kmsKey === undefined || found.kmsKey === undefined || isSameKey(kmsKey, found.kmsKey)) return undefined;
  return silent("kmsKey", `${what} is encrypted with ${found.kmsKey}: copy it with the other key, and write the name of the copy`);
}

function isOther<T>(asked: T | undefined, has: T | undefined, isSame: (a: T, b: T) => boolean = (a, b) => a === b): boolean {
  return asked !== undefined && has !== undefined && !isSame(asked, has);
}

/**
 * Whether a copy of engine `b` can become engine `a`. Aurora can also be created from snapshots of the engine that it is compatible with.
 */
function isSameFamily(a: string, b: string): boolean {
  const familyOf = (engine: string) => (isPostgres(engine as Engine) ? "postgres" : engine.replace(/^aurora-/, ""));
  return a === b || (a.startsWith("aurora-") && !b.startsWith("aurora-") && familyOf(a) === familyOf(b));
}

/** Returns a snapshot by its name or ARN. */
export function snapshotNamed(name: string): Pick<NamedCopy, "path" | "what" | "isSurelyTold"> {
  return { path: "snapshot", what: `the snapshot ${name}`, isSurelyTold: !name.startsWith("arn:") };
}

/**
 * Returns the parameters of the read besides the name. RDS returns snapshots of RDS itself and of AWS Backup only when their type is
 * requested, and those of other accounts only when they are requested too (RDS API, DescribeDBSnapshots and DescribeDBClusterSnapshots).
 */
export function snapshotAsked(name: string): {
  readonly SnapshotType?: "automated" | "awsbackup";
  readonly IncludeShared?: true;
  readonly IncludePublic?: true;
} {
  const own = /snapshot:(.+)$/.exec(name)?.[1] ?? name;
  if (own.startsWith("rds:")) return { SnapshotType: "automated" };
  if (own.startsWith("awsbackup:")) return { SnapshotType: "awsbackup" };
  return name.startsWith("arn:") ? { IncludeShared: true, IncludePublic: true } : {};
}

/** Returns a copy from the fields that all lists of RDS name alike. */
export function copyIn(
  found: {
    readonly Engine?: string | undefined;
    readonly EngineVersion?: string | undefined;
    readonly AllocatedStorage?: number | undefined;
    readonly MasterUsername?: string | undefined;
    readonly KmsKeyId?: string | undefined;
  },
  isEncrypted: boolean | undefined,
): Copy {
  return {
    engine: found.Engine,
    engineVersion: found.EngineVersion,
    allocatedStorage: found.AllocatedStorage,
    masterUsername: found.MasterUsername,
    isEncrypted: isEncrypted ?? false,
    kmsKey: found.KmsKeyId,
  };
}
