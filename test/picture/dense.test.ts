/** A crowded network must stay readable. Look at `dense.svg`. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { resourceIndexOf } from "../../src/config/kind-checks.ts";
import { kinds } from "../../src/kinds/index.ts";
import { blockOf } from "../../src/picture/place.ts";
import { pictureOf } from "../../src/picture/picture.ts";
import { sceneOf } from "../../src/picture/scene.ts";
import { pictureInputOf } from "../../src/picture/input.ts";
import { flowsHtml } from "../../src/render/html/flows.ts";
import { denseNetwork } from "./dense.ts";

const subjects = denseNetwork();
const input = pictureInputOf({ title: "shop/prod", region: "eu-west-1" }, kinds, subjects, resourceIndexOf("eu-west-1", subjects));
const scene = sceneOf(input);
const block = blockOf(scene.frames[0]!, scene.flows);

describe("a VPC with 80 resources and 1,241 flows between single objects", () => {
  test("lines from the internet are drawn, of 76 others the number stands below", () => {
    expect(input).toMatchObject({ by: "reach", flows: { length: 1241 } });
    expect(block.labels.map(({ text }) => text).sort()).toEqual(["tcp 22 from 203.0.113.0/24", "tcp 443"]);
    expect(block.notes.map(({ text }) => text)).toEqual(["76 more flows inside, too many to draw; the HTML page lists them"]);
  });

  test("it is as wide as a screen, with four cards in a subnet at most", () => {
    expect(block.width).toBeLessThanOrEqual(1200);
    expect(block.height).toBeLessThanOrEqual(1400);
    expect(Math.max(...block.rows.flatMap(({ cells }) => cells.map(({ cell }) => cell.cards.length)))).toBe(4);
    expect(new Set(block.items.flatMap(({ item }) => item.addresses)).size).toBe(45); // nothing is left out
  });

  test("the table has a row for each sort of machines, not for each machine", () => {
    const html = flowsHtml(input);
    expect(html.match(/<th scope="row">/g)?.length).toBe(16);
    expect(html).toContain('<th scope="row"><code>instance/orders</code> × 4</th><td></td><td><span class="">tcp 5432</span></td>');
  });

  const rsvg = "/usr/bin/rsvg-convert";
  test.skipIf(!existsSync(rsvg))("librsvg, which knows fewer rules than browsers, draws it (skipped where it is not installed)", () => {
    const { status, stdout } = spawnSync(rsvg, ["-w", "300"], { input: pictureOf(input) });
    expect({ status, begin: stdout.subarray(1, 4).toString(), width: stdout.readUInt32BE(16) }).toEqual({
      status: 0,
      begin: "PNG",
      width: 300,
    });
  });

  test("it looks as it did when somebody last checked it", () => expect(pictureOf(input)).toMatchFileSnapshot("dense.svg"));
});
