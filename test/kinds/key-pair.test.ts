import {
  DeleteKeyPairCommand,
  CreateTagsCommand,
  DescribeKeyPairsCommand,
  ImportKeyPairCommand,
  type KeyPairInfo,
} from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, it } from "vitest";
import { keyPair } from "../../src/kinds/key-pair/key-pair.ts";
import { isSameKey, whyNotKey } from "../../src/kinds/key-pair/openssh.ts";
import { diff } from "../../src/plan/diff.ts";
import { identity, mockedEc2, refusal, runOf, scope, sent, resourceIndexOf, type MockedEc2 } from "./mocked-ec2.ts";

const driver = await keyPair.load();
let aws: MockedEc2["aws"];
let ec2: MockedEc2["ec2"];
let clock: MockedEc2["clock"];
beforeEach(async () => ({ aws, ec2, clock } = await mockedEc2()));

const ed25519 = "AAAAC3NzaC1lZDI1NTE5AAAAIK/DJ3ekXR3IC5c6V/XQFCmSPMN7ywQQPT5h0NkCDpIb";
const rsa2048 =
  "AAAAB3NzaC1yc2EAAAADAQABAAABAQCuW43+i4vO8wHrU+sUtmUuC2Elti+81JdHi8heWwW2LIsne+Kg0KJRe5dlY6Flyv1nl1EsTeLBVy3BFy9QE4SvN07LHYNYDqsw8fMGUJL3KeJuBOjI9dYcaus64ASPGsBN8QDtfqm9w+YQLDrZkm67MmTBEtbX7B8SRAp4QwC86xq1GjW94ZAC/LHJBIy2K1+lOg/Yb/7glknI/qt0/W4GFHwxzikUXH+mCjoCpt2AouBr5hHrgdMXh7Afk0Y1kSdfBPpdwOcc6KCSOCSXmcgtUgZIEiIylVSZojD1YhiuijuCSXgbJU0TVSx4EiOwR+V1jUMs8IHyVywp5ihH7/zN";
const rsa1024 =
  "AAAAB3NzaC1yc2EAAAADAQABAAAAgQDGV4qPaAIUTREoRGNh07mM3xKzMj+K68R+D9UlkeaL0xW8DbCDEWyx2mW/SSs7S3uZwt3nUHat4kx4JEWOWVse164OJa6l9l9RUCk0+15O3zo29qHFBgVEX4POC7htXEh6GqSxw4+s82EI9iiE2+Ybs41Z82gkDgpeMCRGWEBz7Q==";
const ecdsa =
  "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBCqy2yDh4X30krYvpR3e8BZcIxoKkNA6VaaXkZ2AZeoXoXk5NduHI1ynUyDukJKpd9GekzoEjEk8h9/Z/hgmvzc=";
const line = `ssh-ed25519 ${ed25519} web-lab`;

function found(more: Partial<KeyPairInfo> = {}): KeyPairInfo {
  return {
    KeyName: "dev-web",
    KeyPairId: "key-1",
    KeyType: "ed25519",
    KeyFingerprint: "SHA256:abc",
    PublicKey: `ssh-ed25519 ${ed25519} dev-web\n`,
    ...more,
  };
}

async function get(name = "dev-web") {
  return (await driver.get(aws, [name], scope)).get(name)!;
}

describe("reading", () => {
  it("asks for the public key by name, and takes no part of the name for a wildcard", async () => {
    ec2.on(DescribeKeyPairsCommand).resolves({ KeyPairs: [found({ KeyName: "a*b" })] });
    const live = await get("a*b");
    expect(live).toMatchObject({
      id: "a*b",
      name: "a*b",
      aliases: ["key-1"],
      outputs: { type: "ed25519", fingerprint: "SHA256:abc", keyPairId: "key-1" },
    });
    expect(sent(ec2)[0]!.input).toEqual({ Filters: [{ Name: "key-name", Values: ["a\\*b"] }], IncludePublicKey: true });
  });

  it("compares type and key, and neither comment nor white space", async () => {
    ec2.on(DescribeKeyPairsCommand).resolves({ KeyPairs: [found()] });
    const live = await get();
    const deltas = (publicKey: string) =>
      diff(keyPair, { spec: { publicKey }, ignoreChanges: [] }, live).deltas.map(({ impact }) => impact);
    expect(deltas(`  ${line}\n`)).toEqual([]);
    expect(deltas(`ssh-ed25519 ${ed25519}`)).toEqual([]);
    expect(deltas(`ssh-rsa ${rsa2048} web-lab`)).toEqual(["replace"]);
    expect(isSameKey(line, `ssh-rsa ${ed25519} web-lab`)).toBe(false);
  });

  it("finds by tags in this account only", async () => {
    ec2.on(DescribeKeyPairsCommand).resolves({ KeyPairs: [found({ Tags: [{ Key: "team", Value: "ops" }] }), found({ KeyName: "other" })] });
    expect(await driver.find!(aws, { team: "ops" }, undefined)).toEqual(["dev-web"]);
    expect(await driver.find!(aws, { team: "ops" }, "999999999999")).toEqual([]);
  });
});

describe("writing", () => {
  it("imports the line without white space around it, and goes by its name", async () => {
    ec2.on(ImportKeyPairCommand).resolves({ KeyName: "dev-web", KeyPairId: "key-1" });
    expect(await driver.create(aws, { publicKey: `\n${line}\n` }, identity())).toBe("dev-web");
    const { PublicKeyMaterial, ...rest } = ec2.commandCalls(ImportKeyPairCommand)[0]!.args[0].input;
    expect(new TextDecoder().decode(PublicKeyMaterial)).toBe(line);
    expect(rest).toEqual({ KeyName: "dev-web", TagSpecifications: [{ ResourceType: "key-pair", Tags: expect.any(Array) as unknown }] });
  });

  it("tells that the name is taken", async () => {
    ec2.on(ImportKeyPairCommand).rejects(refusal("InvalidKeyPair.Duplicate"));
    await expect(driver.create(aws, { publicKey: line }, identity())).rejects.toMatchObject({ class: "duplicate" });
  });

  it("tags by the id and deletes by the name", async () => {
    ec2.on(DescribeKeyPairsCommand).resolves({ KeyPairs: [found()] });
    ec2.on(CreateTagsCommand).resolves({});
    ec2.on(DeleteKeyPairCommand).rejects(refusal("InvalidKeyPair.NotFound"));
    const live = await get();
    await driver.tag(aws, live, { team: "ops" }, []);
    await driver.delete(aws, live, runOf(clock, get));
    expect(sent(ec2).slice(1)).toEqual([
      { name: "CreateTags", input: { Resources: ["key-1"], Tags: [{ Key: "team", Value: "ops" }] } },
      { name: "DeleteKeyPair", input: { KeyName: "dev-web" } },
    ]);
  });
});

describe("checking", () => {
  it.each([
    [line, undefined],
    [`ssh-rsa ${rsa2048} me@home`, undefined],
    [`ssh-rsa ${rsa1024}`, undefined],
    ["", "it is empty"],
    [`${line}\n${line}`, "it has several lines, but a key pair has one key"],
    [`ecdsa-sha2-nistp256 ${ecdsa}`, "it is of type ecdsa-sha2-nistp256, but EC2 accepts only ssh-rsa and ssh-ed25519"],
    ["ssh-dss AAAA", "it is of type ssh-dss, but EC2 accepts only ssh-rsa and ssh-ed25519"],
    ["---- BEGIN SSH2 PUBLIC KEY ----", "it is not in OpenSSH format, but EC2 accepts only ssh-rsa and ssh-ed25519"],
    ["ssh-ed25519 nö", "the text after its type is not base64"],
    [`ssh-ed25519 ${ed25519.slice(0, -8)}`, "it is cut off or damaged"],
    [`ssh-rsa ${ed25519}`, "it is cut off or damaged"],
    [`ssh-rsa ${rsa2048.slice(0, 80)}`, "it is cut off or damaged"],
    [`ssh-rsa ${shortRsa(768)}`, "it is an RSA key of 768 bits, but EC2 requires 1024 or more"],
  ])("%s: %s", (text, why) => expect(whyNotKey(text)).toBe(why));

  it("never repeats a private key", () => {
    const why = whyNotKey("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----")!;
    expect(why).toContain("this is a PRIVATE key");
    expect(why).not.toContain("b3Blb");
  });

  it.each([
    [{ publicKey: line }, []],
    [{}, ["missing-field"]],
    [{ publicKey: "x" }, ["bad-key"]],
  ])("%j: %j", (spec, codes) => {
    const index = resourceIndexOf({ address: "keyPair/web", spec });
    expect(keyPair.check!(index.subject("keyPair/web"), index).map(({ code }) => code)).toEqual(codes);
  });
});

/** Returns a well-formed key around a number of `bits` bits. */
function shortRsa(bits: number): string {
  const part = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, bytes.length >> 8, bytes.length & 255]), bytes]);
  const modulus = Buffer.concat([Buffer.from([0]), Buffer.alloc(bits / 8, 0xff)]);
  return Buffer.concat([part(Buffer.from("ssh-rsa")), part(Buffer.from([1, 0, 1])), part(modulus)]).toString("base64");
}
