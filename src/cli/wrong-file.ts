import { DiagnosticError, type Diagnostic } from "../diag/diagnostic.ts";

/** Thrown when an environment cannot be worked on for what its files say. Commands whose reports others read report it as `infra validate` does. */
export class WrongFile extends DiagnosticError {
  /** The environment, as it was named on the command line. */
  readonly environment: string;

  constructor(environment: string, diagnostics: readonly Diagnostic[]) {
    super(diagnostics);
    this.environment = environment;
  }
}
