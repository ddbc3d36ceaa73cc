/** A file that adopts and changes objects in one apply: the adoptions come first, in a separate stage. */
import { expect, it } from "vitest";
import { isNight } from "../support/night.ts";
import { header, openTestbed, stepsOf } from "../support/testbed.ts";
import { stripped } from "./support.ts";

const made = `${header}
vpcs: { main: { cidrBlock: 10.7.0.0/16 } }
subnets: { a: { vpc: main, cidrBlock: 10.7.1.0/24, availabilityZone: a } }
securityGroups: { web: { vpc: main, ingress: [{ port: 80, source: 0.0.0.0/0 }] } }
topics: { ops: {} }
`;

/**
 * The VPC gets a setting, the security group a rule and a tag of the author's, and the topic only our tags. A subnet is new, and a tag that
 * waits for it names it.
 */
const wanted = (id: (address: string) => string) => `${header}
vpcs: { main: { cidrBlock: 10.7.0.0/16, enableDnsHostnames: true, adopt: { id: ${id("vpc/main")} } } }
subnets:
  a: { vpc: main, cidrBlock: 10.7.1.0/24, availabilityZone: a, tags: { twin: "\${subnet.b.id}" }, adopt: { id: ${id("subnet/a")} } }
  b: { vpc: main, cidrBlock: 10.7.2.0/24, availabilityZone: b }
securityGroups:
  web:
    vpc: main
    name: test-web
    ingress: [{ port: 80, source: 0.0.0.0/0 }, { port: 443, source: 0.0.0.0/0 }]
    tags: { team: web }
    adopt: { id: ${id("securityGroup/web")} }
topics: { ops: { name: test-ops, adopt: { id: "${id("topic/ops")}" } } }
`;

const isWrite = (operation: string) => !/^(Describe|Get|List|Search|PutParameter|DeleteParameter)/.test(operation);
const isTagging = (operation: string) => /^(CreateTags|AddTags|TagResource|AddTagsToResource)$/.test(operation);

/** Applies the file to unmanaged objects and dies at the write of that number. */
async function diesAt(most: number) {
  let onCall: (operation: string) => void = () => undefined;
  const testbed = openTestbed({ watch: ({ operation }) => onCall(operation) });
  await testbed.apply(made);
  const before = await testbed.plan(made);
  await stripped(before, before.connection);
  const ids = new Map([...before.observed.objects.values()].map(({ address, live }) => [address, live.id]));
  const text = wanted((address) => ids.get(address)!);
  const sent: string[] = [];
  let isDead = false;
  onCall = (operation) => {
    if (!isWrite(operation)) return;
    isDead ||= sent.length === most;
    if (isDead) throw new Error("killed");
    sent.push(operation);
  };
  await testbed.apply(text).catch((error: unknown) => {
    if (!isDead) throw error;
  });
  onCall = () => undefined;
  return { testbed, text, sent, isDead };
}

it("is adopted before anything is made or changed, whichever write the run dies at, and ends the same", async () => {
  const whole = await diesAt(Number.POSITIVE_INFINITY);
  const first = whole.sent.findIndex((operation) => !isTagging(operation));
  expect(first).toBeGreaterThan(0);
  expect(whole.sent.slice(first)).toContain("CreateSubnet");
  const deaths = isNight ? whole.sent.keys() : [first - 1, first, first + 1];
  for (const most of deaths) {
    const { testbed, text, sent } = await diesAt(most);
    const { observed } = await testbed.plan(text);
    const left = [...observed.objects.values()].filter(({ adopted }) => adopted).map(({ address }) => address);
    if (sent.some((operation) => !isTagging(operation))) expect(left, sent.join()).toEqual([]);
    await testbed.apply(text);
    const after = await testbed.plan(text);
    expect(stepsOf(after)).toEqual([]);
    expect(after.observed.objects.size).toBe(5);
  }
  expect(stepsOf(await whole.testbed.plan(whole.text))).toEqual([]);
});
