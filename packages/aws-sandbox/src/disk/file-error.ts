/** The sandbox's state cannot be kept or read: a matter of this machine's files, not of AWS. */
export class SandboxFileError extends Error {
  /** What to do about it. */
  readonly hint: string;

  constructor(message: string, hint: string, cause?: unknown) {
    super(message, { cause });
    this.name = "SandboxFileError";
    this.hint = hint;
  }
}

/** What the operating system said, without its code and call: "permission denied", of "EACCES: permission denied, open '/x'". */
export function reasonOf({ message }: Error): string {
  return message.replace(/^[A-Z]+: /, "").replace(/, \w+( '.*)?$/s, "");
}
