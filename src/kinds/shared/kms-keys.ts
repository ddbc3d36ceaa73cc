/** The field that names the key with which a resource is encrypted. */
import { refOr } from "../../resource/fields.ts";

/** The forms in which a field may name a foreign key: its ARN, its id or an alias. */
const ofOthers = "^(arn:|alias/|mrk-[0-9a-f]{32}$|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$)";

/** Returns a field that names a declared key or a foreign one. */
export function keyRef(doc: string) {
  return refOr(ofOthers, "kmsKey", doc, { named: true });
}

/** Returns the same field for calls that take a key only by its ARN. */
export function keyRefByArn(doc: string) {
  return refOr("^arn:[^:]+:kms:[^:]+:\\d{12}:key/.+$", "kmsKey", doc, { named: true });
}

/** Whether a reference is the address of a declared key. All names of such a key are known, so another name means another key. */
export function isOfFile(reference: string): boolean {
  return reference.startsWith("kmsKey/");
}

/**
 * Whether a reference means the key that AWS returns. A key has four kinds of names, and AWS always returns the ARN, so an alias cannot be
 * compared and counts as the same.
 */
export function isSameKey(request: string, have: string): boolean {
  if (request.includes("alias/")) return true;
  return request === have || have.endsWith(`:key/${request}`);
}
