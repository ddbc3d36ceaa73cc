/** Runs for every test file: files share a process, and a mock that a file leaves behind would answer the next one. */
import { afterAll } from "vitest";
import { mocks } from "./mocks.ts";

afterAll(() => {
  for (const mock of mocks.splice(0).reverse()) mock.restore();
});
