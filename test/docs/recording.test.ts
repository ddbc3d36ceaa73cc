/** docs/recording.svg shows the output that the commands print today; `npm run record` writes it again. */
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { recorded, screenOf } from "../../bench/recorded.ts";
import { Shell } from "./shell.ts";
import { callsOfReadersIn, normal } from "./transcript.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

test("docs/recording.svg shows what the commands print", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "recording-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  cpSync(join(root, "environments"), join(cwd, "environments"), { recursive: true });
  const shell = new Shell(cwd);
  const screen: string[] = [];
  for (const command of recorded) screen.push(...screenOf(command, await shell.run(`infra --sandbox ${command}`)));
  const [shown, printed] = [textIn(readFileSync(join(root, "docs/recording.svg"), "utf8")), screen.join("\n")];
  expect(words(shown), "`npm run record` makes it so").toEqual(words(printed));
  expect(callsOfReadersIn(shown), "`npm run record` makes it so").toBe(callsOfReadersIn(printed));
});

/** Returns the lines of a recording. Blanks between two colours are not in it. */
function textIn(svg: string): string {
  const rows = [...svg.matchAll(/^(?:<text .*<\/text>)+$/gm)].map(([row]) => row.replaceAll("</text>", " ").replace(/<[^>]*>/g, ""));
  const signs: Readonly<Record<string, string>> = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&" };
  return rows.join("\n").replace(/&\w+;/g, (sign) => signs[sign] ?? sign);
}

/** Splits the text into words and single lines, because a colour may begin without a blank before it. */
function words(text: string): string[] {
  return normal(text)
    .split("\n")
    .map((line) => line.replace(/\s+/g, ""))
    .filter((line) => line !== "");
}
