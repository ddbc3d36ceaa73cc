/**
 * Clients of the SDK that answer what a test says. A mock changes the class for everybody, and test files share workers: it is
 * taken away when the file that loaded this ends.
 */
import { mockClient } from "aws-sdk-client-mock";
import { afterAll } from "vitest";

const mocks: { restore(): void }[] = [];

export const mocked: typeof mockClient = (client) => {
  const mock = mockClient(client);
  mocks.push(mock);
  return mock;
};

afterAll(() => {
  for (const mock of mocks.splice(0).reverse()) mock.restore();
});
