/** The text that `infra explain CODE` shows: what happened, why it is a problem, and what to do. */
export interface CodeDoc {
  readonly title: string;
  readonly cause: string;
  readonly cure: string;
}
