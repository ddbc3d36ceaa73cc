/**
 * Thrown by a driver that must not go on although AWS itself would not refuse, because of AWS's answers (an address that somebody else
 * holds, a name that belongs to another object). The user sees its message as it stands. Any other plain error counts as a defect of infra.
 */
export class Refusal extends Error {
  readonly hint: string | undefined;
  constructor(message: string, more: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, { cause: more.cause });
    this.name = "Refusal";
    this.hint = more.hint;
  }
}
