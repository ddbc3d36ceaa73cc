/** The fields of a role, and its trust policy in its short and its long form. */
import type { Static } from "typebox";
import * as Type from "typebox";
import { integer, list, map, object, optional, refOr, set, string } from "../../resource/fields.ts";
import { pathField } from "../shared/iam-objects.ts";
import { isObject, meansSame, policyDocument, statementsOf, type Json, type PolicyDocument } from "../shared/policies/documents.ts";

const service = string("A service of AWS.", { pattern: "^[a-z0-9.-]+\\.amazonaws\\.com(\\.cn)?$", examples: ["ec2.amazonaws.com"] });

const trustForms = Type.Union(
  [
    service,
    set(service, "Several services.", { minItems: 1, uniqueItems: true }),
    object({ document: policyDocument("The whole trust policy.") }),
  ],
  {
    description: "The principals that may assume the role: a service, several services, or `{ document }`.",
    examples: ["ec2.amazonaws.com"],
  },
);

/**
 * AWS managed policies (IAM User Guide, "Managed policies and inline policies"; AWS Managed Policy Reference). Their ARNs have `aws`
 * instead of an account. Most names begin with Amazon or AWS. Policies below a path are written with the path (`service-role/…`).
 */
const awsManaged = {
  names: "^((Amazon|AWS)[A-Z0-9][\\w-]+|(service-role|job-function)/[A-Z]\\w+)$",
  arn: "arn:{partition}:iam::aws:policy/{name}",
};

export const schema = object({
  trust: trustForms,
  managedPolicies: optional(
    list(
      refOr(
        "^arn:",
        "iamPolicy",
        "A policy of this file, an AWS managed policy by its name (`AmazonSSMManagedInstanceCore`), or the ARN of another.",
        {
          named: true,
          provided: awsManaged,
        },
      ),
      "The managed policies that are attached to the role. Policies that others attached stay and are reported in a note.",
      { uniqueItems: true, maxItems: 25 },
    ),
  ),
  policies: optional(
    map(
      policyDocument("The permissions of the role."),
      "Inline policies of the role, by name. Policies that others added stay and are reported in a note.",
      "^[A-Za-z0-9+=,.@_-]{1,128}$",
    ),
  ),
  permissionsBoundary: optional(
    refOr(
      "^(arn:|none$)",
      "iamPolicy",
      "The permissions boundary, which limits what all other policies can allow: a policy of this file, or an ARN; `none`: no boundary. If omitted: an existing one stays.",
      { named: true },
    ),
  ),
  path: pathField,
  maxSessionDuration: optional(integer("The maximum duration of a session of the role, in seconds.", { minimum: 3600, maximum: 43_200 })),
  description: optional(string("A description of the role.", { maxLength: 1000, pattern: "^[\\t\\n\\r\\x20-\\xff]*$" })),
});

export type IamRole = Static<typeof schema>;
export type Trust = IamRole["trust"];

/** Returns the trust policy as a document. */
export function trustDocument(trust: Trust): PolicyDocument {
  return typeof trust === "object" && "document" in trust ? trust.document : documentFor([trust].flat());
}

/** The shortest form of a trust policy. */
export function trustOf(document: Json): Trust {
  const [statement, ...more] = statementsOf(document);
  const principal = statement?.["Principal"];
  const services = isObject(principal) ? [principal["Service"] ?? []].flat().map(String) : [];
  if (more.length > 0 || services.length === 0 || !meansSame(document, documentFor(services))) return { document };
  return services.length === 1 ? services[0]! : services;
}

function documentFor(services: readonly string[]): PolicyDocument {
  const Service = services.length === 1 ? services[0]! : services;
  return { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }] };
}
