import { existsSync, readFileSync } from "node:fs";
import { getAsset, isSea } from "node:sea";
import { fileURLToPath } from "node:url";

/** The folder in a clone of each folder of texts that the build puts beside the program. */
const sources: Readonly<Record<string, string>> = { github: ".github", gitlab: "templates", environments: "environments", docs: "docs" };

/** A text that ships with the program, by its path in dist/. A single executable carries it inside. */
export function shipped(path: string): string {
  if (isSea()) return getAsset(path, "utf8");
  const [folder = "", ...rest] = path.split("/");
  const places = [`./${path}`, `../${path}`, `../../${[sources[folder], ...rest].join("/")}`];
  const found = places.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((file) => existsSync(file));
  if (found === undefined) throw new Error(`${path} is missing from this installation`);
  return readFileSync(found, "utf8");
}
