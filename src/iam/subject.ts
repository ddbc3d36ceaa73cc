/** The input of a policy, and the policy documents. */
import type { Assertion } from "../reach/assert.ts";
import type { Environment, EnvironmentTypes } from "../config/environment.ts";
import type { Condition, Desired } from "../kinds/kind.ts";

/** The environment that a policy is made for. */
export interface PolicySubject {
  readonly project: string;
  readonly name: string;
  readonly region: string;
  readonly account?: string;
  readonly nodes: readonly Desired[];
  /** The assertions of the file about who reaches whom. */
  readonly assertions?: readonly Pick<Assertion, "is" | "from" | "to">[];
  /** The kinds of AWS's own types that it uses. */
  readonly types?: EnvironmentTypes;
  /** The questions that its expressions ask about the caller's account. */
  readonly asksCaller?: Pick<NonNullable<Environment["asksCaller"]>, "what" | "nodesWith">;
}

export interface PolicyOptions {
  /** For a guard: the principals that may write and remove our tags. */
  readonly except?: readonly string[];
  /** Only the actions that the YAML as written needs, without those that find and delete objects of an earlier YAML. */
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
