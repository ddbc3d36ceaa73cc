/** Public keys in OpenSSH's one-line form: TYPE BLOB [COMMENT]. */

/** Whether two lines hold the same key. The comment does not identify a key: EC2 replaces it by the key's name. */
export function isSameKey(a: string, b: string): boolean {
  const [typeA, blobA] = fieldsOf(a);
  const [typeB, blobB] = fieldsOf(b);
  return typeA === typeB && blobA === blobB;
}

/** Why EC2 would not import this text; undefined when it would. The answer never repeats the text, which may be a private key. */
export function whyNotKey(text: string): string | undefined {
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text))
    return "this is a PRIVATE key; remove it from the repository and write the name of the .pub file";
  const lines = text
    .trim()
    .split("\n")
    .filter((line) => line.trim() !== "");
  if (lines.length !== 1) return lines.length === 0 ? "it is empty" : "it has several lines, but a key pair has one key";
  const [type, blob] = fieldsOf(text);
  if (type !== "ssh-rsa" && type !== "ssh-ed25519")
    return `it is ${/^(ssh|ecdsa|sk)-[\w.@-]+$/.test(type) ? `of type ${type}` : "not in OpenSSH format"}, but EC2 accepts only ssh-rsa and ssh-ed25519`;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(blob)) return "the text after its type is not base64";
  return whyNotBlob(type, Buffer.from(blob, "base64"));
}

/** Checks a key's blob. It repeats the type, then has the key's parts, each after its length (RFC 4253, section 6.6). */
function whyNotBlob(type: string, blob: Buffer): string | undefined {
  const parts = partsOf(blob);
  if (!parts || parts[0]?.toString("latin1") !== type) return "it is cut off or damaged";
  if (type === "ssh-ed25519") return parts.length === 2 && parts[1]!.length === 32 ? undefined : "it is cut off or damaged";
  if (parts.length !== 3) return "it is cut off or damaged";
  const bits = bitsOf(parts[2]!);
  return bits >= 1024 ? undefined : `it is an RSA key of ${bits} bits, but EC2 requires 1024 or more`;
}

function partsOf(blob: Buffer): Buffer[] | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; at < blob.length;) {
    if (at + 4 > blob.length) return undefined;
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return undefined;
    parts.push(blob.subarray(at + 4, end));
    at = end;
  }
  return parts;
}

/** The number of bits of a signed number. A leading zero byte keeps the number positive. */
function bitsOf(number: Buffer): number {
  const first = number.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (number.length - first - 1) * 8 + (32 - Math.clz32(number[first]!));
}

function fieldsOf(line: string): readonly [type: string, blob: string] {
  const [type = "", blob = ""] = line.trim().split(/\s+/);
  return [type, blob];
}
