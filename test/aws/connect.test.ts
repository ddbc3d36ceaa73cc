import { expect, test } from "vitest";
import { VirtualClock } from "@plumbline/clock";
import type { Client, ClientCache } from "../../src/aws/clients.ts";
import { connect } from "../../src/aws/connect.ts";
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";

test("EC2's client is made while AWS is asked who we are, and connections that share clients leave one mark on them", async () => {
  const clock = new VirtualClock();
  const { requestHandler } = createSandbox({ clock });
  const clients: ClientCache = new Map();
  const open = () =>
    connect({
      region: "eu-west-1",
      clock,
      requestHandler,
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
      clients,
    });
  await open();
  await new Promise((resolve) => setImmediate(resolve)); // the sandbox may answer within the turn in which it was asked, no network does
  expect([...clients.keys()]).toEqual(["sts", "ec2"]);
  await open();
  const sts = (await clients.get("sts")) as Client & { readonly middlewareStack: { identify(): string[] } };
  expect(sts.middlewareStack.identify().filter((name) => name.startsWith("infraWhenSent"))).toHaveLength(1);
});
