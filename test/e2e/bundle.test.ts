/** What a command loads: of the SDK only what is sent (docs/decisions/0013). Only the sandbox knows every operation. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, inject, it } from "vitest";
import { kinds } from "../../src/kinds/index.ts";
import { removeTemporaryFolders } from "./support/folders.ts";

afterAll(removeTemporaryFolders);

describe("the bundle", () => {
  const chunks = join(dirname(inject("binary")), "../dist/chunks");
  const files = readdirSync(chunks).filter((name) => name.endsWith(".mjs"));
  const isWire = (name: string) => name.startsWith("wire-");
  const has = (name: string, text: string) => readFileSync(join(chunks, name), "utf8").includes(text);

  it("has the schemas of operations that are never sent in the sandbox's part alone", () => {
    expect(files.filter((name) => has(name, "TransitGatewayPeeringAttachment"))).toEqual(["wire-ec2.mjs"]);
    expect(files.filter((name) => !isWire(name) && has(name, "RunInstancesRequest"))).toHaveLength(1);
  });

  // The part that every command reads holds all kinds, so it grows with them.
  it("has no part of a command that is larger than 20 kB for each kind", () => {
    expect(files.filter((name) => !isWire(name) && statSync(join(chunks, name)).size > 20_000 * kinds.length)).toEqual([]);
  });
});
