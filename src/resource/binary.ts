/** Files that are no text, such as what gzip makes of a script, in a spec: their bytes in base64 behind a mark that no text begins with. */

/** Not one of the marks of late values (`late.ts`). */
const mark = "\uE005";

/** Bytes as a spec holds them: the text that they are, or marked base64. */
export function textOfBytes(bytes: Uint8Array): string {
  return decoded(bytes) ?? `${mark}${Buffer.from(bytes).toString("base64")}`;
}

/** The bytes that a text of a spec stands for. */
export function bytesOf(text: string): Buffer {
  return isBinary(text) ? Buffer.from(text.slice(mark.length), "base64") : Buffer.from(text, "utf8");
}

export function isBinary(text: string): boolean {
  return text.startsWith(mark);
}

/** Undefined for bytes that are no UTF-8, or hold a NUL, which no text does, and for a text that begins as bytes do. */
function decoded(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return isBinary(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
