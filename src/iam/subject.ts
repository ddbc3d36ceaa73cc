/** What a policy is made for, and what comes of it. */
import type { Assertion } from "../reach/assert.ts";
import type { Environment, EnvironmentTypes } from "../config/environment.ts";
import type { Condition, Desired } from "../kinds/kind.ts";

/** What a policy is made for. */
export interface PolicySubject {
  readonly project: string;
  readonly name: string;
  readonly region: string;
  readonly account?: string;
  readonly nodes: readonly Desired[];
  /** What it asserts of who reaches whom. */
  readonly assertions?: readonly Pick<Assertion, "is" | "from" | "to">[];
  /** The kinds of AWS's types that it uses. */
  readonly types?: EnvironmentTypes;
  /** What its expressions ask of the caller's account. */
  readonly asksCaller?: Pick<NonNullable<Environment["asksCaller"]>, "what" | "nodesWith">;
}

export interface PolicyOptions {
  /** For a guard: the principals that may do what all others may not. */
  readonly except?: readonly string[];
  /** Only what the YAML as written needs: nothing that finds and deletes what an earlier one had. */
  readonly fileOnly?: boolean;
}

export type Purpose = "plan" | "apply" | "adopt" | "guard";

export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: "*" | readonly string[];
  readonly Condition?: Condition;
}
