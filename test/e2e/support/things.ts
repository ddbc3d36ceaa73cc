/** An object that exists in an account. */
export interface Thing {
  /** "subnet", "securityGroupRule". */
  readonly kind: string;
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
  /** As AWS describes it. */
  readonly described: object;
}

export type Inventory = ReadonlyMap<string, Thing>;
