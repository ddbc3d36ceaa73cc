/**
 * Removes secret values from errors: the values that a call carries, because AWS may repeat a value that it refuses ("Value '…' at
 * 'secretString' failed to satisfy …"), and the values that a text names as secret, because a handler may repeat the whole object that it
 * works on.
 */

const members: ReadonlySet<string> = new Set(["SecretString", "MasterUserPassword", "ClientSecret"]);

/**
 * The endings of AWS's field names that hold a secret as text. Fields that name a secret stored elsewhere (`SecretArn`, `SecretId`) end
 * otherwise.
 */
const endings = "passwords?|secret|secretkey|authtoken|accesstoken|oauthtoken|secrettoken|privatekey|presharedkey|accesskey|apikey";

const isSecret = new RegExp(`(${endings})$`, "i");

export function isSecretName(name: string): boolean {
  return isSecret.test(name);
}

/**
 * Secrets in JSON, also inside a text of JSON; in Java's `toString`; after an equals sign. After a colon without quotes, English follows.
 */
const quoted = String.raw`(?<quote>\\*["']).*?(?:(?<!\\)\k<quote>|$)`;
const bare = String.raw`\[[^\]]*\]|[^,;&)}\]\n]+`;
const told = [
  new RegExp(String.raw`(?<name>(?:${endings})\\*["']?\s*[=:]\s*)(?:${quoted})`, "gis"),
  new RegExp(String.raw`(?<name>(?:${endings})(?:\\*["']\s*[=:]|\s*=)(?!\s*(?:\\*["']|\(hidden\)))\s*)(?:${bare})`, "gi"),
];

/** Returns a text of AWS without the values that it names as secret, and without these values. */
export function withoutToldValues(text: string, values: Iterable<string> = []): string {
  const unnamed = formsOf(values).reduce((rest, form) => rest.replaceAll(form, "(hidden)"), text);
  return told.reduce((rest, pattern) => rest.replace(pattern, "$<name>(hidden)"), unnamed);
}

/** Returns the same failure without the secret values of the call, or the failure itself when it contains none. */
export function withoutSecrets(cause: unknown, input: object): unknown {
  if (typeof cause !== "object" || cause === null) return cause;
  const { name, message = "", Code, code, syscall, $metadata } = cause as Partial<Record<string, unknown>> & { readonly message?: string };
  const clean = withoutToldValues(message, secretsIn(input));
  // The SDK keeps the whole answer beside the message. When the message contained a secret value, the rest of the answer is dropped.
  return clean === message ? cause : { name, message: clean, Code, code, syscall, $metadata };
}

/** Returns the forms in which values may appear in a text: unchanged, in JSON, in a URL. */
function formsOf(values: Iterable<string>): readonly string[] {
  return [...values].flatMap((value) => [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]);
}

function secretsIn(input: object): readonly string[] {
  const isEncrypted = (input as { readonly Type?: unknown }).Type === "SecureString";
  return Object.entries(input).flatMap(([member, value]: [string, unknown]) => {
    if (typeof value === "string") return value !== "" && (members.has(member) || (isEncrypted && member === "Value")) ? [value] : [];
    return typeof value === "object" && value !== null ? secretsIn(value) : [];
  });
}
