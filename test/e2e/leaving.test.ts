import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { root } from "./support/infra.ts";

test("a command ends when it has said how it ended, though a proxy that says nothing still holds its connection", async () => {
  const held = new Set<Socket>();
  const proxy = createServer().on("connect", (_request, socket: Socket) => {
    held.add(socket);
    socket.on("error", () => undefined).on("close", () => held.delete(socket));
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const { port } = proxy.address() as AddressInfo;
  const child = spawn(process.execPath, [join(root, "bin/infra.mjs"), "plan", "basic-vpc"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env["PATH"],
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "example",
      AWS_EC2_METADATA_DISABLED: "true",
    },
  });
  onTestFinished(() => void child.kill());
  let said = "";
  let heldAtItsEnd = 0;
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    if (said.includes("does not answer")) heldAtItsEnd = held.size;
  });
  const [code] = (await once(child, "exit")) as [number | null];
  proxy.closeAllConnections();
  proxy.close();
  expect(said).toContain(`the proxy http://127.0.0.1:${port}, which HTTPS_PROXY names, does not answer.`);
  expect({ code, heldAtItsEnd }).toEqual({ code: 1, heldAtItsEnd: expect.any(Number) as number });
  expect(heldAtItsEnd).toBeGreaterThan(0);
});
