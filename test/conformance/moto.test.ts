/** Plays one script of SDK calls to our sandbox and to moto, an emulator by others. Every difference must be listed. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { DescribeImagesCommand, type EC2Client } from "@aws-sdk/client-ec2";
import type { Clock } from "@plumbline/clock";
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { clientsOf } from "../e2e/support/clients.ts";
import { accountOf, describeWithMoto, region, startMoto, type Moto } from "../e2e/support/moto.ts";
import { differences as listed } from "./differences.ts";
import { balancing, balancingGone, databases, parameters, scaling } from "./script/services.ts";
import { machines, templatesGone } from "./script/machines.ts";
import { groups, network, networkGone } from "./script/network.ts";
import type { Step } from "./script/step.ts";
import { differences } from "./support/compare.ts";
import { play } from "./support/play.ts";

const script: readonly Step[] = [
  ...network,
  ...groups,
  ...balancing,
  ...machines,
  ...scaling,
  ...templatesGone,
  ...balancingGone,
  ...databases,
  ...networkGone,
  ...parameters,
];

describeWithMoto("conformance with moto", () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto({});
  });
  afterAll(() => moto.stop());

  test("every difference is listed, and every listed one occurs", async () => {
    const ours = await playToSandbox();
    const theirs = await playToMoto(moto.url);
    const found = new Map<string, string>();
    for (const step of script)
      for (const [path, values] of differences(ours.get(step.title)!, theirs.get(step.title)!))
        found.set(path === "" ? `${step.title}: ${values}` : `${operationOf(step)}: ${path}`, values);
    const unlisted = [...found].filter(([one]) => !listed.some(({ at }) => fits(at, one)));
    const gone = listed.map(({ at }) => at).filter((at) => ![...found.keys()].some((one) => fits(at, one)));
    expect({ unlisted: Object.fromEntries(unlisted), gone }).toEqual({ unlisted: {}, gone: [] });
  });

  test("every difference names the page that decides", () => {
    for (const { at, what, page } of listed) {
      expect(what.length, at).toBeGreaterThan(10);
      expect(page, at).toMatch(/^(EC2|Elastic Load Balancing|Auto Scaling|RDS|Systems Manager) (API|User Guide), \w/);
    }
    expect(new Set(listed.map(({ at }) => at)).size).toBe(listed.length);
  });
});

async function playToSandbox() {
  let now = Date.UTC(2026, 0, 1);
  const clock: Clock = { now: () => now, sleep: async (ms) => void (now += ms), work: (promise) => promise };
  const { requestHandler } = createSandbox({ clock });
  const account = accountOf("http://sandbox.invalid", "123456789012", { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "example" });
  const clients = clientsOf(account);
  for (const client of Object.values(clients))
    (client as EC2Client).config.requestHandler = requestHandler as unknown as EC2Client["config"]["requestHandler"];
  return play(script, clients, await imageOf(clients.ec2), () => void (now += 30 * 60_000));
}

async function playToMoto(url: string) {
  const clients = clientsOf(accountOf(url, "123456789012", { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "example" }));
  return play(script, clients, await imageOf(clients.ec2), () => {});
}

/** Each emulator has its own images. Returns one of Amazon Linux and the name of its root device. */
async function imageOf(ec2: EC2Client): Promise<{ image: string; root: string }> {
  const { Images } = await ec2.send(
    new DescribeImagesCommand({
      Owners: ["amazon"],
      Filters: [{ Name: "name", Values: ["al2023-ami-*-x86_64", "amzn2-ami-hvm-*-x86_64-gp2"] }],
    }),
  );
  const image = Images?.[0];
  if (!image?.ImageId || !image.RootDeviceName) throw new Error(`no image of Amazon Linux in ${region}`);
  return { image: image.ImageId, root: image.RootDeviceName };
}

function operationOf(step: Step): string {
  return step.command((name) => name).constructor.name.replace(/Command$/, "");
}

function fits(pattern: string, text: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.[\]()$^+?|\\{}]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(text);
}
