import { randomInt } from "node:crypto";
import type { TSchema } from "typebox";
import * as Type from "typebox";
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import { useKey } from "../../resource/iam.ts";
import { Refusal } from "../../resource/refusal.ts";
import type { Grant, IamPlace, ResourceIndex } from "../kind.ts";

/** Made, kept and rotated by Secrets Manager, or an encrypted parameter of ours. A password itself has no place in the YAML. */
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

/** A database that was made of a copy has the password of that copy until its own is set, which takes this tag off. */
export const passwordTag = "infra:password";

/** What is told of that password: it is neither managed nor in any parameter of ours. */
export const passwordOfCopy: MasterPassword = { ssmParameter: "(of its copy)" };

export function isOfCopy(have: MasterPassword | undefined): boolean {
  return typeof have === "object" && have.ssmParameter === "(of its copy)";
}

/** What RDS takes in a password of any of the three engines, without what shells and connection strings trip over. */
const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789-_.~";
/** MySQL and MariaDB take 41 characters at most. */
const length = 40;

/**
 * The password in an encrypted parameter; made at random and put there when the parameter does not exist. The value goes
 * from one call into the next and nowhere else: not into a plan, a message or an error.
 */
export async function passwordIn(aws: Aws, parameter: string): Promise<string> {
  const ssm = await import("../../aws/sdk/ssm.ts");
  const read = async (): Promise<string> => {
    const { Parameter } = await aws.ssm(new ssm.GetParameterCommand({ Name: parameter, WithDecryption: true }));
    if (Parameter?.Type !== "SecureString")
      throw new Refusal(
        `The parameter ${parameter} is a ${Parameter?.Type}, readable by whoever may list parameters. Make it a SecureString.`,
      );
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
    // Put by someone else in between, or by us in an answer that was lost: what is stored counts.
    if (!hasCode(error, "ParameterAlreadyExists")) throw error;
    return read();
  }
}

/** As the calls that make a database take it. */
export async function passwordSent(
  aws: Aws,
  source: MasterPassword,
): Promise<{ ManageMasterUserPassword: true } | { MasterUserPassword: string }> {
  return source === "managed" ? { ManageMasterUserPassword: true } : { MasterUserPassword: await passwordIn(aws, source.ssmParameter) };
}

function random(): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
}

/** A managed password is a secret that RDS makes with its caller's permissions (RDS User Guide, "Password management"). */
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
