/** The effects of a version change on a database and its read replicas. */
import type { DBInstance } from "@aws-sdk/client-rds";
import { addressOfTag, ownership, tagsOf } from "../../resource/ownership.ts";
import type { Address, Impact, Scope } from "../kind.ts";
import type { Engine } from "../shared/rds/engines.ts";
import { isMajor, isOlder, majorOf } from "../shared/rds/versions.ts";

/** The other end of a replication, as far as the account and the YAML show it. */
export interface Peer {
  readonly id: string;
  /** Its address, where this environment declares it. */
  readonly address?: Address;
  readonly version: string;
  /** The version that the YAML writes for it. */
  readonly resolved?: string;
}

export interface Peers {
  readonly replicas: readonly Peer[];
  readonly source?: Peer;
}

/** The source and the replicas of a database. Those in other accounts and regions are not seen. */
export function peersOf(found: DBInstance, all: ReadonlyMap<string, DBInstance>, scope: Scope): Peers {
  const peer = (id: string | undefined): Peer | undefined => {
    const other = id === undefined ? undefined : all.get(id);
    return other && peerOf(other, scope);
  };
  const source = peer(found.ReadReplicaSourceDBInstanceIdentifier);
  return {
    replicas: (found.ReadReplicaDBInstanceIdentifiers ?? []).map(peer).filter((one) => one !== undefined),
    ...(source && { source }),
  };
}

/** Describes a database of the listing as a peer. */
function peerOf(found: DBInstance, scope: Scope): Peer {
  const tags = tagsOf(found.TagList);
  const declared = addressOfTag(tags[ownership.resource] ?? "");
  // Every declared database writes one of the two.
  const isWritten = scope.asks(declared, "engine") || scope.asks(declared, "replicaOf");
  const isDeclared = tags[ownership.environment] === scope.environment && isWritten;
  const address = isDeclared ? declared : undefined;
  const resolved = isDeclared ? scope.wants?.(declared, "engineVersion") : undefined;
  return {
    id: found.DBInstanceIdentifier!,
    ...(address !== undefined && { address }),
    version: found.EngineVersion!,
    ...(typeof resolved === "string" && { resolved }),
  };
}

/**
 * Why AWS would refuse an upgrade because of the other end; undefined if it would not. MySQL and MariaDB upgrade replicas before their
 * source. PostgreSQL upgrades replicas to another major version only together with their source (RDS User Guide, "Upgrading the MySQL DB
 * engine", "Upgrading the MariaDB DB engine", "Upgrading the PostgreSQL DB engine").
 */
export function refusedUpgrade(engine: Engine | undefined, was: string, now: string, peers: Peers | undefined): Impact | undefined {
  if (peers === undefined) return undefined;
  return engine === "postgres" ? refusedAlone(was, now, peers.source) : refusedBefore(engine, now, peers.replicas);
}

function refusedBefore(engine: Engine | undefined, now: string, replicas: readonly Peer[]): Impact | undefined {
  const older = replicas.filter(({ version, resolved }) => isOlder(resolved ?? version, now));
  if (older.length === 0) return undefined;
  const runs = older.map(({ id, address, version, resolved }) =>
    resolved === undefined ? `${address ?? id} runs ${version}` : `the file says ${resolved} for ${address ?? id}`,
  );
  const ours = older.flatMap(({ address }) => address ?? []);
  const cure =
    ours.length === older.length
      ? `write engineVersion: "${now}" on ${ours.join(" and ")} too; replicas are upgraded first`
      : `upgrade ${older.map(({ id, address }) => address ?? id).join(" and ")} first`;
  return {
    refuse: `${engine === "mariadb" ? "MariaDB" : "MySQL"} refuses to upgrade a source whose replicas would have an older version: ${runs.join(", ")}. To upgrade: ${cure}.`,
  };
}

function refusedAlone(was: string, now: string, source: Peer | undefined): Impact | undefined {
  if (!isMajor("postgres", was, now) || source === undefined) return undefined;
  const becomes = source.resolved ?? source.version;
  if (majorOf("postgres", becomes) === majorOf("postgres", now)) return undefined;
  const name = source.address ?? source.id;
  return {
    refuse: `AWS upgrades a PostgreSQL replica to another major version only together with its source, and ${name} stays at ${becomes}. To upgrade both: write engineVersion: "${now}" on ${name} too.`,
  };
}

/** Whether AWS upgrades the replica itself when its source is upgraded. */
export function isCarriedAlong(engine: Engine | undefined, isReplica: boolean, was: string | undefined, now: string | undefined): boolean {
  return engine === "postgres" && isReplica && was !== undefined && now !== undefined && isMajor(engine, was, now);
}
