/** What the operating system said, without its code and call: "permission denied", of "EACCES: permission denied, open '/x'". */
export function reasonOf({ message }: Error): string {
  return message.replace(/^[A-Z]+: /, "").replace(/, \w+( '.*)?$/s, "");
}
