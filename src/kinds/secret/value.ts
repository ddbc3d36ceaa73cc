import { randomInt } from "node:crypto";
import type { Secret } from "./schema.ts";

const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** Without quotes, backslashes and what URLs and shells take for their own. */
const punctuation = "!#()*+,-.:;=?[]^_{|}~";

/** A value at random. It goes into one call and nowhere else: not into a plan, a message, an event or a trace. */
export function randomValue({ length = 32, punctuation: mayPunctuate = false }: NonNullable<Secret["generate"]>): string {
  const alphabet = mayPunctuate ? plain + punctuation : plain;
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
}
