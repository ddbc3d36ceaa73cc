import { omit } from "../shared/authored.ts";
import { isEverywhere } from "../../resource/ranges.ts";
import type { Authored, Live, Remark } from "../kind.ts";
import { hasKnownWriter, openingOf, type Rule } from "./rule.ts";
import type { SecurityGroup } from "./schema.ts";

/** Returns a group as an author writes it, without rules that controllers maintain. AWS creates the group "default" with each VPC. */
export function authored(spec: Partial<SecurityGroup>, live: Live<SecurityGroup>): Authored<SecurityGroup> {
  if (live.isDefault) return { madeByAws: "the default security group of its VPC" };
  const remarks: Remark[] = [];
  const [ingress, egress] = [spec.ingress, spec.egress].map((rules) =>
    (rules as Rule[] | undefined)?.filter((rule) => !hasKnownWriter(rule)),
  );
  const theirs = (spec.ingress?.length ?? 0) + (spec.egress?.length ?? 0) - (ingress?.length ?? 0) - (egress?.length ?? 0);
  if (theirs > 0) remarks.push({ text: `${theirs} of its rules belong to a Kubernetes controller, which manages them` });
  for (const rule of ingress ?? []) {
    const { from, to, peer } = openingOf(rule);
    const isAdministration = from === -1 || [22, 3389].some((port) => from <= port && port <= to);
    if (isEverywhere(peer) && isAdministration) remarks.push({ path: "ingress", text: `odd: ${told(rule)} is open to the world` });
  }
  return {
    spec: {
      ...omit(spec, ["default"]),
      ...(ingress && { ingress: ingress.map(short) }),
      ...(egress && { egress: egress.map(short) }),
    } as SecurityGroup,
    remarks,
  };
}

function short({ protocol, ...rule }: Rule): Rule {
  return protocol === "tcp" ? rule : { protocol: protocol!, ...rule };
}

function told(rule: Rule): string {
  const { protocol, from, to } = openingOf(rule);
  if (from === -1) return protocol === "all" ? "everything" : `all of ${protocol}`;
  return from <= 22 && 22 <= to ? "SSH" : "RDP";
}
