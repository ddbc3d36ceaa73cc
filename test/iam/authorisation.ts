import type { LiveState } from "./state.ts";

/** The account of the sandbox. */
export const account = "123456789012";

/** One question that AWS asks of the policies of its caller. */
export interface Authorisation {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

/** What is there when a call is authorised. */
export interface Look {
  readonly state: LiveState;
  arn(service: string, end: string, owner?: string): string;
  /** The ARN of one of EC2's ids. */
  ec2(id: string): string;
  /** An existing object: its tags are in the context. */
  existing(action: string, resource: string, context?: Authorisation["context"]): Authorisation;
  /** The same by an id of EC2, if there is one. */
  one(action: string, id: unknown, context?: Authorisation["context"]): readonly Authorisation[];
}
