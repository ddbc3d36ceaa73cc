/** Draws the coloured text of a terminal as SVG: `lines` may hold SGR codes. Pure. */
export function terminalSvg(lines: readonly string[], title: string): string {
  const runs = runsOf(lines);
  const columns = Math.max(...runs.map((line) => line.reduce((sum, { text }) => sum + text.length, 0)));
  const width = Math.ceil(columns * cell.width + 2 * margin);
  const height = Math.ceil(lines.length * cell.height + 2 * margin + bar);
  const rows = runs.map((line, row) => rowOf(line, margin + bar + (row + 0.75) * cell.height));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-label="${escaped(title)}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#1e2127"/>`,
    ...["#e06c75", "#e5c07b", "#98c379"].map((fill, place) => `<circle cx="${20 + place * 18}" cy="18" r="5.5" fill="${fill}"/>`),
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13" fill="${colours.plain}" xml:space="preserve">`,
    ...rows.filter((row) => row !== ""),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

const cell = { width: 7.83, height: 18 };
const margin = 16;
const bar = 20;
const colours = { plain: "#d7dae0", "31": "#f47067", "32": "#8ddb8c", "33": "#e5c07b" };

interface Style {
  readonly colour: keyof typeof colours;
  readonly weight: "normal" | "bold" | "faint";
}

interface Run extends Style {
  readonly text: string;
}

/** Splits each line into runs of one style. A style continues on the next lines until it is ended. */
function runsOf(lines: readonly string[]): Run[][] {
  let style: Style = { colour: "plain", weight: "normal" };
  return lines.map((line) =>
    // oxlint-disable-next-line no-control-regex -- SGR codes begin with a control character
    line.split(/(\u001b\[\d+m)/).flatMap((piece): Run[] => {
      const code = piece.startsWith("\u001b") ? piece.slice(2, -1) : undefined;
      if (code === undefined) return piece === "" ? [] : [{ ...style, text: piece }];
      style = after(style, code);
      return [];
    }),
  );
}

function after(style: Style, code: string): Style {
  if (code === "31" || code === "32" || code === "33") return { ...style, colour: code };
  if (code === "39") return { ...style, colour: "plain" };
  if (code === "1") return { ...style, weight: "bold" };
  if (code === "2") return { ...style, weight: "faint" };
  return code === "22" ? { ...style, weight: "normal" } : style;
}

function rowOf(runs: readonly Run[], y: number): string {
  let column = 0;
  return runs
    .map(({ text, colour, weight }) => {
      const x = margin + column * cell.width;
      column += text.length;
      if (text.trim() === "") return "";
      const look = `${colour === "plain" ? "" : ` fill="${colours[colour]}"`}${weight === "bold" ? ' font-weight="bold"' : weight === "faint" ? ' opacity="0.6"' : ""}`;
      return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" textLength="${(text.length * cell.width).toFixed(1)}"${look}>${escaped(text)}</text>`;
    })
    .join("");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
