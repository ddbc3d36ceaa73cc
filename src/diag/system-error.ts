/**
 * Returns the reason that the operating system gave, without its code and call: "permission denied" from "EACCES: permission denied, open
 * '/x'".
 */
export function reasonOf({ message }: Error): string {
  return message.replace(/^[A-Z]+: /, "").replace(/, \w+( '.*)?$/s, "");
}
