/**
 * Clients of the SDK that give the answers of the test. A mock changes the class for all tests; leave-clean.ts removes it when the file
 * ends.
 */
import { mockClient } from "aws-sdk-client-mock";
import { mocks } from "./mocks.ts";

export const mocked: typeof mockClient = (client) => {
  const mock = mockClient(client);
  mocks.push(mock);
  return mock;
};
