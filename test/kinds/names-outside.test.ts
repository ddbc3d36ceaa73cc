/** No kind is named outside of src/kinds. The engine knows only the contract, and a new kind brings everything itself. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kinds } from "../../src/kinds/index.ts";

const root = new URL("../..", import.meta.url).pathname;

/** Words that mean something else in a file, or that only people read. */
const meansElse: Readonly<Record<string, readonly string[]>> = {
  "cli/commands/import.ts": ["vpc"], // how much an import includes
  "cli/program.ts": ["vpc"],
  "config/files/foreign-files.ts": ["volumes", "secrets"], // sections of Docker Compose
  "config/expand/parameters.ts": ["parameter", "parameters"], // parameters of a part
  "config/schema/part-schema.ts": ["parameters"],
  "config/expand/parts.ts": ["parameters"],
  "config/expand/uses.ts": ["parameters"], // parameters of a part, as opposed to the section
  "config/expand/variables.ts": ["parameter"],
  "config/expand/why-missing.ts": ["parameter"], // a parameter of a part
  "config/edit/written-names.ts": ["parameters"], // parameters of a part
  "config/schema/schema.ts": ["subnet/web", "subnet/web-a", "dbInstance/main", "vpc/main"], // examples
  "diag/codes/kinds.ts": ["internetGateways"], // text of a page
  "import/discover.ts": ["vpc"],
  "lsp/names.ts": ["parameters"], // parameters of a part
  "observe/foreign.ts": ["networkInterfaces"], // the name that a note uses when the read is denied
  "iam/place.ts": ["parameter/${path}"], // the end of an ARN of SSM
  "picture/overview.ts": ["subnet"], // a word for people
  "plan/meanwhile/widest-networks.ts": ["subnet", "vpc"], // the places of a network
  "reach/direct.ts": ["subnet"],
  "reach/related.ts": ["subnet", "vpc"],
  "reach/steps.ts": ["vpc"],
  "reach/tables.ts": ["vpc"],
  "reach/translated.ts": ["subnet"],
  "render/explain.ts": ["image"], // an expression for an image
  "resource/fields.ts": ["image", "image/NAME"], // the kind that such an expression may name
};

test("kinds are named in src/kinds alone", () => {
  const words = new Set(kinds.flatMap(({ name, section }) => [name, section]));
  const src = join(root, "src");
  const files = readdirSync(src, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts") && !path.startsWith("kinds/"));
  const found: string[] = [];
  const needed = new Set<string>();
  for (const path of files)
    for (const [i, line] of readFileSync(join(src, path), "utf8").split("\n").entries()) {
      if (/^\s*(\/\*|\*|\/\/)/.test(line)) continue;
      for (const [, text, word] of line.replace(/\s\/\/ .*$/, "").matchAll(/["'`](([a-zA-Z]+)(?:\/[^"'`]*)?)["'`]/g)) {
        if (!words.has(word!)) continue;
        if (meansElse[path]?.includes(text!)) needed.add(`${path} ${text}`);
        else found.push(`src/${path}:${i + 1}: ${line.trim()}`);
      }
    }
  expect(found).toEqual([]);
  const allowed = Object.entries(meansElse).flatMap(([path, texts]) => texts.map((text) => `${path} ${text}`));
  expect(
    allowed.filter((one) => !needed.has(one)),
    "exceptions that nothing needs",
  ).toEqual([]);
});

/** A plan uses what kinds declare. Only kinds know the names and rules of services. */
test("no file of src/plan names a service", () => {
  const services = new Set(kinds.flatMap(({ iam }) => [...iam.read, ...iam.write].map((action) => action.slice(0, action.indexOf(":")))));
  expect(services.size).toBeGreaterThan(10);
  const named = new RegExp(
    `\\b(${[...services].join("|")}):[A-Z]|["'\`](${[...services].filter((one) => one !== "tag").join("|")})["'\`]|\\barn:|amazonaws|AWS::`,
  );
  const folder = join(root, "src/plan");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  expect(files.length).toBeGreaterThan(20);
  const found = files.flatMap((path) =>
    readFileSync(join(folder, path), "utf8")
      .split("\n")
      .flatMap((line, i) => (named.test(line) ? [`src/plan/${path}:${i + 1}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});
