/** The fields of an IAM policy as authors write them. */
import { object, optional, string } from "../../resource/fields.ts";
import { pathField } from "../shared/iam-objects.ts";
import { policyDocument } from "../shared/policies/documents.ts";
import type { Static } from "typebox";

export const schema = object({
  document: policyDocument("The policy document: permissions that are allowed or denied."),
  description: optional(string("A description of the policy.", { maxLength: 1000 })),
  path: pathField,
});

export type IamPolicy = Static<typeof schema>;

/** The version in use: the default one. */
export interface Handle {
  readonly version: string;
}
