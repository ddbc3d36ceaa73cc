/** What `infra explain CODE` tells about one code: what happened, why it is a problem, and what to do. */
export interface CodeDoc {
  readonly title: string;
  readonly cause: string;
  readonly cure: string;
}
