import { randomInt } from "node:crypto";
import type { Aws } from "../../aws/aws.ts";
import { hasCode } from "../../aws/errors.ts";
import { Refusal } from "../../resource/refusal.ts";

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

function random(): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
}
