/** Two moto servers for all tests that need one. Each keeps its accounts apart, and a start takes three seconds of processor time. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { hasMoto, spawnMoto, usual, type MotoFiles } from "./moto-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Empty where moto_server is not installed. */
    readonly motos: readonly MotoFiles[];
  }
}

export default function setup(project: TestProject): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "infra-moto-"));
  const folders = hasMoto ? [mkdtempSync(join(folder, "a-")), mkdtempSync(join(folder, "b-"))] : [];
  const servers = folders.map((one) => spawnMoto(one, usual));
  project.provide(
    "motos",
    servers.map(({ log, recording }) => ({ log, recording })),
  );
  return async () => {
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
}
