/** Runs for every test file and removes its mocks, because files share a process and the next file would get them. */
import { afterAll } from "vitest";
import { mocks } from "./mocks.ts";

afterAll(() => {
  for (const mock of mocks.splice(0).reverse()) mock.restore();
});
