/** Binary files in a spec, such as a script that gzip has compressed: their bytes in base64, after a mark that no text begins with. */

/** It differs from the marks of late values (`late.ts`). */
const mark = "\uE005";

/** Returns bytes as a spec holds them: as text if they are text, else as marked base64. */
export function textOfBytes(bytes: Uint8Array): string {
  return decoded(bytes) ?? `${mark}${Buffer.from(bytes).toString("base64")}`;
}

/** Returns the bytes that a text of a spec stands for. */
export function bytesOf(text: string): Buffer {
  return isBinary(text) ? Buffer.from(text.slice(mark.length), "base64") : Buffer.from(text, "utf8");
}

export function isBinary(text: string): boolean {
  return text.startsWith(mark);
}

/**
 * Returns bytes as text. Undefined for bytes that are not UTF-8, or contain a NUL, which no text does, and for a text that begins with the
 * mark.
 */
function decoded(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return isBinary(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
