/** One request to AWS as it went over the wire. */
export interface Call {
  /** "ec2", "ssm": as in the signature. */
  readonly service: string;
  readonly operation: string;
  readonly isWrite: boolean;
  /** Of the query protocols: the parameters; of the JSON ones: none. */
  readonly parameters: URLSearchParams;
}

/** Reads service, operation and parameters off a request. */
export function callOf(headers: Readonly<Record<string, string | string[] | undefined>>, body: string): Call {
  const header = (name: string) =>
    Object.entries(headers)
      .find(([key]) => key.toLowerCase() === name)?.[1]
      ?.toString() ?? "";
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(header("authorization"))?.[1] ?? "unsigned";
  const target = header("x-amz-target").split(".").at(-1)!;
  const parameters = new URLSearchParams(target === "" ? body : "");
  const operation = target || (parameters.get("Action") ?? "unknown");
  return { service, operation, isWrite: !/^(Describe|Get|List|AssumeRole)/.test(operation), parameters };
}

/** Writes to the account's resources, in the order sent: the lease, which an apply takes and gives back, is not among them. */
export function writes(calls: readonly Call[]): string[] {
  return calls.filter(({ isWrite, service }) => isWrite && service !== "ssm").map(({ operation }) => operation);
}

/** Every call that writes anything, the lease's too. */
export function allWrites(calls: readonly Call[]): string[] {
  return calls.filter(({ isWrite }) => isWrite).map(({ service, operation }) => `${service}:${operation}`);
}
