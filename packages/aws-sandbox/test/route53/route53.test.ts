import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  DeleteHostedZoneCommand,
  GetChangeCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
  type Change,
} from "@aws-sdk/client-route-53";
import { VirtualClock } from "@plumbline/clock";
import { describe, expect, it } from "vitest";
import { createSandbox } from "../../src/sandbox.ts";
import { configFor, failureOf } from "../core/toys.ts";

async function account(region = "eu-west-1") {
  const clock = new VirtualClock();
  const sandbox = createSandbox({ clock });
  const client = new Route53Client(configFor(sandbox, { region }));
  const { HostedZone, ChangeInfo } = await client.send(new CreateHostedZoneCommand({ Name: "Example.COM", CallerReference: "one" }));
  const zone = HostedZone!.Id!;
  const change = (...Changes: Change[]) =>
    client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zone, ChangeBatch: { Changes } }));
  return { clock, sandbox, client, zone, change, first: ChangeInfo! };
}

const a = (Name: string, Value = "192.0.2.1") => ({ Name, Type: "A" as const, TTL: 60, ResourceRecords: [{ Value }] });
const create = (ResourceRecordSet: Change["ResourceRecordSet"]): Change => ({ Action: "CREATE", ResourceRecordSet });
const remove = (ResourceRecordSet: Change["ResourceRecordSet"]): Change => ({ Action: "DELETE", ResourceRecordSet });

describe("a zone", () => {
  it("is of the account, whatever the region of a client", async () => {
    const { sandbox, zone } = await account();
    const other = new Route53Client(configFor(sandbox, { region: "ap-northeast-2" }));
    expect((await other.send(new ListHostedZonesCommand({}))).HostedZones).toMatchObject([{ Id: zone, Name: "example.com." }]);
  });

  it("takes a caller reference once, also after a delete", async () => {
    const { client, zone } = await account();
    const again = () => client.send(new CreateHostedZoneCommand({ Name: "example.com", CallerReference: "one" }));
    expect(await failureOf(again())).toMatchObject({ name: "HostedZoneAlreadyExists", $metadata: { httpStatusCode: 409 } });
    await client.send(new DeleteHostedZoneCommand({ Id: zone }));
    expect(await failureOf(again())).toMatchObject({ name: "HostedZoneAlreadyExists" });
  });

  it("is not deleted with records in it", async () => {
    const { client, zone, change } = await account();
    await change(create(a("www.example.com")));
    expect(await failureOf(client.send(new DeleteHostedZoneCommand({ Id: zone })))).toMatchObject({ name: "HostedZoneNotEmpty" });
  });

  it("is known to all name servers half a minute later", async () => {
    const { client, clock, first } = await account();
    const status = async () => (await client.send(new GetChangeCommand({ Id: first.Id! }))).ChangeInfo!.Status;
    expect(await status()).toBe("PENDING");
    await clock.sleep(31_000);
    expect(await status()).toBe("INSYNC");
  });
});

describe("a batch", () => {
  it("is done as a whole: an old set goes and a new one comes", async () => {
    const { client, zone, change } = await account();
    await change(create(a("*.example.com")));
    await change(remove(a("*.example.com")), create({ ...a("*.example.com"), TTL: 30 }));
    const { ResourceRecordSets } = await client.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: zone, StartRecordName: "*.example.com" }),
    );
    expect(ResourceRecordSets).toMatchObject([{ Name: "\\052.example.com.", TTL: 30 }]);
    await failureOf(change(create(a("new.example.com")), remove(a("none.example.com"))));
    expect((await client.send(new ListResourceRecordSetsCommand({ HostedZoneId: zone }))).ResourceRecordSets).toHaveLength(3);
  });

  it.each<[string, Change[], string]>([
    ["what is there", [create(a("www.example.com")), create(a("www.example.com"))], "already exists"],
    ["a delete of nothing", [remove(a("www.example.com"))], "was not found"],
    ["a delete of other values", [create(a("www.example.com")), remove(a("www.example.com", "192.0.2.9"))], "do not match"],
    ["another zone's name", [create(a("www.example.org"))], "not permitted in zone"],
    ["a bad address", [create(a("www.example.com", "192.0.2.300"))], "not a valid IPv4 address"],
    ["a text without quotation marks", [create({ ...a("t.example.com", "text"), Type: "TXT" })], "enclosed in quotation marks"],
    ["a long string", [create({ ...a("t.example.com", `"${"x".repeat(256)}"`), Type: "TXT" })], "too long"],
    ["a CNAME at the apex", [create({ ...a("example.com", "b.example.com"), Type: "CNAME" })], "at apex"],
    [
      "a CNAME beside others",
      [create(a("w.example.com")), create({ ...a("w.example.com", "b.example.com"), Type: "CNAME" })],
      "conflicting RRSet",
    ],
    ["a value twice", [create({ ...a("w.example.com"), ResourceRecords: [{ Value: "192.0.2.1" }, { Value: "192.0.2.1" }] })], "Duplicate"],
  ])("with %s is refused", async (_what, changes, why) => {
    const { change } = await account();
    expect(await failureOf(change(...changes))).toMatchObject({ name: "InvalidChangeBatch", message: expect.stringContaining(why) });
  });

  it("names its parts in full, or is refused as a request", async () => {
    const { change } = await account();
    expect(await failureOf(change(create({ Name: "w.example.com", Type: "A" })))).toMatchObject({ name: "InvalidInput" });
    const alias = { HostedZoneId: "ZWKZPGTI48KDX", DNSName: "x.example.org", EvaluateTargetHealth: false };
    expect(await failureOf(change(create({ Name: "w.example.com", Type: "A", AliasTarget: alias })))).toMatchObject({
      message: expect.stringContaining("does not lie within the target zone"),
    });
  });

  it("is listed in the order of reversed labels, page by page", async () => {
    const { client, zone, change } = await account();
    await change(create(a("b.example.com")), create(a("x.a.example.com")), create(a("a.example.com")));
    const names: string[] = [];
    for (let from: object | undefined = {}; from;) {
      const page: { ResourceRecordSets?: { Name?: string }[]; NextRecordName?: string; NextRecordType?: string } = await client.send(
        new ListResourceRecordSetsCommand({ HostedZoneId: zone, MaxItems: 2, ...from }),
      );
      names.push(...page.ResourceRecordSets!.map(({ Name }) => Name!));
      from = page.NextRecordName ? { StartRecordName: page.NextRecordName, StartRecordType: page.NextRecordType } : undefined;
    }
    expect(names).toEqual(["example.com.", "example.com.", "a.example.com.", "x.a.example.com.", "b.example.com."]);
  });
});
