/**
 * Principals as IAM stores them. IAM stores a role by its unique id, and shows its ARN as long as that same role exists (IAM User Guide,
 * "AWS JSON policy elements: Principal").
 */
import type { Call } from "../../model.ts";
import { checkTrustPolicy, listed, malformed } from "./documents.ts";
import { roleKey, roles, type RoleRecord } from "./state.ts";

/** A trust policy for storage: its text, with accounts as root ARNs, and the unique ids of the roles that it names. */
export function keptTrust(call: Call, text: string | undefined): Pick<RoleRecord, "trust" | "principals"> {
  const principals: Record<string, string> = {};
  let trust = text ?? "";
  for (const statement of checkTrustPolicy(text)) {
    const principal = statement["Principal"] ?? statement["NotPrincipal"];
    const named = typeof principal === "object" && principal !== null && "AWS" in principal ? listed(principal.AWS) : [];
    for (const who of named) {
      if (/^\d{12}$/.test(who)) trust = replaced(trust, who, `arn:${call.partition}:iam::${who}:root`);
      const role = ownRole(call, who);
      if (role !== undefined) principals[who] = role;
    }
  }
  return { trust, principals };
}

/** The trust policy for answers. A deleted role is shown by its id, even when another role has its name now. */
export function shownTrust(call: Call, { trust, principals }: RoleRecord): string {
  return Object.entries(principals).reduce(
    (text, [arn, id]) => (id === "" || liveId(call, arn) === id ? text : replaced(text, arn, id)),
    trust,
  );
}

/** The unique id of a role of this account; "" for a role in the account's facts; undefined for any other principal. */
function ownRole(call: Call, who: string): string | undefined {
  if (!who.startsWith(`arn:${call.partition}:iam::${call.account}:role/`)) return undefined;
  const id = liveId(call, who);
  if (id !== undefined) return id;
  if (call.exists("role", who)) return "";
  throw malformed(`Invalid principal in policy: "AWS":"${who}"`);
}

function liveId(call: Call, arn: string): string | undefined {
  const role = roles(call).get(roleKey(arn.split("/").at(-1)!));
  return role?.arn === arn ? role.uniqueId : undefined;
}

function replaced(text: string, from: string, to: string): string {
  return text.replaceAll(JSON.stringify(from), JSON.stringify(to));
}
