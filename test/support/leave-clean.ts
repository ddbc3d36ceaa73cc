/** Runs for every test file: files share a process, and the mocks that one leaves behind, the next one would meet. */
import { afterAll } from "vitest";
import { mocks } from "./mocks.ts";

afterAll(() => {
  for (const mock of mocks.splice(0).reverse()) mock.restore();
});
