/** Texts of a spec, compressed and not. */
import { gunzipSync, gzipSync } from "node:zlib";
import { bytesOf, isBinary, textOfBytes } from "./binary.ts";

const magic = Buffer.of(0x1f, 0x8b);

/** What no machine unpacks from 16 KiB but by mistake. */
const mostUnpacked = 4 * 1_048_576;

/** What gzip makes of a text, the same on every platform. */
export function zipped(text: string): string {
  const bytes = gzipSync(bytesOf(text), { level: 9 });
  bytes[9] = 255; // which operating system it was made on (RFC 1952): unknown
  return textOfBytes(bytes);
}

export function isZipped(text: string): boolean {
  return isBinary(text) && bytesOf(text).subarray(0, 2).equals(magic);
}

/** What gzip made a text of; the text itself where gzip did not. */
export function unzipped(text: string): string {
  if (!isZipped(text)) return text;
  try {
    return textOfBytes(gunzipSync(bytesOf(text), { maxOutputLength: mostUnpacked }));
  } catch {
    return text; // damaged, or more than anybody means
  }
}
