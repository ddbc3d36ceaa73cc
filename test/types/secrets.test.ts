/** Secrets and types: no secret is in a plan, an event, a trace, an error, an output, drift, or the file of an import, whoever made it. */
import { typeNames, typeSchema, type RegistrySchema } from "@plumbline/aws-types";
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { VirtualClock } from "@plumbline/clock";
import { describe, expect, test } from "vitest";
import { planEnvironment } from "../../src/engine.ts";
import { curated } from "../../src/kinds/types/curated.ts";
import { typeKind } from "../../src/kinds/types/types.ts";
import { withoutToldSecrets } from "../../src/kinds/types/secrets.ts";
import { everyWord, spell } from "../support/every-word.ts";
import { isNight } from "../support/night.ts";
import { header, loadText, openTestbed } from "../support/testbed.ts";
import { whole } from "./whole.ts";

const client = (name: string) => `${header}
AWS::Cognito::UserPool: { people: { disposable: true } }
AWS::Cognito::UserPoolClient:
  ${name}: { UserPoolId: '\${resource("AWS::Cognito::UserPool/people").id}', GenerateSecret: true, ClientName: ${name} }
`;

/** Returns all texts of members with this name, at any depth. */
function textsOf(value: unknown, name: string): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => (key === name && typeof one === "string" ? [one] : textsOf(one, name)));
}

describe("a secret that AWS makes", () => {
  test("is in no plan, event, trace or error, and in nothing that was observed", async () => {
    const clock = new VirtualClock();
    const sandbox = createSandbox({ clock });
    const made = await everyWord([], client("web"), clock, sandbox);
    const agrees = await everyWord([], client("web"), clock, sandbox);
    sandbox.setFaults({ events: ["cloudcontrol:fails"] });
    const failed = await everyWord([], client("other"), clock, sandbox);
    const values = textsOf(JSON.parse(JSON.stringify(sandbox.state)), "ClientSecret");
    expect(values.length).toBeGreaterThan(0);
    const said = spell([made.words, agrees.words, failed.words]);
    expect(said).toContain("UserPoolClient/web");
    expect(said).toContain("The handler failed.");
    for (const value of values) expect(said).not.toContain(value);
    expect(spell([made.sent, agrees.sent, failed.sent])).not.toContain(values[0]);
  });

  test("is in no word either where a handler repeats the object, in the request's end or in its refusal", async () => {
    const clock = new VirtualClock();
    const sandbox = createSandbox({ clock });
    await everyWord([], client("web"), clock, sandbox);
    const [value] = textsOf(JSON.parse(JSON.stringify(sandbox.state)), "ClientSecret");
    const changed = client("web").replace("GenerateSecret: true", "GenerateSecret: true, EnableTokenRevocation: true");
    sandbox.setFaults({ events: ["cloudcontrol:echoes"] });
    const named = await everyWord([], changed, clock, sandbox);
    sandbox.setFaults({
      refuse: [{ operation: "UpdateResource", code: "ValidationException", message: `string [${value}] is too short` }],
    });
    const bare = await everyWord([], changed, clock, sandbox);
    expect(spell(named.words)).toContain('Invalid request provided: {"');
    expect(spell(named.words)).toContain('"ClientSecret":(hidden)');
    expect(spell(bare.words)).toContain("string [(hidden)] is too short");
    expect(spell([named.words, bare.words])).not.toContain(value);
  });

  test("is in no drift, and an import does not write it", async () => {
    const bed = openTestbed();
    const yaml = client("web");
    await bed.apply(yaml);
    const values = textsOf(JSON.parse(JSON.stringify(bed.sandbox.state)), "ClientSecret");
    expect(values).toHaveLength(1);
    const drift = await planEnvironment([], await bed.connection(), bed.load(yaml), { goal: "agree", unmanaged: true });
    const found = drift.observed.objects.get("AWS::Cognito::UserPoolClient/web")!;
    const authored = found.kind.authored!(found.linked, found.live, {} as never);
    expect(authored).toMatchObject({ spec: { ClientName: "web" } });
    expect(spell([drift.plan, drift.diagnostics, found.live, authored])).not.toContain(values[0]);
  });

  test("cannot be named by others", () => {
    const output = `outputs: { secret: '\${resource("AWS::Cognito::UserPoolClient/web").ClientSecret}' }\n`;
    expect(() => loadText(client("web") + output)).toThrow(/ClientSecret/);
  });
});

test.each([
  [
    "AWS::SES::EmailIdentity: { shop: { EmailIdentity: example.com, DkimSigningAttributes: { DomainSigningPrivateKey: hunter2hunter2 } } }",
    "DomainSigningPrivateKey",
  ],
  [
    "AWS::ElastiCache::User: { u: { unproven: true, UserId: u, UserName: u, Engine: redis, Pasword: x, Passwords: [hunter2hunter2] } }",
    "Passwords",
  ],
  [
    "AWS::ElastiCache::User:\n  u:\n    unproven: true\n    UserId: u\n    UserName: u\n    Engine: redis\n    Passwords:\n      - hunter2hunter2\n",
    "Passwords",
  ],
])("a value for a property that takes a secret is refused without being said: %s", (yaml, property) => {
  const said = messageOf(() => loadText(`${header}${yaml}\n`));
  expect(said).toContain(property);
  expect(said).not.toContain("hunter2");
});

/** Names that sound like a secret and are none: names of members in a secret, the ARN of a KMS key, marks of versions. */
const harmless = new Set([
  "AWS::BedrockAgentCore::ApiKeyCredentialProvider.ApiKeySecretJsonKey",
  "AWS::BedrockAgentCore::OAuth2CredentialProvider.ClientSecretJsonKey",
  "AWS::CodeArtifact::Domain.EncryptionKey",
  "AWS::Route53Profiles::Profile.ClientToken",
  "AWS::S3Tables::Table.VersionToken",
  "AWS::ServiceCatalogAppRegistry::Application.ApplicationTagKey",
]);

test("no type tells others of a property that sounds like a secret", () => {
  const sounding = typeNames().flatMap((name) => {
    const answer = typeKind(name);
    const outputs = answer && "kind" in answer ? Object.keys(answer.kind.outputs ?? {}) : [];
    return outputs.filter((one) => /(password|secret|token|key|credentials?)$/i.test(one)).map((one) => `${name}.${one}`);
  });
  expect(sounding.filter((one) => !harmless.has(one))).toEqual([]);
});

test("a value of AWS with a name like a secret is left out, at any depth", () => {
  const marked = new Set<string>();
  const left = (isNight ? typeNames() : Object.keys(curated)).flatMap((name) => {
    const schema = typeSchema(name)!;
    const told = whole(schema, Object.keys(schema.properties ?? {}));
    const hidden = withMarks(told, (key) => marked.add(`${name} ${key}`));
    return textsWith(withoutToldSecrets(name, schema as RegistrySchema, hidden as Record<string, unknown>), "hunter2").map(
      (key) => `${name} ${key}`,
    );
  });
  expect(marked.size).toBeGreaterThan(isNight ? 100 : 3);
  // The text is a unit of time.
  expect(left.filter((one) => one !== "AWS::Cognito::UserPoolClient AccessToken")).toEqual([]);
});

const isSecretKey = /^(.*password|authToken|clientSecret|secretKey|privateKey|preSharedKey|accessToken|apiKey)$/i;

/** Returns the same object with a test value in each text of such a name; `tell` gets the values. */
function withMarks(value: unknown, tell: (key: string) => void): unknown {
  if (Array.isArray(value)) return value.map((item) => withMarks(item, tell));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => {
      if (typeof one !== "string" || !isSecretKey.test(key)) return [key, withMarks(one, tell)];
      tell(key);
      return [key, "hunter2"];
    }),
  );
}

function textsWith(value: unknown, text: string): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => (one === text ? [key] : textsWith(one, text)));
}

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("it was taken");
}
