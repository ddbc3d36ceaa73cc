import type { LiveState } from "./state.ts";

/** The account of the sandbox. */
export const account = "123456789012";

/** One check that AWS makes against the policies of the caller. */
export interface Authorisation {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

/** The objects that exist when a call is authorised. */
export interface Look {
  readonly state: LiveState;
  arn(service: string, end: string, owner?: string): string;
  /** Returns the ARN of an EC2 id. */
  ec2(id: string): string;
  /** An existing object, with its tags in the context. */
  existing(action: string, resource: string, context?: Authorisation["context"]): Authorisation;
  /** The same by an EC2 id, or nothing without an id. */
  one(action: string, id: unknown, context?: Authorisation["context"]): readonly Authorisation[];
}
