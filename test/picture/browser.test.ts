/** The HTML page in a real browser. Where there is none, the tests are skipped with a message. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { estates } from "../../bench/workloads.ts";
import { resourceIndexOf } from "../../src/config/kind-checks.ts";
import { kinds } from "../../src/kinds/index.ts";
import { planPage } from "../../src/cli/apply/plan-picture.ts";
import type { Environment } from "../../src/config/environment.ts";
import type { PlanRun } from "../../src/engine.ts";
import type { Spec, Subject } from "../../src/kinds/kind.ts";
import { inputOfPlan } from "../../src/picture/changes.ts";
import { pictureOf } from "../../src/picture/picture.ts";
import { makePlan } from "../../src/plan/make-plan.ts";
import type { Observed } from "../../src/plan/observed.ts";
import type { Plan, Step } from "../../src/plan/plan.ts";
import { reachChanges, ReachNetworks } from "../../src/plan/reach.ts";
import { planHtml } from "../../src/render/html/plan.ts";
import { loadText } from "../support/testbed.ts";

const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
if (chromium === undefined) console.warn("SKIPPED test/picture/browser.test.ts: no Chromium is installed (apt-get install chromium)");

const hostile = '<script>document.title="hacked"</script>"\'&';
const subjects = networkOf(3);
const html = pageOf(subjects, subjects.slice(0, -2));

describe.skipIf(chromium === undefined)("the page of a plan in Chromium (skipped where none is installed)", () => {
  let browser: Browser;
  beforeAll(async () => {
    const { chromium: engine } = await import("playwright-core");
    browser = await engine.launch({ executablePath: chromium!, args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser?.close();
  });

  /** Opens the page and runs `work` in it. Every request of the page is recorded and refused. */
  async function open<T>(
    work: (page: Page, requests: readonly string[]) => Promise<T>,
    options: BrowserContextOptions = {},
    text = html,
    hash = "",
  ): Promise<T> {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(150_000); // an action that takes a second alone takes long on a busy host
    const requests: string[] = [];
    await context.route("**/*", (route) => {
      const url = route.request().url();
      if (url.startsWith("http://plan.test/")) return route.fulfill({ contentType: "text/html; charset=utf-8", body: text });
      requests.push(url);
      return route.abort();
    });
    const page = await context.newPage();
    page.on("pageerror", (error) => requests.push(`error: ${error.message}`));
    try {
      await page.goto(`http://plan.test/${hash}`);
      return await work(page, requests);
    } finally {
      await context.close();
    }
  }

  const shownRows = (page: Page) => page.locator(".steps>li:visible").count();

  test.each(["light", "dark"] as const)("axe finds nothing in the %s scheme", async (colorScheme) => {
    const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    const found = await open(
      async (page) => {
        await page.locator(".steps summary").first().click();
        await page.evaluate(axe);
        return page.evaluate(async () => {
          const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
          return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
        });
      },
      { colorScheme, bypassCSP: true },
    );
    expect(found).toEqual([]);
  });

  test("it asks for nothing, breaks nothing, and shows hostile names as text", () =>
    open(async (page, requests) => {
      expect(await page.evaluate<string>("document.documentElement.dataset.ready")).toBe("");
      expect(await page.title()).toBe("Plan of lab/dev");
      expect(await page.locator(".steps").textContent()).toContain(hostile);
      expect(requests).toEqual([]);
    }));

  test("/ and a word filter, the address keeps it, and a new visit restores it", async () => {
    const hash = await open(async (page) => {
      const all = await shownRows(page);
      await page.keyboard.press("/");
      await page.keyboard.type("instance/web-1");
      expect(await shownRows(page)).toBe(1);
      expect(await page.locator("#shown").textContent()).toBe(`1 of ${all} shown`);
      await page.locator('[data-toggle="create"]').click();
      expect(await shownRows(page)).toBe(0);
      return page.evaluate<string>("location.hash");
    });
    await open(
      async (page) => {
        expect(await page.locator("#filter").inputValue()).toBe("instance/web-1");
        expect(await page.locator('[data-toggle="create"]').getAttribute("aria-pressed")).toBe("false");
        expect(await shownRows(page)).toBe(0);
      },
      {},
      html,
      hash,
    );
  });

  test("rows and picture highlight each other, and before and after hide missing objects", () =>
    open(async (page) => {
      await page.locator('[data-address="instance/web-0"] summary').focus();
      expect(await page.locator('.picture g.lit[data-a~="instance/web-0"]').count()).toBe(1);
      await page.locator('.picture g.card[data-a~="instance/web-1"]').click();
      expect(await page.evaluate<string>("document.activeElement.closest('li').dataset.address")).toBe("instance/web-1");
      const fresh = page.locator('.picture g.m-create[data-a~="instance/web-2"]');
      const line = page.locator('.picture path[data-only="after"][data-a~="instance/web-2"]');
      expect(await line.isVisible()).toBe(true);
      expect(await fresh.isVisible()).toBe(true);
      await page.locator('[data-show="before"]').click();
      expect(await fresh.isVisible()).toBe(false);
      expect(await line.isVisible()).toBe(false);
      await page.locator('[data-show="after"]').click();
      expect(await fresh.isVisible()).toBe(true);
    }));

  test("by keyboard alone: to the first row, open it, out of the filter", () =>
    open(async (page) => {
      const all = await shownRows(page);
      await page.keyboard.press("/");
      await page.keyboard.type("web-2");
      expect(await shownRows(page)).toBe(1);
      await page.keyboard.press("Escape");
      expect(await shownRows(page)).toBe(all);
      const at = () => page.evaluate<string>("document.activeElement.closest('li')?.dataset.address ?? ''");
      for (let i = 0; i < 20 && (await at()) === ""; i++) await page.keyboard.press("Tab");
      const address = await at();
      expect(address).not.toBe("");
      await page.keyboard.press("Enter");
      expect(await page.locator(`[data-address="${address}"] .lines`).first().isVisible()).toBe(true);
      expect(await page.locator(`.picture .lit[data-a~="${address}"]`).count()).toBeGreaterThan(0);
    }));

  test("on paper it is light and whole, also from a dark screen", () =>
    open(
      async (page) => {
        await page.locator("#theme").click();
        await page.locator("#theme").click();
        expect(await page.evaluate("document.documentElement.dataset.theme")).toBe("dark");
        await page.emulateMedia({ media: "print" });
        await page.evaluate("dispatchEvent(new Event('beforeprint'))");
        const colour = (query: string, property: string) =>
          page.evaluate(`getComputedStyle(document.querySelector("${query}")).${property}`);
        expect(await colour("body", "backgroundColor")).toBe("rgb(255, 255, 255)");
        expect(await colour(".picture .bg", "fill")).toBe("rgb(255, 255, 255)");
        expect(await colour(".picture .card .t", "fill")).toBe("rgb(31, 35, 40)");
        expect(await page.locator(".steps .lines:visible").count()).toBe(subjects.length);
        expect(await page.locator("nav:visible, .tools:visible").count()).toBe(0);
        expect((await page.pdf()).subarray(0, 5).toString()).toBe("%PDF-");
      },
      { colorScheme: "dark" },
    ));

  test("without script everything is there, and no control that would do nothing", () =>
    open(
      async (page) => {
        expect(await shownRows(page)).toBe(subjects.length);
        expect(await page.locator(".tools:visible, button:visible").count()).toBe(0);
        expect(await page.locator(".picture svg").isVisible()).toBe(true);
        await page.locator(".steps summary").first().click();
        expect(await page.locator(".steps .lines").first().isVisible()).toBe(true);
      },
      { javaScriptEnabled: false },
    ));

  test("24 VPCs with 984 resources: at most 1.5 MB, the filter answers, and the JSON is unpacked when it is asked for", async () => {
    const environment = loadText(estates(24).yaml);
    const many = environment.nodes;
    expect(many.length).toBe(984);
    const large = await realPageOf(environment);
    expect(Buffer.byteLength(large)).toBeLessThan(1_500_000);
    await open(
      async (page, requests) => {
        const { address } = many.at(-1)!;
        // Without queries that force a layout of the whole page again and again: they would take as long as everything else here.
        const shown = await page.evaluate<readonly string[]>(`(() => {
          const filter = document.getElementById("filter");
          filter.value = ${JSON.stringify(address)};
          filter.dispatchEvent(new Event("input"));
          return [...document.querySelectorAll(".steps>li")].filter((row) => !row.hidden).map((row) => row.dataset.address);
        })()`);
        expect(shown).toContain(address);
        expect(shown.length).toBeLessThan(50);
        await page.evaluate("document.getElementById('raw').style.display = 'none', document.getElementById('raw-details').open = true");
        // Not waitForFunction: it compiles a text in the page, which the page's own policy forbids.
        await expect.poll(() => page.evaluate("document.getElementById('raw-text').textContent !== ''"), { timeout: 60_000 }).toBe(true);
        const planned = "JSON.parse(document.getElementById('raw-text').textContent).resource_changes.map(({ address }) => address).sort()";
        expect(await page.evaluate(planned)).toEqual(many.map((one) => one.address).sort());
        expect(requests).toEqual([]);
      },
      {},
      large,
    );
  });

  test("texts of the picture do not overlap", () =>
    open(async (page) => {
      const texts = await page.evaluate<readonly { text: string; left: number; right: number; top: number; bottom: number }[]>(
        `[...document.querySelectorAll(".picture text")].map((one) => {
          const { left, right, top, bottom } = one.getBoundingClientRect();
          return { text: one.textContent, left, right, top, bottom };
        })`,
      );
      expect(texts.length).toBeGreaterThan(10);
      const overlapping = texts.flatMap((a, i) =>
        texts
          .slice(i + 1)
          .filter((b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 4 && b.top < a.bottom - 4)
          .map((b) => [a.text, b.text]),
      );
      expect(overlapping).toEqual([]);
    }));
});

function networkOf(machines: number): Subject[] {
  const resource = (kind: string, name: string, spec: object): Subject => ({ address: `${kind}/${name}`, kind, name, spec, tags: {} });
  return [
    resource("vpc", "main", { cidrBlock: "10.0.0.0/16" }),
    resource("internetGateway", "main", { vpc: "vpc/main" }),
    resource("subnet", "public-a", {
      vpc: "vpc/main",
      cidrBlock: "10.0.1.0/24",
      availabilityZone: "eu-west-1a",
      mapPublicIpOnLaunch: true,
    }),
    resource("routeTable", "public", {
      vpc: "vpc/main",
      routes: [{ destination: "0.0.0.0/0", target: "internetGateway/main" }],
      subnets: ["subnet/public-a"],
    }),
    resource("securityGroup", "web", { vpc: "vpc/main", ingress: [{ port: 443, source: "0.0.0.0/0" }] }),
    resource("topic", hostile, {}),
    ...Array.from({ length: machines }, (_, i) =>
      resource("instance", `web-${i}`, { subnet: "subnet/public-a", instanceType: "t3.micro", securityGroups: ["securityGroup/web"] }),
    ),
  ];
}

/**
 * Returns the page of the plan that creates a whole environment, as `infra plan` would write it: with every default and the connections
 * that it opens.
 */
async function realPageOf(environment: Environment): Promise<string> {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  const declared = new Map(
    environment.nodes.map((desired) => [desired.address, { kind: byName.get(desired.kind)!, desired, resolved: desired.spec as Spec }]),
  );
  const observed: Observed = {
    account: "123456789012",
    objects: new Map(),
    leftovers: [],
    dying: [],
    shown: new Map(),
    sighted: new Map(),
    ambiguous: new Map(),
    unadoptable: new Map(),
    notes: [],
  };
  const planned = makePlan({ environment, goal: "agree", declared, observed, lookups: { values: {} }, failed: new Set() });
  const reach = reachChanges(environment, planned, new ReachNetworks(kinds, environment, planned, observed));
  if (reach === "too-large") throw new Error("the estate of the test is not too large to be computed");
  const plan = { ...planned.plan, ...(reach && { reach }) };
  return planPage({ plan, planned, environment, observed, diagnostics: [], found: [] } as unknown as PlanRun, [], "0123456789abcdef");
}

/** Returns the page of a plan from one state of an account to another. */
function pageOf(wanted: readonly Subject[], before: readonly Subject[]): string {
  const here = new Set(before.map(({ address }) => address));
  const steps = wanted.map(({ address, kind, spec }): Step => {
    const base = {
      address,
      kind,
      because: "because the file says so",
      fingerprint: "",
      want: "",
      at: { file: "environments/dev.yaml", line: 7, column: 3 },
    };
    const changes = Object.entries(spec as Record<string, string>).map(([path, after]) => ({
      path,
      stage: "create",
      impact: "update" as const,
      after,
    }));
    if (!here.has(address)) return { ...base, action: "create", changes };
    return { ...base, action: "update", id: "id-0123", changes, tags: { set: {}, remove: [] } };
  });
  const plan: Plan = {
    project: "lab",
    environment: "dev",
    account: "123456789012",
    region: "eu-west-1",
    goal: "agree",
    isNew: before.length === 0,
    steps,
    notes: [{ code: "stranger", text: hostile }],
    lookups: {},
    objects: [],
  };
  const input = inputOfPlan({ kinds, plan, before, wanted, index: (all) => resourceIndexOf("eu-west-1", all) });
  return planHtml({ plan, diagnostics: [], picture: pictureOf(input, false), reached: input, commit: "0123456789abcdef" });
}
