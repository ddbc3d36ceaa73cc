import { randomInt } from "node:crypto";
import type { Secret } from "./schema.ts";

const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** Punctuation without quotes, backslashes and characters that URLs and shells use. */
const punctuation = "!#()*+,-.:;=?[]^_{|}~";

/** Returns a random value. It goes into one call and nowhere else, never into a plan, a message, an event or a trace. */
export function randomValue({ length = 32, punctuation: mayPunctuate = false }: NonNullable<Secret["generate"]>): string {
  const alphabet = mayPunctuate ? plain + punctuation : plain;
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
}
