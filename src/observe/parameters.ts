import type { Aws } from "../aws/aws.ts";
import { batches } from "../aws/eventual.ts";

/** A parameter as Parameter Store shows it. */
export interface Parameter {
  readonly Name?: string | undefined;
  readonly ARN?: string | undefined;
  readonly Type?: string | undefined;
  readonly Value?: string | undefined;
}

/** Returns those of the named parameters that exist. */
export type ParametersOf = (names: readonly string[]) => Promise<readonly Parameter[]>;

/** The largest number of names in one call (Systems Manager API, GetParameters). */
export const namesPerCall = 10;

export async function getParameters(aws: Aws, names: readonly string[]): Promise<readonly Parameter[]> {
  const ssm = await aws.clock.work(import("../aws/sdk/ssm.ts"));
  const found: Parameter[] = [];
  for (const Names of batches(names, namesPerCall)) {
    const { Parameters = [] } = await aws.ssm(new ssm.GetParametersCommand({ Names, WithDecryption: false }));
    found.push(...Parameters);
  }
  return found;
}
