import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";

const root = join(import.meta.dirname, "../..");

/** Returns which files of these folders import each other; type imports count too. */
export function importsIn(...folders: string[]): Map<string, string[]> {
  const names = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
      .filter((name) => name.endsWith(".ts") && !/(^|\/)(node_modules|dist|\.tmp)\//.test(name)),
  );
  const all = new Set(names);
  return new Map(
    names.map((name) => {
      const imported = [...readFileSync(join(root, name), "utf8").matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)];
      return [name, imported.map(([, path]) => posix.join(dirname(name), path!)).filter((path) => all.has(path))];
    }),
  );
}
