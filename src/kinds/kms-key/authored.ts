import type { Authored, Live, Remark } from "../kind.ts";
import { omit, without } from "../shared/authored.ts";
import { meansSame, parsedPolicy, statementsOf } from "../shared/policies/documents.ts";
import type { Handle } from "./driver.ts";
import type { KmsKey } from "./schema.ts";

/** A key as an author writes it, without values that KMS fills in by itself. Among several aliases, infra does not choose one. */
export function authored(spec: Partial<KmsKey>, { owner, id, handle: { aliases } }: Live<KmsKey, Handle>): Authored<KmsKey> {
  const remarks: Remark[] = [];
  if (spec.alias === undefined)
    remarks.push({
      text:
        aliases.length === 0
          ? "it has no alias; write `alias:` to give it one"
          : `it has the aliases ${[...aliases].sort().join(", ")}; write the alias that infra should manage as \`alias:\``,
    });
  const isDefault = isDefaultPolicy(spec.policy, id.split(":")[1] ?? "aws", owner ?? "");
  const usual = spec.spec === "SYMMETRIC_DEFAULT" ? { usage: "ENCRYPT_DECRYPT" } : {};
  const plain = without(isDefault ? omit(spec, ["policy"]) : spec, { rotation: false, rotationPeriod: 365, ...usual });
  return { spec: plain, remarks, called: [...aliases].sort()[0] };
}

/** Whether a policy is the default one (KMS Developer Guide, "Default key policy"). Its id and the ids of its statements do not count. */
function isDefaultPolicy(policy: KmsKey["policy"], partition: string, account: string): boolean {
  const { Id: _id, ...document } = parsedPolicy(policy) ?? {};
  const statements = statementsOf(document).map(({ Sid: _sid, ...statement }) => statement);
  const Principal = { AWS: `arn:${partition}:iam::${account}:root` };
  const usual = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal, Action: "kms:*", Resource: "*" }] };
  return statements.length > 0 && meansSame(usual, { ...document, Statement: statements });
}
