import { describe, expect, test } from "vitest";
import { AwsError, type ErrorClass } from "../../src/aws/errors.ts";
import { diagnosticOfAwsError } from "../../src/cli/session/aws-errors.ts";
import { codes } from "../../src/cli/codes.ts";

const error = (cls: ErrorClass, code: string, message = "what AWS said", cause?: unknown, skew?: number) =>
  new AwsError(
    { class: cls, code, message, service: "ec2", operation: "DescribeVpcs", status: 400, requestId: "r-1", attempts: 1, skew },
    cause,
  );

describe("an error of AWS says what to do", () => {
  test.each([
    [
      error("auth", "CredentialsProviderError", "Could not load credentials from any providers"),
      "eu-west-1",
      "no-credentials",
      /aws configure/,
    ],
    [error("auth", "CredentialsProviderError", "The SSO session has expired"), "eu-west-1", "credentials-expired", /aws sso login/],
    [error("expired", "ExpiredToken"), "eu-west-1", "credentials-expired", /log in again/],
    [error("expired", "RequestTimeTooSkewed", "Skewed", undefined, 0), "eu-west-1", "credentials-expired", /clock/],
    [error("auth", "InvalidClientTokenId"), "eu-west-1", "credentials-refused", /get-caller-identity/],
    [error("auth", "AuthFailure"), "me-south-1", "region-off", /enable it/],
    [error("auth", "OptInRequired"), "eu-west-1", "region-off", /enable it/],
    [error("auth", "UnauthorizedOperation"), "eu-west-1", "access-denied", /role/],
    [
      error("network", "ENOTFOUND", "getaddrinfo", { hostname: "ec2.eu-wset-1.amazonaws.com" }),
      "eu-wset-1",
      "no-network",
      /eu-wset-1 is the name of a region/,
    ],
    [error("network", "ECONNREFUSED", "connect", { address: "127.0.0.1", port: 5000 }), undefined, "no-network", /AWS_ENDPOINT_URL/],
    [
      error(
        "transient",
        "UnexpectedAnswer",
        "sts GetCallerIdentity: the endpoint answered HTTP 200 with something that is not AWS's (<html>)",
      ),
      "eu-west-1",
      "not-aws",
      /proxy/,
    ],
    [error("transient", "ERR_INVALID_URL", "Invalid URL"), "eu-west-1", "not-aws", /AWS_ENDPOINT_URL/],
    [error("throttle", "RequestLimitExceeded"), "eu-west-1", "throttled", /later/],
  ])("%s in %s is %s", (thrown, region, code, hint) => {
    const found = diagnosticOfAwsError(thrown, region);
    expect(found.code).toBe(code);
    expect(found.hint).toMatch(hint);
    expect(Object.keys(codes)).toContain(code);
  });

  test.each([
    [-1_200_000, "the clock of this machine is 20 minutes behind AWS's, so AWS refuses its signatures."],
    [60_000, "the clock of this machine is 1 minute ahead of AWS's, so AWS refuses its signatures."],
    [0, "the clock of this machine is wrong, so AWS refuses its signatures."],
  ])("a clock that is %i ms off is named, and not the credentials", (skew, summary) => {
    expect(diagnosticOfAwsError(error("expired", "SignatureDoesNotMatch", "Signature expired", undefined, skew)).summary).toBe(summary);
  });

  test("names the profile that was asked for", () => {
    const found = diagnosticOfAwsError(error("auth", "CredentialsProviderError", "Could not load credentials"), "eu-west-1", "prdo");
    expect(found.summary).toBe('the profile "prdo" provides no AWS credentials.');
    expect(found.hint).toContain("aws configure list-profiles");
  });

  test.each([
    ["The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login", "credentials-expired"],
    ["Token is expired. To refresh this SSO session run 'aws sso login' with the corresponding profile.", "credentials-expired"],
    ["The SSO session token associated with profile=dev was not found or is invalid.", "no-credentials"],
  ])("single sign-on that ended: %s", (message, code) => {
    const found = diagnosticOfAwsError(error("auth", "CredentialsProviderError", message), "eu-west-1", "dev");
    expect(found).toMatchObject({ code, hint: expect.stringContaining("run `aws sso login --profile dev`") as string });
  });

  test("a profile that wants a code", () => {
    const message = "Profile dev requires multi-factor authentication, but no MFA code callback was provided.";
    const found = diagnosticOfAwsError(error("auth", "CredentialsProviderError", message), "eu-west-1", "dev");
    expect(found.hint).toContain("aws configure export-credentials --profile dev");
  });

  test.each(["TimeoutError", "ETIMEDOUT", "ECONNRESET"])("%s before any answer is a matter of the network", (code) => {
    const unanswered = new AwsError({
      class: "transient",
      code,
      message: "socket hang up",
      service: "sts",
      operation: "GetCallerIdentity",
      status: undefined,
      requestId: undefined,
      attempts: 2,
    });
    expect(diagnosticOfAwsError(unanswered, "eu-west-1")).toMatchObject({
      code: "no-network",
      summary: expect.stringMatching(/^AWS did not answer sts GetCallerIdentity \(/) as string,
    });
  });

  test("a wrong secret and a missing key have different messages", () => {
    expect(diagnosticOfAwsError(error("auth", "SignatureDoesNotMatch")).hint).toContain("does not belong to the key id");
    expect(diagnosticOfAwsError(error("auth", "InvalidClientTokenId")).hint).toContain("deactivated");
  });

  test("says how to find the missing rights of a role", () => {
    expect(diagnosticOfAwsError(error("auth", "UnauthorizedOperation")).hint).toContain("infra iam-policy");
  });

  test("names the call that was denied as IAM does", () => {
    expect(diagnosticOfAwsError(error("auth", "UnauthorizedOperation")).summary).toContain("ec2:DescribeVpcs");
  });

  test("keeps AWS's own words and the request id", () => {
    const found = diagnosticOfAwsError(error("validation", "InvalidParameterValue"));
    expect(found.summary).toContain("InvalidParameterValue: what AWS said");
    expect(found.detail).toContain("r-1");
  });
});
