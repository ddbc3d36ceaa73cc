import type { Authored, Remark } from "../kind.ts";
import { without } from "../shared/authored.ts";
import type { Bucket, Rule } from "./schema.ts";

/** A rule as it was read. `more`: it does something that no file can express. */
type Found = Rule & { readonly more?: true };

/**
 * A bucket as an author writes it, without the settings that S3 gives a new one (Amazon S3 User Guide, "Default settings for new S3
 * buckets").
 */
export function authored(spec: Partial<Bucket>): Authored<Bucket> {
  const { encryption, lifecycle = {}, ...rest } = spec;
  const hard = Object.entries(lifecycle as Readonly<Record<string, Found>>).flatMap(([name, { more }]) => (more ? [name] : []));
  const remarks: Remark[] = [];
  if (hard.length > 0)
    remarks.push({ text: `its lifecycle rules are not written, and stay as they are: infra cannot express ${hard.join(", ")}` });
  const how = encryption && without(encryption, { algorithm: encryption.kmsKey === undefined ? "AES256" : "aws:kms", bucketKey: false });
  const rules = Object.entries(lifecycle).map(([name, rule]) => [name, without(rule, { enabled: true })] as const);
  return {
    spec: {
      ...without(rest, { versioning: false, ownership: "BucketOwnerEnforced" }),
      ...(how && Object.keys(how).length > 0 && { encryption: how }),
      ...(hard.length === 0 && rules.length > 0 && { lifecycle: Object.fromEntries(rules) as Bucket["lifecycle"] }),
    },
    remarks,
  };
}
