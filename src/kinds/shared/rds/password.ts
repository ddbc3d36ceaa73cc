import { randomInt } from "node:crypto";
import type { TSchema } from "typebox";
import * as Type from "typebox";
import type { Aws } from "../../../aws/aws.ts";
import { hasCode } from "../../../aws/errors.ts";
import { useKey } from "../../../resource/iam.ts";
import { Refusal } from "../../../resource/refusal.ts";
import type { Grant, IamPlace, ResourceIndex } from "../../kind.ts";

/**
 * The source of a master password: "managed" means that Secrets Manager creates, stores and rotates it; else an encrypted parameter of ours
 * holds it. The password itself must not stand in the YAML.
 */
export type MasterPassword = "managed" | { readonly ssmParameter: string };

export const masterPassword = Type.Unsafe<MasterPassword>({
  description:
    "The password of the master user. `managed`: Secrets Manager makes, keeps and rotates it. `{ ssmParameter: NAME }`: an encrypted (SecureString) parameter of Systems Manager, which infra reads only when the database is made, and makes at random if it does not exist; needed for a database with read replicas, which do not support managed passwords.",
  anyOf: [
    { type: "string", const: "managed" },
    {
      type: "object",
      properties: {
        ssmParameter: {
          type: "string",
          pattern: "^(/[A-Za-z0-9_.\\-/]+|[A-Za-z0-9_.\\-]+)$",
          maxLength: 1011,
          description: "The name of the parameter.",
        },
      },
      required: ["ssmParameter"],
      additionalProperties: false,
    },
  ],
  examples: ["managed", { ssmParameter: "/shop/main/password" }],
} as unknown as TSchema);

/** The tag of a database that still has the password of the copy it was created from. Setting its own password removes the tag. */
export const passwordTag = "infra:password";

/** The observed value for that password, which is neither managed nor in a parameter of ours. */
export const passwordOfCopy: MasterPassword = { ssmParameter: "(of its copy)" };

export function isOfCopy(have: MasterPassword | undefined): boolean {
  return typeof have === "object" && have.ssmParameter === "(of its copy)";
}

/** The characters that RDS allows in a password of all three engines, without those that cause trouble in shells and connection strings. */
const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789-_.~";
/** MySQL and MariaDB take at most 41 characters. */
const length = 40;

/**
 * Returns the password in an encrypted parameter. If the parameter does not exist, creates it with a random password. The value goes only
 * from one call to the next, never into a plan, a message or an error.
 */
export async function passwordIn(aws: Aws, parameter: string): Promise<string> {
  const ssm = await import("../../../aws/sdk/ssm.ts");
  const read = async (): Promise<string> => {
    const { Parameter } = await aws.ssm(new ssm.GetParameterCommand({ Name: parameter, WithDecryption: true }));
    if (Parameter?.Type !== "SecureString")
      throw new Refusal(`The parameter ${parameter} is a ${Parameter?.Type}, which stores its value unencrypted. Make it a SecureString.`);
    return Parameter.Value!;
  };
  try {
    return await read();
  } catch (error) {
    if (!hasCode(error, "ParameterNotFound")) throw error;
  }
  const made = random();
  try {
    await aws.ssm(
      new ssm.PutParameterCommand({
        Name: parameter,
        Description: "Master password of a database, made by infra",
        Type: "SecureString",
        Value: made,
        Overwrite: false,
      }),
    );
    return made;
  } catch (error) {
    // Someone else created it in between, or our earlier answer was lost: the stored value counts.
    if (!hasCode(error, "ParameterAlreadyExists")) throw error;
    return read();
  }
}

/** Returns the password in the form of the create calls. */
export async function passwordSent(
  aws: Aws,
  source: MasterPassword,
): Promise<{ ManageMasterUserPassword: true } | { MasterUserPassword: string }> {
  return source === "managed" ? { ManageMasterUserPassword: true } : { MasterUserPassword: await passwordIn(aws, source.ssmParameter) };
}

function random(): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
}

/**
 * Returns the permissions for a password. A managed password is a secret that RDS creates with its caller's permissions (RDS User Guide,
 * "Password management").
 */
export function passwordGrants(password: MasterPassword, index: ResourceIndex, place: IamPlace): readonly Grant[] {
  if (password === "managed")
    return [
      {
        sid: "LetRdsKeepPasswords",
        actions: ["secretsmanager:CreateSecret", "secretsmanager:RotateSecret", "secretsmanager:TagResource"],
        resources: ["secret:rds!*"],
      },
      useKey(undefined, "rds", ["DescribeKey"], index, place),
    ];
  return [
    {
      sid: "PasswordParameters",
      actions: ["ssm:GetParameter", "ssm:PutParameter"],
      resources: [`parameter/${password.ssmParameter.replace(/^\//, "")}`],
    },
  ];
}
