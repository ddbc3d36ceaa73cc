/**
 * Client tokens. The same token with the same parameters gives the same resource, even if that was deleted since. With other parameters,
 * including tags, it is an error (EC2 API, "Ensuring idempotency").
 */
import { createHash } from "node:crypto";
import { AwsFault, type Call } from "../../model.ts";
import { tokens } from "./state.ts";

/** Runs `make` once for each token. A repeated call gets the ids of the first one. Launch templates allow tokens of 128 characters. */
export function once(
  call: Call,
  input: { readonly ClientToken?: string | undefined },
  make: () => readonly string[],
  longest = 64,
): { ids: readonly string[]; repeated: boolean } {
  const token = input.ClientToken;
  if (!token) return { ids: make(), repeated: false };
  if (token.length > longest || !/^[\x20-\x7e]*$/.test(token))
    throw new AwsFault("InvalidParameterValue", `Client tokens are ${longest} ASCII characters long at most.`);
  if (call.fault("ec2:tokensIgnored")) return { ids: make(), repeated: false }; // some emulators ignore tokens
  const key = `${call.operation} ${token}`;
  const digest = digestOf(input);
  const known = tokens(call).get(key);
  if (known && known.digest !== digest)
    throw new AwsFault(
      "IdempotentParameterMismatch",
      "The client token you have provided is associated with a resource that is already created with different attributes. Please use a different client token or specify attributes that match.",
    );
  if (known) return { ids: known.ids, repeated: true };
  const ids = make();
  tokens(call).set(key, { digest, ids });
  return { ids, repeated: false };
}

function digestOf(input: object): string {
  const text = JSON.stringify({ ...input, ClientToken: undefined, DryRun: undefined }, (_, value: unknown) => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
    if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
  return createHash("sha1").update(text).digest("base64");
}
