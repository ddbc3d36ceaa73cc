/** What a role must be allowed for objects of a type: Cloud Control calls each service with the rights of who asks it. */
import { lateIn } from "../../resource/late.ts";
import { passRole, roleArns } from "../../resource/iam.ts";
import type { Access, Grant, IamNeeds, IamPlace, ResourceIndex, Subject, Spec } from "../kind.ts";
import type { Permissions } from "./curated.ts";

/** Cloud Control's own actions have no resources and no conditions (Service Authorization Reference, CloudFormation). */
const own = {
  read: ["cloudformation:GetResource"],
  write: ["cloudformation:CreateResource", "cloudformation:GetResourceRequestStatus", "cloudformation:UpdateResource"],
  remove: ["cloudformation:DeleteResource"],
};

/** `isListed`: objects without a name of ours are looked for in the account's list. `isTaggedByArn`: tags go by the tagging API. */
export function iamOf(
  { read, create, update, delete: remove, onlyFor = {} }: Permissions,
  { isListed, isTaggedByArn }: { readonly isListed: boolean; readonly isTaggedByArn: boolean },
): IamNeeds {
  const passes = create.includes("iam:PassRole");
  const tagging = isTaggedByArn ? ["tag:TagResources", "tag:UntagResources"] : [];
  const writes = [...create, ...update].filter((action) => action !== "iam:PassRole");
  return {
    read: [...own.read, ...(isListed ? ["cloudformation:ListResources"] : []), ...read, "tag:GetResources"],
    write: [...new Set([...own.write, ...own.remove, ...writes, ...remove, ...tagging])],
    remove: [...own.remove, "cloudformation:GetResourceRequestStatus", ...remove],
    ...(Object.keys(onlyFor).length > 0 ? { onlyFor } : {}),
    access: Object.fromEntries(
      [...new Set([...own.write, ...own.remove, ...tagging, ...create, ...update])].flatMap((action) => accessOf(action, create)),
    ),
    ...(passes ? { implied: passing } : {}),
  };
}

function accessOf(action: string, create: readonly string[]): [string, Access][] {
  if (action.startsWith("cloudformation:") || action.startsWith("s3:") || action.startsWith("tag:")) return [[action, { any: ["*"] }]];
  if (action === "iam:CreateServiceLinkedRole") return [[action, { any: ["role/aws-service-role/*"] }]];
  if (/:(Tag|AddTags)[A-Za-z]*$/.test(action)) return [[action, { made: ["*"], ours: ["*"] }]];
  return create.includes(action) && /:Create/.test(action) ? [[action, { made: ["*"] }]] : [];
}

/** The roles that a resource gives to its service: those of the file, and others by their ARN. */
function passing({ kind, spec }: Subject<Spec>, index: ResourceIndex, place: IamPlace): Grant[] {
  const named = new Set<string>(JSON.stringify(spec).match(/arn:[a-z-]+:iam::\d{12}:role\/[^"\\]+/g));
  for (const { address } of lateIn(spec))
    if (address.startsWith("iamRole/")) for (const arn of roleArns(address, index, place)) named.add(arn);
  return named.size === 0 ? [] : [passRole([...named], `${kind.split("::")[1]!.toLowerCase()}.amazonaws.com`)];
}
