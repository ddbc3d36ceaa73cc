/** The master user and its password. The password is checked and not stored; only a salted hash is kept. */
import { createHash } from "node:crypto";
import type { Call } from "../../model.ts";
import { isPostgres, type EngineName } from "./engines.ts";
import { invalidCombination, invalidValue } from "./faults.ts";

const reserved: Readonly<Record<EngineName, RegExp>> = {
  mysql: /^(rdsadmin|rdsrepladmin|root|mysql)$/i,
  mariadb: /^(rdsadmin|rdsrepladmin|root|mariadb)$/i,
  postgres: /^(admin|rdsadmin|rdsrepladmin|rdstopmgr|public|user|pg_.*|rds_.*)$/i,
  "aurora-mysql": /^(rdsadmin|rdsrepladmin|root|mysql)$/i,
  "aurora-postgresql": /^(admin|rdsadmin|rdsrepladmin|rdstopmgr|public|user|pg_.*|rds_.*)$/i,
};

export function checkUser(engine: EngineName, name: string | undefined): string {
  if (!name) throw invalidValue("The parameter MasterUsername must be provided and must not be blank.");
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name) || name.length > (isPostgres(engine) ? 63 : 16))
    throw invalidValue(`The parameter MasterUsername is not a valid identifier: ${name}`);
  if (reserved[engine].test(name)) throw invalidValue(`MasterUsername ${name} cannot be used as it is a reserved word used by the engine`);
  return name;
}

export function checkPassword(engine: string, password: string): void {
  const most = isPostgres(engine) ? 128 : 41;
  if (password.length < 8 || password.length > most)
    throw invalidValue(
      `The parameter MasterUserPassword is not a valid password because it is shorter than 8 characters or longer than ${most}.`,
    );
  if (!/^[!-~]*$/.test(password) || /[/@"]/.test(password))
    throw invalidValue(
      "The parameter MasterUserPassword is not a valid password. Only printable ASCII characters besides '/', '@', '\"', ' ' may be used.",
    );
}

/** The password of a new database: managed, or the hash of the given one. */
export function firstPassword(
  call: Call,
  engine: string,
  input: { ManageMasterUserPassword?: boolean; MasterUserPassword?: string },
): { managed: true } | { managed: false; hash: string } {
  if (input.ManageMasterUserPassword === true) {
    if (input.MasterUserPassword !== undefined)
      throw invalidCombination("You can't specify MasterUserPassword when ManageMasterUserPassword is enabled.");
    return { managed: true };
  }
  if (input.MasterUserPassword === undefined)
    throw invalidValue("The parameter MasterUserPassword must be provided and must not be blank.");
  checkPassword(engine, input.MasterUserPassword);
  return { managed: false, hash: hashOf(call, input.MasterUserPassword) };
}

export function hashOf(call: Call, password: string): string {
  return createHash("sha256")
    .update(`${call.id("salt")}${password}`)
    .digest("base64");
}

/** The ARN of the secret that Secrets Manager would hold. The sandbox does not model the secret itself. */
export function newSecret(call: Call, of: "db" | "cluster" = "db"): { arn: string; since: number } {
  const digits = `${call.id("s").slice(3)}${call.id("s").slice(3)}`;
  const uuid = `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
  return {
    arn: `arn:${call.partition}:secretsmanager:${call.region}:${call.account}:secret:rds!${of}-${uuid}-${digits.slice(4, 10)}`,
    since: call.now,
  };
}
