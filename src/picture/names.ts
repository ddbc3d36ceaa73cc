/** How names are written in a picture. */
/**
 * Returns the text for an id or a look-up. An id stays as it is, also in `{"id":"vpc-0ab"}`. A look-up is shown by its conditions:
 * `{"tags":{"Name":"shared"}}` is "Name=shared".
 */
export function readable(key: string): string {
  if (!key.startsWith("{")) return key;
  const asked = JSON.parse(key) as Readonly<Record<string, unknown>>;
  if (typeof asked["id"] === "string") return asked["id"];
  const tags = (asked["tags"] ?? asked) as Readonly<Record<string, unknown>>;
  return Object.entries(tags)
    .map(([tag, value]) => `${tag}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}
