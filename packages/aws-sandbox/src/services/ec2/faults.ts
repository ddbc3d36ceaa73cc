/** EC2's errors, in its own wording where that is known, because people search for it. */
import { AwsFault } from "../../model.ts";

export function missingParameter(name: string): AwsFault {
  return new AwsFault("MissingParameter", `The request must contain the parameter ${name}`);
}

export function invalidValue(message: string): AwsFault {
  return new AwsFault("InvalidParameterValue", message);
}

export function invalidCombination(message: string): AwsFault {
  return new AwsFault("InvalidParameterCombination", message);
}

export function dependency(message: string): AwsFault {
  return new AwsFault("DependencyViolation", message);
}

/** The error for a feature of AWS that this sandbox does not model. An empty success would be wrong. */
export function notModelled(what: string): AwsFault {
  return new AwsFault("NotImplemented", `The sandbox does not model ${what}.`, 501);
}

/** Throws EC2's error when a value is given and is not one of the API's values. */
export function knownValue(value: string | undefined, values: readonly string[], parameter: string): void {
  if (value !== undefined && !values.includes(value)) throw invalidValue(`Value (${value}) for parameter ${parameter} is invalid.`);
}

/** Returns the value; throws MissingParameter when there is none. */
export function required<T>(value: T | undefined | null, name: string): T {
  if (value === undefined || value === null || value === "") throw missingParameter(name);
  return value;
}
