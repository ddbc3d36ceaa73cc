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
