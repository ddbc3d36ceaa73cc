/** Clients of the SDK that answer what a test says. A mock changes the class for everybody: leave-clean.ts takes it away when the file ends. */
import { mockClient } from "aws-sdk-client-mock";
import { mocks } from "./mocks.ts";

export const mocked: typeof mockClient = (client) => {
  const mock = mockClient(client);
  mocks.push(mock);
  return mock;
};
