/**
 * Values that no error may tell: those that a call carries, because a check of AWS may repeat what it refuses ("Value '…' at 'secretString'
 * failed to satisfy …"), and those that a text calls a secret, because a handler may repeat the whole object that it works on.
 */

const members: ReadonlySet<string> = new Set(["SecretString", "MasterUserPassword", "ClientSecret"]);

/** How names of AWS's fields end that hold a secret as a text; those that name one elsewhere (`SecretArn`, `SecretId`) end otherwise. */
const endings = "passwords?|secret|secretkey|authtoken|accesstoken|oauthtoken|secrettoken|privatekey|presharedkey|accesskey|apikey";

const isSecret = new RegExp(`(${endings})$`, "i");

export function isSecretName(name: string): boolean {
  return isSecret.test(name);
}

/** JSON, also inside a text of JSON; Java's `toString`; what follows an equals sign. After a colon without quotes stands English. */
const quoted = String.raw`(?<quote>\\*["']).*?(?:(?<!\\)\k<quote>|$)`;
const bare = String.raw`\[[^\]]*\]|[^,;&)}\]\n]+`;
const told = [
  new RegExp(String.raw`(?<name>(?:${endings})\\*["']?\s*[=:]\s*)(?:${quoted})`, "gis"),
  new RegExp(String.raw`(?<name>(?:${endings})(?:\\*["']\s*[=:]|\s*=)(?!\s*(?:\\*["']|\(hidden\)))\s*)(?:${bare})`, "gi"),
];

/** A text of AWS without what it calls a secret, and without these values. */
export function withoutToldValues(text: string, values: Iterable<string> = []): string {
  const unnamed = formsOf(values).reduce((rest, form) => rest.replaceAll(form, "(hidden)"), text);
  return told.reduce((rest, pattern) => rest.replace(pattern, "$<name>(hidden)"), unnamed);
}

/** The same failure without these values; the failure itself where it tells none. */
export function withoutSecrets(cause: unknown, input: object): unknown {
  if (typeof cause !== "object" || cause === null) return cause;
  const { name, message = "", Code, code, syscall, $metadata } = cause as Partial<Record<string, unknown>> & { readonly message?: string };
  const clean = withoutToldValues(message, secretsIn(input));
  // The SDK keeps the whole answer beside the message, so where a value was told nothing else of it is kept.
  return clean === message ? cause : { name, message: clean, Code, code, syscall, $metadata };
}

/** As they may stand in a text: as they are, in JSON, in an address. */
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
