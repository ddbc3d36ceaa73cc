/**
 * A plan, or a network, as one HTML file that loads nothing: no request, no font, no image. It can be read without script, on paper and by
 * screen readers. The script adds the filter, the states of the picture and the links between picture and rows.
 */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { escape } from "../../picture/svg.ts";
import { scopedStyle, plainShapes } from "../../picture/style.ts";
import { pageScript } from "./script.ts";
import { pageStyle } from "./style.ts";

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly html: string;
}

export interface Page {
  readonly title: string;
  readonly heading: string;
  /** Lines under the heading: the account, the counts. */
  readonly lines: readonly string[];
  readonly sections: readonly Section[];
  /** Data for tools, shown on request. */
  readonly data?: object;
}

export function pageHtml({ title, heading, lines, sections, data }: Page): string {
  const hash = createHash("sha256").update(pageScript).digest("base64");
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const json = data === undefined ? undefined : jsonInHtml(data);
  const isPacked = json !== undefined && json.length > longestJson;
  const all = json === undefined ? sections : [...sections, dataSection(isPacked)];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)}</title>
<style>${pageStyle}
${plainShapes}
${scopedStyle("light", ".picture")}
@media (prefers-color-scheme:dark){${scopedStyle("dark", ":root:not([data-theme=light]) .picture")}}
${scopedStyle("dark", ":root[data-theme=dark] .picture")}
@media print{${scopedStyle("light", ":root .picture.picture.picture")}}</style>
</head>
<body>
<a class="skip" href="#${sections[0]?.id ?? "main"}">Skip to the content</a>
<header>
<div><h1>${escape(heading)}</h1>
${lines.map((line) => `<p>${escape(line)}</p>`).join("\n")}</div>
<nav aria-label="Sections">${all.map(({ id, title }) => `<a href="#${id}">${escape(title)}</a>`).join("")}<button type="button" id="theme" hidden>Dark or light</button></nav>
</header>
<main id="main">
${all.map(({ id, title, html }) => `<section id="${id}" aria-labelledby="${id}-title">\n<h2 id="${id}-title">${escape(title)}</h2>\n${html}\n</section>`).join("\n")}
</main>
${json === undefined ? "" : dataElement(json, isPacked)}<script>${pageScript}</script>
</body>
</html>
`;
}

/** Longer data are compressed: with a thousand resources they are half of the page. */
const longestJson = 200_000;

function dataSection(isPacked: boolean): Section {
  const packed = isPacked ? ", in gzip and base64" : "";
  return {
    id: "raw",
    title: "Raw JSON",
    html: `<p id="raw-note">The same as <code>infra plan --format json</code>; this file contains it in the element <code>#data</code>${packed}.</p><details id="raw-details" hidden><summary>Show it</summary><pre id="raw-text" tabindex="0"></pre></details>`,
  };
}

function dataElement(json: string, isPacked: boolean): string {
  if (!isPacked) return `<script type="application/json" id="data">${json}</script>\n`;
  return `<script type="text/plain" id="data" data-packed>${gzipSync(json).toString("base64")}</script>\n`;
}

/** Returns JSON that cannot end an HTML element, whatever texts it contains. */
export function jsonInHtml(data: object): string {
  return JSON.stringify(data).replaceAll("<", "\\u003c").replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}
