/** EC2's errors, in its own words where those are known: they are what people search for. */
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

/** Something AWS has and this sandbox does not model. Says so instead of answering with an empty success. */
export function notModelled(what: string): AwsFault {
  return new AwsFault("NotImplemented", `The sandbox does not model ${what}.`, 501);
}

/** Throws EC2's error unless a value, where one is given, is one of those that its API knows. */
export function knownValue(value: string | undefined, values: readonly string[], parameter: string): void {
  if (value !== undefined && !values.includes(value)) throw invalidValue(`Value (${value}) for parameter ${parameter} is invalid.`);
}

/** Throws MissingParameter unless the value is there. */
export function required<T>(value: T | undefined | null, name: string): T {
  if (value === undefined || value === null || value === "") throw missingParameter(name);
  return value;
}
