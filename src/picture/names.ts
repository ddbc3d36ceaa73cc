/** How names read in a picture, and in which order. */
/** An id as it is, also `{"id":"vpc-0ab"}`; a look-up by what it asks for: `{"tags":{"Name":"shared"}}` is "Name=shared". */
export function readable(key: string): string {
  if (!key.startsWith("{")) return key;
  const asked = JSON.parse(key) as Readonly<Record<string, unknown>>;
  if (typeof asked["id"] === "string") return asked["id"];
  const tags = (asked["tags"] ?? asked) as Readonly<Record<string, unknown>>;
  return Object.entries(tags)
    .map(([tag, value]) => `${tag}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}
