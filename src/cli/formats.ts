/** The formats of outputs. */
export const formats = ["text", "json", "jsonl", "markdown", "sarif", "junit", "env", "github", "svg", "html", "mermaid"] as const;

export type Format = (typeof formats)[number];

/** One `--format`, one `--output`, or a pair of both. */
export interface OutputRequest {
  readonly format?: Format;
  readonly file?: string;
}
