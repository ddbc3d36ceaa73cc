/** The sandbox's memory for one account and region: tables of plain records by id. All of it survives JSON. */
export interface Store {
  /** The table of that name ("ec2.vpcs"), made empty when first asked for. Records are mutable plain objects. */
  table<R extends object>(name: string): Map<string, R>;
  /** Keeps a secret in the memory of this process only: it reaches no file, and is gone with the process. */
  keepSecret(id: string, value: string): void;
  /** A secret that this process was given; undefined when another one was. */
  secret(id: string): string | undefined;
}
