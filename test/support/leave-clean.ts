/** Runs for every test file: files share a process, and what one leaves behind, mocks or texts, the next one would meet. */
import { afterAll } from "vitest";
import { mocks } from "./mocks.ts";
import { removeTextFolder } from "./text-folder.ts";

afterAll(() => {
  for (const mock of mocks.splice(0).reverse()) mock.restore();
  removeTextFolder();
});
