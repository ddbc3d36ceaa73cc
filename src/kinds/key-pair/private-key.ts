/** Makes key pairs with Node's crypto: the private half as `ssh` reads it, and the public half as EC2 imports it. */
import { createPrivateKey, createPublicKey, generateKeyPair, randomBytes, type KeyObject } from "node:crypto";
import { promisify } from "node:util";

export type KeyType = "ed25519" | "rsa";

const make = promisify(generateKeyPair);

/**
 * Makes a new private key: ED25519 in OpenSSH's form, or RSA as PKCS#1 with the length that EC2 uses (EC2 API, CreateKeyPair: "2048-bit
 * RSA").
 */
export async function newPrivateKey(type: KeyType): Promise<string> {
  if (type === "ed25519") return openSshText((await make("ed25519")).privateKey);
  const { privateKey } = await make("rsa", { modulusLength: 2048 });
  return privateKey.export({ type: "pkcs1", format: "pem" }) as string;
}

/** The public line and the type of a private key. Undefined where this program did not make the text. */
export function publicLineOf(text: string): { readonly type: KeyType; readonly line: string } | undefined {
  const key = privateKeyIn(text);
  if (!key) return undefined;
  const jwk = createPublicKey(key).export({ format: "jwk" });
  if (key.asymmetricKeyType === "ed25519") return { type: "ed25519", line: lineOf("ssh-ed25519", bytes(jwk.x!)) };
  if (key.asymmetricKeyType === "rsa") return { type: "rsa", line: lineOf("ssh-rsa", positive(bytes(jwk.e!)), positive(bytes(jwk.n!))) };
  return undefined;
}

/** Reads a private key. Errors of the crypto library are not passed on, because they could repeat the key. */
function privateKeyIn(text: string): KeyObject | undefined {
  try {
    const seed = seedIn(text);
    return createPrivateKey(seed ? { key: pkcs8(seed), format: "der", type: "pkcs8" } : text);
  } catch {
    return undefined;
  }
}

const begin = "-----BEGIN OPENSSH PRIVATE KEY-----";
const end = "-----END OPENSSH PRIVATE KEY-----";
const magic = Buffer.from("openssh-key-v1\0");
/** The bytes of PKCS#8 before the 32 bytes of an ED25519 key (RFC 8410, section 7). */
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

/** Writes OpenSSH's own container without a passphrase (OpenSSH, PROTOCOL.key). Older versions of `ssh` read no other form of ED25519. */
function openSshText(key: KeyObject): string {
  const { d, x } = key.export({ format: "jwk" });
  const publicBlob = blob("ssh-ed25519", bytes(x!));
  const check = randomBytes(4);
  const secret = Buffer.concat([check, check, blob("ssh-ed25519", bytes(x!), Buffer.concat([bytes(d!), bytes(x!)]), "")]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, i) => i + 1));
  const one = Buffer.from([0, 0, 0, 1]);
  const body = Buffer.concat([magic, blob("none", "none", ""), one, blob(publicBlob, Buffer.concat([secret, padding]))]);
  return `${[begin, ...body.toString("base64").match(/.{1,70}/g)!, end].join("\n")}\n`;
}

/** The 32 bytes of an ED25519 key in OpenSSH's container. Undefined where the text is no such container. */
function seedIn(text: string): Buffer | undefined {
  const inner = new RegExp(`${begin}([\\s\\S]+)${end}`).exec(text)?.[1];
  if (inner === undefined) return undefined;
  const body = Buffer.from(inner, "base64");
  if (!body.subarray(0, magic.length).equals(magic)) throw new Error("not an OpenSSH key");
  const outer = new Parts(body, magic.length);
  if (outer.next().toString() !== "none") throw new Error("a passphrase protects the key");
  outer.next();
  outer.next();
  outer.skip(4);
  outer.next();
  const secret = new Parts(outer.next(), 8);
  if (secret.next().toString() !== "ssh-ed25519") throw new Error("not an ED25519 key");
  secret.next();
  return secret.next().subarray(0, 32);
}

function pkcs8(seed: Buffer): Buffer {
  if (seed.length !== 32) throw new Error("not an ED25519 key");
  return Buffer.concat([pkcs8Prefix, seed]);
}

/** Reads fields that each follow their length (RFC 4251, section 5). */
class Parts {
  readonly #of: Buffer;
  #at: number;

  constructor(of: Buffer, at: number) {
    this.#of = of;
    this.#at = at;
  }

  skip(count: number): void {
    this.#at += count;
  }

  next(): Buffer {
    const from = this.#at + 4;
    this.#at = from + this.#of.readUInt32BE(this.#at);
    return this.#of.subarray(from, this.#at);
  }
}

function lineOf(type: string, ...parts: readonly Buffer[]): string {
  return `${type} ${blob(type, ...parts).toString("base64")}`;
}

function blob(...parts: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const content = Buffer.from(part as Buffer);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(content.length);
      return [length, content];
    }),
  );
}

/** Writes a signed number. A zero byte before a first bit that is set keeps it positive. */
function positive(number: Buffer): Buffer {
  return number[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), number]) : number;
}

function bytes(text: string): Buffer {
  return Buffer.from(text, "base64url");
}
