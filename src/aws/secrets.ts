/** Values that a call carries and that no error may tell: a check of AWS may repeat what it refuses ("Value '…' at 'secretString' failed to satisfy …"). */

const members: ReadonlySet<string> = new Set(["SecretString", "MasterUserPassword", "ClientSecret"]);

/** The same failure without these values; the failure itself where the call carried none. */
export function withoutSecrets(cause: unknown, input: object): unknown {
  const forms = secretsIn(input).flatMap((value) => [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]);
  if (forms.length === 0 || typeof cause !== "object" || cause === null) return cause;
  const { name, message = "", Code, code, syscall, $metadata } = cause as Partial<Record<string, unknown>> & { readonly message?: string };
  const clean = forms.reduce((text, form) => text.replaceAll(form, "(hidden)"), message);
  // The SDK keeps the whole answer beside the message, so where a value was told nothing else of it is kept.
  return clean === message ? cause : { name, message: clean, Code, code, syscall, $metadata };
}

function secretsIn(input: object): readonly string[] {
  const isEncrypted = (input as { readonly Type?: unknown }).Type === "SecureString";
  return Object.entries(input).flatMap(([member, value]: [string, unknown]) => {
    if (typeof value === "string") return value !== "" && (members.has(member) || (isEncrypted && member === "Value")) ? [value] : [];
    return typeof value === "object" && value !== null ? secretsIn(value) : [];
  });
}
