/**
 * Copies, before anything is made of them: snapshots, and databases as they were at some second. What a copy has, the file cannot ask for
 * otherwise: RDS would refuse it, or make another database than is declared.
 */
import type { Aws } from "../../aws/aws.ts";
import { unlessGone } from "../../aws/eventual.ts";
import type { Around, PlannedObject, PreflightFindings } from "../kind.ts";
import { isOfFile, isSameKey } from "./kms-keys.ts";
import { ifAllowed } from "./preflight-machines.ts";
import { isPostgres, type Engine } from "./rds-engines.ts";
import { isNewer } from "./rds-versions.ts";

/** What a copy has. What RDS does not tell is not held against the file. */
export interface Copy {
  readonly engine: string | undefined;
  readonly engineVersion: string | undefined;
  readonly allocatedStorage: number | undefined;
  readonly masterUsername: string | undefined;
  readonly isEncrypted: boolean;
  readonly kmsKey: string | undefined;
  /** Of a snapshot. */
  readonly status?: string | undefined;
}

/** A copy that a file names, and how it is looked at. */
export interface NamedCopy {
  /** The field that names it. */
  readonly path: "snapshot" | "restoreToPointInTime";
  /** As it is called in a sentence: `the snapshot kept`. */
  readonly what: string;
  /** Whether RDS tells of it if it is there: of those of other accounts it may not. */
  readonly isSurelyTold: boolean;
  /**
   * When `kmsKey` counts for what is made of it. never: it has the copy's encryption. encrypted: with another key only where the copy has
   * one. always: what was not encrypted becomes so.
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

/** What the file asks of a copy and RDS would not give. */
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
  const found = await ifAllowed(read, "what databases are made of", unchecked);
  if (found === undefined) return { problems: [], unchecked };
  if (found !== "none") {
    const { kmsKey: key } = request;
    const wanted = { ...request, kmsKey: key !== undefined && isOfFile(key) ? (around.id(key) ?? key) : key };
    return { problems: asked(wanted, copy, found).map((one) => ({ address, ...one })), unchecked };
  }
  if (isSurelyTold) return { problems: [{ address, path, text: `there is no ${what.replace(/^the /, "")} in ${region}` }], unchecked };
  return { problems: [], unchecked: [`${what}: RDS does not tell this account of it, which may use it all the same`] };
}

function asked(request: Restored, copy: NamedCopy, found: Copy): Problem[] {
  const { what } = copy;
  const problems: Problem[] = [];
  const problem = (path: string, text: string, isSilent?: true) => void problems.push({ path, text, ...(isSilent && { isSilent }) });
  const { engine, engineVersion, allocatedStorage, masterUsername, status = "available" } = found;
  if (status !== "available") problem(copy.path, `${what} is ${status}, and cannot be restored yet`);
  if (isOther(request.engine, engine, isSameFamily))
    problem("engine", `${what} is of ${[engine, engineVersion].filter(Boolean).join(" ")}`);
  else if (request.engineVersion !== undefined && isNewer(engineVersion ?? "", request.engineVersion))
    problem("engineVersion", `${what} is of ${engineVersion}, and AWS takes no database back to ${request.engineVersion}`);
  if (request.allocatedStorage !== undefined && request.allocatedStorage < (allocatedStorage ?? 0))
    problem("allocatedStorage", `${what} has ${allocatedStorage} GiB, and storage never shrinks`);
  // It is not sent: RDS takes the copy's.
  if (isOther(request.masterUsername, masterUsername)) problem("masterUsername", `the user of ${what} is ${masterUsername}`, true);
  const encryption = askedEncryption(request, copy, found);
  return encryption ? [...problems, encryption] : problems;
}

/** What to do for a key. RDS copies no cluster snapshot that has none with one (RDS API, CopyDBClusterSnapshot: KmsKeyId). */
const wayToKey: Readonly<Record<NamedCopy["rekeys"], (path: NamedCopy["path"]) => string>> = {
  never: (path) => `${path === "snapshot" ? "" : "take a snapshot, "}copy it with a key, and name the copy`,
  encrypted: () => "take a snapshot, and name that with kmsKey",
  always: () => "write kmsKey (AWS's own is alias/aws/rds)",
};

/** Encrypted where nothing is written: of a copy that is not, RDS would make a database that is not, without a word. */
function askedEncryption(
  { storageEncrypted = true, kmsKey }: Restored,
  { what, path, rekeys }: NamedCopy,
  found: Copy,
): Problem | undefined {
  const silent = (field: string, text: string): Problem => ({ path: field, text, isSilent: true });
  if (!storageEncrypted)
    return found.isEncrypted ? silent("storageEncrypted", `${what} is encrypted, and so is what is made of it`) : undefined;
  if (!found.isEncrypted && !(rekeys === "always" && kmsKey !== undefined)) {
    const text = `${what} is not encrypted, and what is made of it would not be either`;
    const problem = silent("storageEncrypted", `${text}: ${wayToKey[rekeys](path)}, or write storageEncrypted: false`);
    // A key is sent, and refused, where it counts only for what is encrypted.
    return rekeys === "encrypted" && kmsKey !== undefined ? { path: problem.path, text: problem.text } : problem;
  }
  if (rekeys !== "never" || kmsKey === undefined || found.kmsKey === undefined || isSameKey(kmsKey, found.kmsKey)) return undefined;
  return silent("kmsKey", `${what} is encrypted with ${found.kmsKey}: copy it with the other key, and name the copy`);
}

function isOther<T>(asked: T | undefined, has: T | undefined, isSame: (a: T, b: T) => boolean = (a, b) => a === b): boolean {
  return asked !== undefined && has !== undefined && !isSame(asked, has);
}

/** Aurora is also made of snapshots of the engine that it resembles. */
function isSameFamily(a: string, b: string): boolean {
  const familyOf = (engine: string) => (isPostgres(engine as Engine) ? "postgres" : engine.replace(/^aurora-/, ""));
  return a === b || (a.startsWith("aurora-") && !b.startsWith("aurora-") && familyOf(a) === familyOf(b));
}

/** A snapshot by its name or ARN. */
export function snapshotNamed(name: string): Pick<NamedCopy, "path" | "what" | "isSurelyTold"> {
  return { path: "snapshot", what: `the snapshot ${name}`, isSurelyTold: !name.startsWith("arn:") };
}

/**
 * What is said besides the name: those that RDS and AWS Backup took are told only where their type is asked for, and those of others only
 * where these are asked for (RDS API, DescribeDBSnapshots and DescribeDBClusterSnapshots).
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

/** What all of RDS's lists call alike. */
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
