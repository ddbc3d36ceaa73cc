/**
 * The colours and fonts of pictures. Every colour is a literal and stands in one line with its dark partner: some renderers know no
 * variables (librsvg), and a selector without a dark colour would be a blot.
 */

/** Selector, property, light, dark. */
type Colour = readonly [selector: string, property: "fill" | "stroke", light: string, dark: string];

export const colours: readonly Colour[] = [
  [".bg", "fill", "#ffffff", "#0d1117"],
  ["text", "fill", "#1f2328", "#e6edf3"],
  [".dim,.zone,.card .s", "fill", "#59636e", "#9198a1"],
  [".frame>rect", "fill", "#fbfcfd", "#11161d"],
  [".frame>rect", "stroke", "#8c959f", "#59636e"],
  [".t-public>rect", "fill", "#effaf2", "#0f2417"],
  [".t-public>rect", "stroke", "#8fcaa0", "#2e6b3f"],
  [".t-private>rect", "fill", "#eef5fe", "#0f1d30"],
  [".t-private>rect", "stroke", "#9dc1ee", "#2f5c93"],
  [".t-isolated>rect", "fill", "#f5f3fb", "#1a1630"],
  [".t-isolated>rect", "stroke", "#bdb0df", "#57458c"],
  [".card>rect,.pill>rect", "fill", "#ffffff", "#161b22"],
  [".card>rect", "stroke", "#d0d7de", "#3d444d"],
  [".pill>rect", "stroke", "#8c959f", "#6e7681"],
  [".glyph", "stroke", "#57606a", "#9198a1"],
  [".g-database .glyph", "stroke", "#6639ba", "#a371f7"],
  [".g-machine .glyph,.g-machines .glyph", "stroke", "#bc4c00", "#f0883e"],
  [".g-balancer .glyph,.g-nat .glyph,.g-endpoint .glyph", "stroke", "#0969da", "#58a6ff"],
  [".chip rect", "fill", "#f6f8fa", "#21262d"],
  [".chip rect", "stroke", "#d0d7de", "#3d444d"],
  [".chip text", "fill", "#424a53", "#b1bac4"],
  [".c-update rect,.c-restart rect,.c-retag rect", "fill", "#fff8c5", "#3d2e00"],
  [".c-update rect,.c-restart rect,.c-retag rect", "stroke", "#bf8700", "#d29922"],
  [".c-create rect", "fill", "#dafbe1", "#0f2f17"],
  [".c-create rect", "stroke", "#1a7f37", "#3fb950"],
  [".c-replace rect", "fill", "#fbefff", "#2b1a45"],
  [".c-replace rect", "stroke", "#8250df", "#a371f7"],
  [".c-delete rect", "fill", "#ffebe9", "#3d1214"],
  [".c-delete rect", "stroke", "#cf222e", "#f85149"],
  [".f-in", "stroke", "#cf5a00", "#f0883e"],
  [".f-mid", "stroke", "#0969da", "#58a6ff"],
  [".f-data,.f-copy", "stroke", "#7045af", "#a371f7"],
  [".f-ref", "stroke", "#6e7781", "#7d8590"],
  [".f-closes", "stroke", "#cf222e", "#f85149"],
  [".x-in", "fill", "#cf5a00", "#f0883e"],
  [".x-mid", "fill", "#0969da", "#58a6ff"],
  [".x-data,.x-copy", "fill", "#7045af", "#a371f7"],
  [".x-ref", "fill", "#6e7781", "#7d8590"],
  [".x-closes", "fill", "#cf222e", "#f85149"],
  [".label>rect", "fill", "#ffffff", "#161b22"],
  [".l-in>rect", "stroke", "#cf5a00", "#f0883e"],
  [".l-in>text", "fill", "#a04100", "#f0883e"],
  [".l-mid>rect", "stroke", "#0969da", "#58a6ff"],
  [".l-mid>text", "fill", "#0550ae", "#79c0ff"],
  [".l-data>rect", "stroke", "#7045af", "#a371f7"],
  [".l-data>text", "fill", "#5b2f9c", "#d2a8ff"],
  [".l-copy>rect", "stroke", "#bdb0df", "#57458c"],
  [".l-copy>text", "fill", "#59636e", "#9198a1"],
  [".l-closes>rect", "stroke", "#cf222e", "#f85149"],
  [".l-closes>text", "fill", "#a40e26", "#ff7b72"],
  [".badge text", "fill", "#ffffff", "#0d1117"],
  [".b-create circle", "fill", "#1a7f37", "#3fb950"],
  [".b-update circle,.b-restart circle,.b-retag circle", "fill", "#9a6700", "#d29922"],
  [".b-replace circle", "fill", "#8250df", "#a371f7"],
  [".b-delete circle", "fill", "#cf222e", "#f85149"],
  [".b-keep circle", "fill", "#59636e", "#9198a1"],
  [".m-create>rect", "stroke", "#1a7f37", "#3fb950"],
  [".m-update>rect,.m-restart>rect,.m-retag>rect", "stroke", "#bf8700", "#d29922"],
  [".m-replace>rect", "stroke", "#8250df", "#a371f7"],
  [".m-delete>rect", "stroke", "#cf222e", "#f85149"],
];

/** The other styles. The sizes are those of faces.ts. */
const shapes = `svg{font-family:Helvetica,Arial,"Liberation Sans","Noto Sans CJK KR","DejaVu Sans Condensed",sans-serif;font-size:12px}
.h1{font-size:19px;font-weight:700}.h2{font-size:15px;font-weight:700}.h3,.t{font-size:13px;font-weight:700}.name{font-weight:700}.dim,.card .s{font-size:11px}
.mono{font-family:"DejaVu Sans Mono",Menlo,Consolas,"Liberation Mono",monospace;font-size:10.5px}.zone{font-size:11.5px;font-weight:700}
.frame>rect{stroke-width:1.5}.foreign>rect{stroke-dasharray:7 4}.cell>rect,.card>rect,.label>rect{stroke-width:1.2}.pill>rect{stroke-width:1.4}.elastic>rect{stroke-dasharray:6 4}
.glyph{fill:none;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}.chip text{font-size:10px}.label text{font-size:11px;font-weight:700}.l-copy text{font-size:10px;font-weight:400}
.flow{fill:none;stroke-width:1.7}.f-copy{stroke-dasharray:4 3;stroke-width:1.4}.f-ref{stroke-width:1.2}.opens{stroke-width:3}.f-closes{stroke-dasharray:6 4}
.badge text{font-weight:700;font-size:12px}.m-create>rect,.m-update>rect,.m-restart>rect,.m-retag>rect,.m-replace>rect,.m-delete>rect{stroke-width:2}.m-delete>rect{stroke-dasharray:5 3}.m-delete .name,.m-delete .t,.l-closes text{text-decoration:line-through}.quiet{opacity:.6}`;

/** Returns the style of a picture that stands alone. It is dark when the reader's system is. */
export function styleText(): string {
  return `${shapes}\n${rulesOf("light")}\n@media (prefers-color-scheme:dark){${rulesOf("dark")}}`;
}

/** Returns the style of a picture in a page that has a switch. Every selector is below `scope`. */
export function scopedStyle(scheme: "light" | "dark", scope: string): string {
  return rulesOf(scheme, scope);
}

export const plainShapes = shapes;

function rulesOf(scheme: "light" | "dark", scope = ""): string {
  return colours
    .map(([selector, property, light, dark]) => {
      const scoped =
        scope === ""
          ? selector
          : selector
              .split(",")
              .map((one) => `${scope} ${one}`)
              .join(",");
      return `${scoped}{${property}:${scheme === "light" ? light : dark}}`;
    })
    .join("");
}
