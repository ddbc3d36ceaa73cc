/** The style of the page around the picture. It can use CSS variables, because every browser knows them. */
const light =
  "--ground:#ffffff;--text:#1f2328;--dim:#59636e;--line:#d1d9e0;--soft:#f6f8fa;--link:#0550ae;--add:#116329;--del:#a40e26;--chg:#7d4e00;--rep:#6639ba;--lit:#fff8c5;--ring:#0969da";
const dark =
  "--ground:#0d1117;--text:#e6edf3;--dim:#9198a1;--line:#3d444d;--soft:#161b22;--link:#79c0ff;--add:#3fb950;--del:#ff7b72;--chg:#e3b341;--rep:#d2a8ff;--lit:#3d2e00;--ring:#58a6ff";

export const pageStyle = `:root{color-scheme:light dark;${light}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){${dark}}}
:root[data-theme=dark]{color-scheme:dark;${dark}}:root[data-theme=light]{color-scheme:light}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--text);font:14px/1.5 Helvetica,Arial,"Liberation Sans",sans-serif}
header,main{max-width:1400px;margin:0 auto;padding:16px 24px}header{display:flex;flex-wrap:wrap;gap:8px 32px;justify-content:space-between;align-items:end;border-bottom:1px solid var(--line)}
h1{font-size:24px;margin:0}h2{font-size:18px;margin:24px 0 12px}p{margin:4px 0}header p,.at,.because,.note{color:var(--dim)}
nav{display:flex;flex-wrap:wrap;gap:4px 18px;align-items:center}a{color:var(--link)}.skip{position:absolute;left:-999em}.skip:focus{left:8px;top:8px;background:var(--ground);padding:8px}
button,input{font:inherit;color:var(--text);background:var(--soft);border:1px solid var(--line);border-radius:6px;padding:4px 12px;min-height:32px}button{cursor:pointer}
button[aria-pressed=true]{border-color:var(--ring);box-shadow:inset 0 0 0 1px var(--ring);font-weight:700}:focus-visible{outline:2px solid var(--ring);outline-offset:2px}
.tools{display:flex;flex-wrap:wrap;gap:8px;align-items:center;margin:8px 0}.tools[hidden]{display:none}.tools input{min-width:min(320px,100%)}fieldset{border:0;padding:0;margin:0;display:flex;flex-wrap:wrap;gap:8px}legend{float:left;padding:5px 4px 0 0}
.picture{overflow:auto;border:1px solid var(--line);border-radius:8px}.picture svg{display:block;max-width:none;margin:0 auto}.picture [data-a],.picture [data-flow]{cursor:pointer}
.picture .lit>rect{stroke-width:4}.picture path.lit{stroke-width:4}.picture[data-state=before] .m-create,.picture[data-state=before] [data-change=opens],.picture[data-state=before] [data-only=after],.picture[data-state=after] [data-only=before],.picture[data-state=after] .m-delete,.picture[data-state=after] [data-change=closes]{display:none}
.steps{list-style:none;margin:0;padding:0;border-top:1px solid var(--line)}.steps>li{border-bottom:1px solid var(--line);content-visibility:auto;contain-intrinsic-size:auto 34px}.steps>li.lit{background:var(--lit)}.steps summary{padding:6px 8px;cursor:pointer}
code,pre,.sign,.steps .lines{font-family:"DejaVu Sans Mono",Menlo,Consolas,"Liberation Mono",monospace;font-size:13px}.lines .at,.lines .warn{font-family:Helvetica,Arial,"Liberation Sans",sans-serif}.sign{display:inline-block;width:2.2em;font-weight:700}
.lines{list-style:none;margin:0 0 8px;padding:0 8px 0 44px}.lines li{white-space:pre-wrap;overflow-wrap:anywhere}.lines .nested{padding-left:2em}.warn{font-weight:700;color:var(--del)}
.add,.a-create .sign{color:var(--add)}.del,.a-delete .sign{color:var(--del)}.chg,.a-update .sign,.a-restart .sign,.a-retag .sign{color:var(--chg)}.a-replace .sign{color:var(--rep)}
.wide{overflow:auto}table{border-collapse:collapse}th,td{border:1px solid var(--line);padding:4px 10px;text-align:left;vertical-align:top}th{background:var(--soft);white-space:nowrap}th[scope=row]{position:sticky;left:0}td .del{text-decoration:line-through}.note{margin:4px 0 8px}
pre{background:var(--soft);padding:12px;border-radius:6px;overflow:auto;max-height:600px}
@media print{:root,:root[data-theme=dark],:root:not([data-theme=light]){color-scheme:light;${light}}nav,.tools,.skip,#raw{display:none!important}.picture{overflow:visible;border:0}.picture svg{max-width:100%;height:auto}details::details-content{content-visibility:visible;display:block;height:auto}.steps>li{break-inside:avoid;content-visibility:visible}}`;
