import { expect, test } from "vitest";
import { isEmulator } from "../../src/aws/emulator.ts";

test.each([
  [{}, false],
  [{ AWS_ENDPOINT_URL: "" }, false],
  [{ AWS_ENDPOINT_URL: "http://127.0.0.1:5000" }, true],
  [{ AWS_ENDPOINT_URL_RDS: "http://localhost.localstack.cloud:4566" }, true],
  [{ AWS_ENDPOINT_URL_EC2: "https://vpce-0a1b-2c3d.ec2.eu-west-1.vpce.amazonaws.com" }, false],
  [{ AWS_ENDPOINT_URL_EC2: "https://ec2.eu-west-1.api.aws" }, false],
  [{ AWS_ENDPOINT_URL_EC2: "https://vpce-0a1b-2c3d.ec2.eusc-de-east-1.vpce.amazonaws.eu" }, false],
  [{ AWS_ENDPOINT_URL_EC2: "https://ec2.us-iso-east-1.c2s.ic.gov" }, false],
  [{ AWS_ENDPOINT_URL_EC2: "https://amazonaws.com.example.org" }, true],
  [{ AWS_ENDPOINT_URL: "not a URL" }, true],
])("%j: %s", (env, expected) => {
  expect(isEmulator(env)).toBe(expected);
});
