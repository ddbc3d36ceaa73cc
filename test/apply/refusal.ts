import { AwsError, type ErrorClass } from "../../src/aws/errors.ts";

type More = Partial<Pick<AwsError, "code" | "operation" | "message" | "hasToken">>;

/** An error of AWS as the gate throws it. */
export function refusal(cls: ErrorClass, { code = cls, operation = "Call", message = "no", hasToken = false }: More = {}): AwsError {
  return new AwsError({ class: cls, code, service: "ec2", operation, status: 400, requestId: "r-1", attempts: 1, message, hasToken });
}
