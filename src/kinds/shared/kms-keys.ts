/** The key that a resource is encrypted with, as its kind writes it. */
import { refOr } from "../../resource/fields.ts";

/** A key of others may also stand there as AWS takes it: by its ARN, its id or an alias. */
const ofOthers = "^(arn:|alias/|mrk-[0-9a-f]{32}$|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$)";

/** A field that names a key: one of this file, or somebody else's. */
export function keyRef(doc: string) {
  return refOr(ofOthers, "kmsKey", doc, { named: true });
}

/** The same where AWS takes a key by its ARN only. */
export function keyRefByArn(doc: string) {
  return refOr("^arn:[^:]+:kms:[^:]+:\\d{12}:key/.+$", "kmsKey", doc, { named: true });
}

/** Whether a reference is the address of a declared key. All names of such a key are known: another name is another key. */
export function isOfFile(reference: string): boolean {
  return reference.startsWith("kmsKey/");
}

/** A key can be named in four ways, and AWS answers with the ARN of the key: an alias cannot be held against it. */
export function isSameKey(request: string, have: string): boolean {
  if (request.includes("alias/")) return true;
  return request === have || have.endsWith(`:key/${request}`);
}
