import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";
import { groups, placeOf } from "../groups.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const repository = `https://github.com/${process.env["GITHUB_REPOSITORY"] ?? "OWNER/REPO"}`;
const copies = fileURLToPath(new URL("../pages/", import.meta.url));
const pages = groups.flatMap((group) => group.pages);
/** The file of a place in the site, which is all that VitePress tells of the page it renders. */
const fileOf = (place: string): string =>
  pages.find((page) => placeOf(page) === place) ?? (existsSync(join(root, "docs", place)) ? `docs/${place}` : place);
const titleOf = (page: string): string => /^# (.+)$/m.exec(readFileSync(join(root, page), "utf8"))![1]!;

// VitePress finds Vue only from pages below its own node_modules, so that they are copied there, each where it stands in the repository.
rmSync(copies, { recursive: true, force: true });
for (const path of [...pages, "docs/decisions", "docs/pictures", "docs/recording.svg", "bench/results"])
  cpSync(join(root, path), join(copies, path), { recursive: true });

export default defineConfig({
  title: "Plumbline",
  description: "Makes AWS match the environments that you write in YAML. No state file.",
  lang: "en",
  base: process.env["SITE_BASE"] ?? "/",
  srcDir: copies,
  outDir: fileURLToPath(new URL("../dist", import.meta.url)),
  rewrites: Object.fromEntries([...pages, "docs/decisions/:name.md", "bench/results/:name.md"].map((page) => [page, placeOf(page)])),
  markdown: {
    // Pages are written for the repository: a link to another page becomes its place here, a link to code leads to the repository.
    config(markdown) {
      markdown.core.ruler.push("links-of-the-repository", ({ tokens, env }) => {
        const page = fileOf(env.relativePath);
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          const href = token.type === "link_open" ? token.attrGet("href") : null;
          if (href === null || /^([a-z]+:|#|\/)/.test(href)) continue;
          const [path, anchor] = href.split("#") as [string, string?];
          const target = posix.join(posix.dirname(page), path);
          const isHere = target.endsWith(".md") && !target.startsWith(".github/");
          token.attrSet("href", (isHere ? `/${placeOf(target)}` : `${repository}/tree/main/${target}`) + (anchor ? `#${anchor}` : ""));
        }
      });
    },
  },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      { text: "Quick start", link: "/quick-start" },
      { text: "Environment file", link: "/format" },
      { text: "Commands", link: "/commands" },
      { text: "Errors", link: "/errors" },
    ],
    sidebar: groups.map(({ text, pages: of }, i) => ({
      text,
      collapsed: i > 2,
      items: of.map((page) => ({ text: titleOf(page), link: `/${placeOf(page).replace(/(index)?\.md$/, "")}` })),
    })),
    socialLinks: [{ icon: "github", link: repository }],
    editLink: { pattern: `${repository}/edit/main/:path`, text: "Edit this page" },
  },
});
