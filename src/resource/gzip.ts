/** Compresses and unpacks texts of a spec. */
import { gunzipSync, gzipSync } from "node:zlib";
import { bytesOf, isBinary, textOfBytes } from "./binary.ts";

const magic = Buffer.of(0x1f, 0x8b);

/** Bytes. A compressed text of 16 KiB that unpacks to more than this is a mistake. */
const mostUnpacked = 4 * 1_048_576;

/** Returns a text compressed by gzip, the same on every platform. */
export function zipped(text: string): string {
  const bytes = gzipSync(bytesOf(text), { level: 9 });
  bytes[9] = 255; // the operating system on which it was made (RFC 1952): unknown
  return textOfBytes(bytes);
}

export function isZipped(text: string): boolean {
  return isBinary(text) && bytesOf(text).subarray(0, 2).equals(magic);
}

/** Returns the text that gzip compressed, or the text itself when it is not compressed. */
export function unzipped(text: string): string {
  if (!isZipped(text)) return text;
  try {
    return textOfBytes(gunzipSync(bytesOf(text), { maxOutputLength: mostUnpacked }));
  } catch {
    return text; // damaged, or larger than anybody intends
  }
}
