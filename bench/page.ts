/** Measures how much work the HTML page of a plan is for a browser. */
import { existsSync, readdirSync, readFileSync } from "node:fs";

const browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const repeats = 5;

/**
 * Returns the processor seconds of Chromium's renderer until the page responds: the median of several fresh tabs of one browser. Returns
 * undefined where no browser is installed. Wall time would include the other work of the host.
 */
export async function secondsUntilReady(file: string): Promise<number | undefined> {
  const executablePath = browsers.find((path) => existsSync(path));
  if (executablePath === undefined || !existsSync("/proc/self/stat")) return undefined;
  const { chromium } = await import("playwright-core");
  const server = await chromium.launchServer({ executablePath, args: ["--no-sandbox"] });
  const browser = await chromium.connect(server.wsEndpoint());
  try {
    const took: number[] = [];
    for (let i = 0; i < repeats; i++) {
      const page = await browser.newPage();
      await page.goto("about:blank");
      const before = renderersOf(server.process().pid!);
      await page.goto(`file://${file}`, { waitUntil: "domcontentloaded", timeout: 120_000 });
      took.push(renderersOf(server.process().pid!) - before);
      await page.close();
    }
    return took.sort((a, b) => a - b)[repeats >> 1]!;
  } finally {
    await browser.close();
    await server.close();
  }
}

/**
 * Returns the processor seconds of all renderers among the children of a process: fields 4, 14 and 15 of `stat` in proc(5), in hundredths.
 */
function renderersOf(root: number): number {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        const isRenderer = readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer");
        return [{ pid: Number(pid), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]), isRenderer }];
      } catch {
        return []; // the process ended meanwhile
      }
    });
  const family = new Set([root]);
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  return all.filter(({ pid, isRenderer }) => isRenderer && family.has(pid)).reduce((sum, { ticks }) => sum + ticks, 0) / 100;
}
