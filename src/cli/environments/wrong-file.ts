import { DiagnosticError, type Diagnostic } from "../../diag/diagnostic.ts";

/**
 * Thrown when the files of an environment have errors that prevent work on it. Commands whose reports other programs read report it as
 * `infra validate` does.
 */
export class WrongFile extends DiagnosticError {
  /** The environment, as it was named on the command line. */
  readonly environment: string;

  constructor(environment: string, diagnostics: readonly Diagnostic[]) {
    super(diagnostics);
    this.environment = environment;
  }
}
