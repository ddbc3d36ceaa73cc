/**
 * A driver's own no: what AWS's answers tell it speaks against going on, though AWS itself would not refuse (an address that
 * somebody else holds, a name that is another's). Told to the user as it stands; any other plain error counts as a defect of infra.
 */
export class Refusal extends Error {
  readonly hint: string | undefined;
  constructor(message: string, more: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, { cause: more.cause });
    this.name = "Refusal";
    this.hint = more.hint;
  }
}
