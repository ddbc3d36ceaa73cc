/** `infra release` through the engine. A part that cannot have tags is released before its holder, whose tags say that the part is ours. */
import { GetResourceCommand } from "@aws-sdk/client-cloudcontrol";
import { expect, it } from "vitest";
import { releaseUnderLease, type ReleaseResult } from "../../src/apply/release.ts";
import { kinds } from "../../src/kinds/index.ts";
import { header, openTestbed } from "../support/testbed.ts";

const api = 'resource("AWS::ApiGatewayV2::Api/items").id';
const estate = `${header}
AWS::ApiGatewayV2::Api: { items: { ProtocolType: HTTP } }
AWS::ApiGatewayV2::Integration:
  items: { ApiId: '\${${api}}', IntegrationType: HTTP_PROXY, IntegrationMethod: GET, IntegrationUri: "https://example.com/", PayloadFormatVersion: "1.0" }
AWS::ApiGatewayV2::Route:
  list: { ApiId: '\${${api}}', RouteKey: GET /items }
  add: { ApiId: '\${${api}}', RouteKey: POST /items }
topics: { news: {} }
`;
const [items, integration, list, add] = [
  "AWS::ApiGatewayV2::Api/items",
  "AWS::ApiGatewayV2::Integration/items",
  "AWS::ApiGatewayV2::Route/list",
  "AWS::ApiGatewayV2::Route/add",
];

async function built() {
  const bed = openTestbed();
  const { run } = await bed.apply(estate);
  const { objects } = (await bed.plan(estate)).observed;
  const read = async (address: string): Promise<Readonly<Record<string, unknown>>> => {
    const { kind, live } = objects.get(address)!;
    const { aws } = await bed.connection();
    const answer = await aws.cloudcontrol(new GetResourceCommand({ TypeName: kind.name, Identifier: live.id }));
    return JSON.parse(answer.ResourceDescription!.Properties!) as Record<string, unknown>;
  };
  const release = async (...addresses: string[]): Promise<ReleaseResult> =>
    releaseUnderLease(kinds, await bed.connection(), run.environment, {
      addresses,
      confirm: () => Promise.resolve(true),
      me: { who: "test", run: "1" },
      lease: { signal: new AbortController().signal },
    });
  const ours = async () => [...(await bed.plan(estate)).observed.objects.keys()].sort();
  return { bed, read, release, ours };
}

it("releases a part alone, and leaves nothing of it in the tags of its holder", async () => {
  const { read, release, ours } = await built();
  expect(Object.keys((await read(items!))["Tags"] as object)).toEqual(
    expect.arrayContaining(["infra:part:Route/list", "infra:part:Route/add"]),
  );
  expect(await release(list!)).toMatchObject({ ended: "released", objects: [{ address: list }] });
  const left = Object.keys((await read(items!))["Tags"] as object).filter((key) => key.startsWith("infra:part:"));
  expect(left).toEqual(["infra:part:Route/add"]);
  expect(await ours()).toEqual([integration, items, add, "topic/news"].sort());
});

it("refuses a holder without its parts, whose owner nothing would name any more", async () => {
  const { release, ours } = await built();
  expect(await release(items!, list!)).toEqual({
    ended: "parts-left",
    left: [
      { part: integration, holder: items },
      { part: add, holder: items },
    ],
  });
  expect(await ours()).toHaveLength(5);
});

it("releases all of them, parts first, also when a run dies on the way", async () => {
  const { bed, read, release, ours } = await built();
  bed.sandbox.setFaults({
    refuse: [{ operation: "UntagResources", nth: 2, code: "AccessDenied", status: 403, message: "not authorized" }],
  });
  await expect(release(items!, integration!, list!, add!)).rejects.toThrow(/not authorized/);
  const between = await ours();
  expect(between).toContain(items);
  expect(between.length).toBeLessThan(5);
  bed.sandbox.setFaults({});
  expect(await release(items!, integration!, list!, add!)).toMatchObject({ ended: "released" });
  expect(await ours()).toEqual(["topic/news"]);
  expect(Object.keys(((await read(items!))["Tags"] ?? {}) as object).filter((key) => key.startsWith("infra:"))).toEqual([]);
  // The text that names the owner is removed too.
  expect((await read(integration!))["Description"] ?? "").toBe("");
  expect(await release(items!, integration!)).toEqual({ ended: "unknown", addresses: [items, integration], known: ["topic/news"] });
});

it("names addresses that the file does not have, and releases nothing", async () => {
  const { release, ours } = await built();
  expect(await release("topic/news", "topic/nwes")).toMatchObject({
    ended: "unknown",
    addresses: ["topic/nwes"],
    known: expect.arrayContaining(["topic/news"]) as string[],
  });
  expect(await ours()).toHaveLength(5);
});
