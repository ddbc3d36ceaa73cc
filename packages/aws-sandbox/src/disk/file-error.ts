/** The sandbox's state cannot be stored or read: a problem of local files, not of AWS. */
export class SandboxFileError extends Error {
  /** How the user can fix it. */
  readonly hint: string;

  constructor(message: string, hint: string, cause?: unknown) {
    super(message, { cause });
    this.name = "SandboxFileError";
    this.hint = hint;
  }
}

/** The reason in an operating system error, without code and call: "permission denied", from "EACCES: permission denied, open '/x'". */
export function reasonOf({ message }: Error): string {
  return message.replace(/^[A-Z]+: /, "").replace(/, \w+( '.*)?$/s, "");
}
