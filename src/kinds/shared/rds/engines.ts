/** The engines of RDS, in instances and in clusters. */
export type Engine = "mysql" | "mariadb" | "postgres" | "aurora-mysql" | "aurora-postgresql";

export function isPostgres(engine: Engine | undefined): boolean {
  return engine === "postgres" || engine === "aurora-postgresql";
}

export function isAurora(engine: Engine | undefined): boolean {
  return engine === "aurora-mysql" || engine === "aurora-postgresql";
}

/** Returns the port of an engine where none is written (Amazon RDS User Guide, settings for DB instances). */
export function portOf(engine: Engine | undefined): number | undefined {
  return engine === undefined ? undefined : isPostgres(engine) ? 5432 : 3306;
}
