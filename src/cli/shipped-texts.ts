import { existsSync, readFileSync } from "node:fs";
import { getAsset, isSea } from "node:sea";
import { fileURLToPath } from "node:url";

/** The build puts folders of texts beside the program. This maps each to its folder in a clone. */
const sources: Readonly<Record<string, string>> = { github: ".github", gitlab: "templates", environments: "environments", docs: "docs" };

/** Returns a text that ships with the program, by its path in dist/. A single executable contains the text itself. */
export function shipped(path: string): string {
  if (isSea()) return getAsset(path, "utf8");
  const [folder = "", ...rest] = path.split("/");
  const places = [`./${path}`, `../${path}`, `../../${[sources[folder], ...rest].join("/")}`];
  const found = places.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((file) => existsSync(file));
  if (found === undefined) throw new Error(`${path} is missing from this installation`);
  return readFileSync(found, "utf8");
}
