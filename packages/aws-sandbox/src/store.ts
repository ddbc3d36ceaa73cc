/** The sandbox's memory for one account and region: tables of plain records by id. All of it can be written as JSON. */
export interface Store {
  /** The table of that name ("ec2.vpcs"); an empty one is made at the first request. Records are mutable plain objects. */
  table<R extends object>(name: string): Map<string, R>;
  /** Keeps a secret in the memory of this process only. No file holds it, and it is gone when the process ends. */
  keepSecret(id: string, value: string): void;
  /** A secret that this process received; undefined when another process received it. */
  secret(id: string): string | undefined;
}
