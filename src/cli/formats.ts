/** The formats of outputs, and where one goes. */
export const formats = ["text", "json", "jsonl", "markdown", "sarif", "junit", "env", "github", "svg", "html", "mermaid"] as const;

export type Format = (typeof formats)[number];

/** One `--format`, one `--output`, or both as a pair. */
export interface OutputRequest {
  readonly format?: Format;
  readonly file?: string;
}
