/** The permissions that a role needs for objects of a type. Cloud Control calls each service with the rights of its caller. */
import type { RegistrySchema } from "@plumbline/aws-types";
import { lateIn } from "../../resource/late.ts";
import { passRole, roleArns } from "../../resource/iam.ts";
import type { Access, Grant, IamNeeds, IamPlace, ResourceIndex, Subject, Spec } from "../kind.ts";
import type { Curated } from "./curated.ts";
import type { TypeFacts } from "./facts.ts";
import { permissionsOf } from "./permissions.ts";

/** Cloud Control's own actions have no resources and no conditions (Service Authorization Reference, CloudFormation). */
const own = {
  read: ["cloudformation:GetResource"],
  write: ["cloudformation:CreateResource", "cloudformation:UpdateResource"],
  wait: ["cloudformation:GetResourceRequestStatus", "cloudformation:ListResourceRequests"],
  remove: ["cloudformation:DeleteResource"],
};

/** Returns the permissions. `isListed`: the account's list is also read. `isTaggedByArn`: tags are written by the tagging API. */
export function iamOf(
  { schema, name }: TypeFacts,
  known: Curated | undefined,
  { isListed, isTaggedByArn }: { readonly isListed: boolean; readonly isTaggedByArn: boolean },
): IamNeeds {
  const { read, list, create, update, delete: remove, onlyFor, service } = permissionsOf(schema, known);
  const passes = [...create, ...update, ...remove, ...read].includes("iam:PassRole");
  const tagging = isTaggedByArn ? ["tag:TagResources", "tag:UntagResources"] : [];
  const writes = [...new Set([...create, ...update, ...remove])].filter((action) => action !== "iam:PassRole");
  const reads = [...read, ...(isListed ? list : [])].filter(isReading);
  const accessOf = (action: string): [string, Access][] => {
    if (/^(cloudformation|tag):/.test(action)) return [[action, { any: ["*"] }]];
    if (action === "iam:CreateServiceLinkedRole") return [[action, { any: ["role/aws-service-role/*"] }]];
    const tie = action.startsWith(`${service}:`) && known?.isUntied !== true ? schema.ties?.[action] : undefined;
    if (tie === undefined) return [[action, { any: action.startsWith(`${service}:`) ? (known?.untied ?? ["*"]) : ["*"] }]];
    if (tie === "ours" || removesTags(action)) return [];
    // An action of both create and update is checked on the tags of the request the first time, and on the tags of the object afterwards.
    const isBoth = tie === "both" && (update.includes(action) || !create.includes(action));
    return [[action, isBoth ? { made: ["*"], ours: ["*"] } : { made: ["*"] }]];
  };
  const moreTagging = taggingOf(schema);
  return {
    read: [...new Set([...own.read, ...(isListed ? ["cloudformation:ListResources"] : []), ...reads, "tag:GetResources"])],
    write: [...new Set([...own.write, ...own.wait, ...own.remove, ...writes, ...tagging])],
    remove: [...new Set([...own.remove, ...own.wait, ...remove.filter((action) => action !== "iam:PassRole")])],
    ...(Object.keys(onlyFor).length > 0 ? { onlyFor } : {}),
    ...(tagging.length + moreTagging.length > 0 ? { tagging: { more: moreTagging, withoutKeys: tagging } } : {}),
    access: Object.fromEntries([...new Set([...own.write, ...own.remove, ...tagging, ...writes])].flatMap(accessOf)),
    ...(passes ? { implied: passing(known?.passesTo ?? `${name.split("::")[1]!.toLowerCase()}.amazonaws.com`) } : {}),
  };
}

/** Whether an action only reads. Read handlers also ask for some actions that do more, and a plan's role does not get those. */
function isReading(action: string): boolean {
  return /:(Describe|List|Get|GET$)/.test(action) && action !== "s3:GetObject";
}

/**
 * Returns the tagging actions that the registry names, without the reads among them. The registry writes some service names with capitals.
 * API Gateway uses HTTP verbs for everything.
 */
function taggingOf({ tagging: { permissions = [] } = {} }: RegistrySchema): readonly string[] {
  return permissions.filter((action) => !isReading(action)).map((action) => action.replace(/^[^:]+/, (service) => service.toLowerCase()));
}

/** Whether AWS checks the action on the tags of an object from which it may take our own tags. */
function removesTags(action: string): boolean {
  return /:(Untag|Remove)/.test(action);
}

/** Returns a grant to pass the roles that a resource gives to its service: roles of the file, and others by their ARN. */
function passing(service: string) {
  return ({ spec }: Subject<Spec>, index: ResourceIndex, place: IamPlace): Grant[] => {
    const named = new Set<string>(JSON.stringify(spec).match(/arn:[a-z-]+:iam::\d{12}:role\/[^"\\]+/g));
    for (const { address } of lateIn(spec))
      if (address.startsWith("iamRole/")) for (const arn of roleArns(address, index, place)) named.add(arn);
    return named.size === 0 ? [] : [passRole([...named], service)];
  };
}
