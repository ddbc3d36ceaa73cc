import { VirtualClock } from "@plumbline/clock";
import { expect, test } from "vitest";
import { waitUntilListed } from "../../src/apply/read-after-write.ts";
import type { Aws } from "../../src/aws/aws.ts";
import type { Environment } from "../../src/config/environment.ts";
import type { Kind, Live } from "../../src/kinds/kind.ts";
import type { Drivers } from "../../src/observe/drivers.ts";

const environment = { project: "shop", name: "prod", nodes: [] } as unknown as Environment;

/** The lists show the new object from this second on. Returns the seconds at which they were read. */
async function waited(
  shownFrom: number,
  stopAt?: number,
): Promise<{ readonly looks: number[]; readonly seen: readonly string[]; readonly seconds: number }> {
  const clock = new VirtualClock();
  const began = clock.now();
  const seconds = () => (clock.now() - began) / 1000;
  const looks: number[] = [];
  const live = { id: "t-1", aliases: [] } as unknown as Live;
  const driver = {
    async *list() {
      looks.push(seconds());
      if (seconds() >= shownFrom) yield live;
    },
  };
  const drivers = { of: async () => driver } as unknown as Drivers;
  const kinds = [{ name: "thing" }, { name: "other" }] as Kind[];
  const stop = new AbortController();
  if (stopAt !== undefined) void clock.sleep(stopAt * 1000).then(() => stop.abort());
  const made = new Map([["thing/a", "t-1"]]);
  const seen = await waitUntilListed(kinds, drivers, { clock } as unknown as Aws, environment, made, stop.signal);
  return { looks, seen: [...seen.keys()], seconds: seconds() };
}

test("objects that the lists show at once need no further wait, and kinds without new objects are not listed", async () => {
  expect(await waited(0)).toEqual({ looks: [0], seen: ["thing/a"], seconds: 0 });
});

test("it looks again until the lists show it", async () => {
  expect(await waited(10)).toEqual({ looks: [0, 1, 3, 7, 15], seen: ["thing/a"], seconds: 15 });
});

test("after two minutes it lists once more, and gives up", async () => {
  expect(await waited(90)).toEqual({ looks: [0, 1, 3, 7, 15, 30, 60, 120], seen: ["thing/a"], seconds: 120 });
  expect(await waited(1000)).toEqual({ looks: [0, 1, 3, 7, 15, 30, 60, 120], seen: [], seconds: 120 });
});

test("a run that is stopped lists once more, and waits no longer", async () => {
  expect(await waited(1000, 40)).toEqual({ looks: [0, 1, 3, 7, 15, 30, 40], seen: [], seconds: 40 });
});
