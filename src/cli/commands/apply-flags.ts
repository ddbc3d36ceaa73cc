/** The flags of `infra apply`. */
export interface ApplyFlags {
  readonly yes?: boolean;
  readonly plan?: string;
  readonly approve?: string;
  readonly target?: readonly string[];
  readonly allowDeletes?: number;
  readonly allowOlder?: boolean;
  readonly repairContested?: boolean;
  readonly preflight?: boolean;
  readonly ignorePreflight?: readonly string[];
  readonly lock: boolean;
  readonly timeout?: readonly string[];
}
