/** Properties of the page that need no browser. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Flow } from "../../src/picture/flows.ts";
import { flowsHtml } from "../../src/render/html/flows.ts";
import { jsonInHtml, pageHtml } from "../../src/render/html/page.ts";
import { planHtml } from "../../src/render/html/plan.ts";
import { agreeing, aimed, fought, mixed, opening } from "./fixtures.ts";

test.each([
  ["</script><script>alert(1)</script>", "\\u003c/script>\\u003cscript>alert(1)\\u003c/script>"],
  ["<!--", "\\u003c!--"],
  ["\u2028", "\\u2028"],
])("%j in JSON ends no element", (text, written) => {
  expect(jsonInHtml({ text })).toBe(`{"text":"${written}"}`);
  expect(JSON.parse(jsonInHtml({ text }))).toEqual({ text });
});

describe("a page", () => {
  const html = pageHtml({
    title: "<t>",
    heading: "a & b",
    lines: ["x < y"],
    sections: [{ id: "one", title: "One", html: "<p>1</p>" }],
    data: { a: "<" },
  });

  test("names its script by hash, and allows nothing else", () => {
    const script = /<script>([^]*?)<\/script>/.exec(html)![1]!;
    const hash = createHash("sha256").update(script).digest("base64");
    expect(html).toContain(
      `content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
    );
  });

  test("refers to nothing outside", () => expect(html.match(/\b(?:src|href)="(?!#)[^"]*"|url\(|@import/g)).toBeNull());

  test("escapes its input", () => {
    expect(html).toContain("<title>&lt;t&gt;</title>");
    expect(html).toContain("<h1>a &amp; b</h1>");
    expect(html).toContain("<p>x &lt; y</p>");
  });
});

const page = (plan: typeof mixed) =>
  planHtml({ plan, diagnostics: [], picture: "<svg></svg>", reached: { flows: [], by: "reach", notWeighed: [] } });

test("says that all agrees only where all was asked about and does", () => {
  expect(page(agreeing)).toMatch(/<p>No changes\. All \d+ resources in AWS match the configuration\.<\/p>/);
  expect(page(aimed)).toContain(
    "<p>Narrowed by --target to subnet/public-a and its dependencies; the other 9 resources are not planned.</p>",
  );
  for (const plan of [aimed, fought, { ...agreeing, refusals: 2 }]) expect(page(plan)).not.toContain("resources in AWS match");
});

describe("the connections that a plan opens and closes", () => {
  test("has sections of their own, with the lines that do it", () => {
    const html = page(opening());
    expect(/<section id="opens".*?<\/section>/s.exec(html)![0]).toContain(
      '<span class="warn"><code>internet → instance/web-a tcp 22</code></span><ul><li>routeTable/public 0.0.0.0/0 → internetGateway/main',
    );
    expect(html).toContain("<code>instance/web-a → dbInstance/main tcp 3306</code> (possible; not certain)");
    expect(/<section id="closes".*?<\/section>/s.exec(html)![0]).toContain("<code>203.0.113.10/32 → instance/bastion tcp 22</code>");
  });

  test("has none where there is nothing to tell", () => expect(page(mixed)).not.toMatch(/id="(?:opens|closes)"/));
});

describe("the reachable pairs", () => {
  const flow = (from: string, to: string, first: number, change?: Flow["change"]): Flow => ({
    from,
    to,
    protocol: "tcp",
    ports: { first, last: first },
    ...(change && { change }),
  });

  const reached = (flows: readonly Flow[]) => ({ flows, by: "reach" as const, notWeighed: [] });

  test("nobody", () => expect(flowsHtml(reached([]))).toBe("<p>Nothing reaches anything.</p>"));

  test("unweighted parts are reported, and places where only rules were read", () => {
    expect(flowsHtml({ ...reached([]), notWeighed: ["IPv6 of vpc/main"] })).toContain("<p>Not considered: IPv6 of vpc/main.</p>");
    const html = flowsHtml({ flows: [flow("0.0.0.0/0", "securityGroup/web", 80)], by: "rules", notWeighed: [] });
    expect(html).toContain("Routes and network ACLs are not considered.");
  });

  test("ends that fare alike share a row and a column, also those that reach each other", () => {
    const web = ["instance/web-0", "instance/web-1", "instance/web-2", "instance/web-3"];
    const html = flowsHtml(
      reached([
        ...web.map((name) => flow("loadBalancer/web", name, 80)),
        ...web.flatMap((one) => web.filter((other) => other !== one).map((other) => flow(one, other, 7000))),
        flow("0.0.0.0/0", "loadBalancer/web", 443),
      ]),
    );
    expect(html).toContain(`<tr><th scope="row"><code>instance/web</code> × 4</th><td><span class="">tcp 7000</span></td><td></td></tr>`);
    expect(html.match(/<tr>/g)?.length).toBe(4);
  });

  test("of few groups: a matrix, with opened and closed connections", () => {
    const html = flowsHtml(
      reached([
        flow("0.0.0.0/0", "securityGroup/web", 80),
        flow("0.0.0.0/0", "securityGroup/web", 443, "opens"),
        flow("securityGroup/web", "securityGroup/db", 3306, "opens"),
        flow("securityGroup/web", "securityGroup/db", 22, "closes"),
      ]),
    );
    expect(html).toContain('<th scope="col"><code>securityGroup/db</code></th><th scope="col"><code>securityGroup/web</code></th>');
    expect(html).toContain('<td><span class="add">opens tcp 3306</span><br><span class="del">closes tcp 22</span></td><td></td>');
    expect(html).toContain('<td><span class="">tcp 80</span><br><span class="warn">opens tcp 443</span></td>'); // to the internet
  });

  test("of many groups: a list", () => {
    const html = flowsHtml(reached(Array.from({ length: 17 }, (_, i) => flow("0.0.0.0/0", `securityGroup/g${i}`, i + 1))));
    expect(html.match(/<tr>/g)?.length).toBe(18);
    expect(html).toContain('<th scope="col">ports</th>');
  });
});
