/**
 * A secret's value is in no plan, event, trace, error or listing of the sandbox, for every kind that makes one, passes one on or could read
 * one. A kind with a new secret field must be added here before this passes.
 */
import { HttpResponse } from "@smithy/core/protocols";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { SecretsManagerClient, UpdateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { VirtualClock } from "@plumbline/clock";
import { createSandbox, type Sandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { kinds } from "../../src/kinds/index.ts";
import { everyWord, spell } from "../support/every-word.ts";
import { header } from "../support/testbed.ts";

const around = `${header}
vpcs:
  main: { cidrBlock: 10.0.0.0/16 }
subnets:
  a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a }
  b: { vpc: main, cidrBlock: 10.0.2.0/24, availabilityZone: b }
`;
const databases = `${around}
dbSubnetGroups:
  main: { subnets: [a, b] }
`;

interface Makes {
  readonly yaml: string;
  /** The calls whose input holds the value, with the member that holds it. */
  readonly carriedBy: Readonly<Record<string, string>>;
  /** The call that is refused in the second run. */
  readonly refused: string;
}

const password = { PutParameter: "Value" };

/** The kinds that the texts below use. Other kinds cost reads and hold nothing. */
const used = kinds.filter(({ name }) =>
  ["vpc", "subnet", "dbSubnetGroup", "dbInstance", "dbCluster", "keyPair", "parameter", "secret"].includes(name),
);

/** The kind and the field of each secret that infra makes. */
const makers: Readonly<Record<string, Makes>> = {
  "secret.generate": {
    yaml: `${header}secrets: { NAME: { generate: { length: 48 } } }`,
    carriedBy: { CreateSecret: "SecretString" },
    refused: "CreateSecret",
  },
  "dbInstance.masterPassword": {
    yaml: `${databases}dbInstances:
  NAME:
    engine: postgres
    instanceClass: db.t4g.medium
    allocatedStorage: 20
    subnetGroup: main
    masterUsername: dbadmin
    masterPassword: { ssmParameter: /lab/NAME }
`,
    carriedBy: { ...password, CreateDBInstance: "MasterUserPassword" },
    refused: "CreateDBInstance",
  },
  "dbCluster.masterPassword": {
    yaml: `${databases}dbClusters:
  NAME:
    engine: aurora-mysql
    instances: { a: { instanceClass: db.t4g.medium } }
    subnetGroup: main
    masterUsername: dbadmin
    masterPassword: { ssmParameter: /lab/NAME }
`,
    carriedBy: { ...password, CreateDBCluster: "MasterUserPassword" },
    refused: "CreateDBCluster",
  },
  "keyPair.privateKey": {
    yaml: `${header}keyPairs: { NAME: { generate: ed25519, privateKey: { ssmParameter: /keys/NAME } } }`,
    carriedBy: password,
    refused: "ImportKeyPair",
  },
};

/** Fields whose names sound like a secret, but that hold only its owner or its length. */
const harmless = new Set([
  "keyPair.generate",
  "keyPair.privateKey.ssmParameter",
  "keyPair.privateKey.kmsKey",
  "secret.generate.length",
  "secret.generate.punctuation",
  "dbInstance.masterPassword.ssmParameter",
  "dbCluster.masterPassword.ssmParameter",
  "dbProxy.auth.clientPasswordAuthType",
  // The place of the secret of a login; it has its own test below.
  ...["listeners", "listeners.rules"].flatMap((of) =>
    ["clientSecret", "clientSecret.ssmParameter"].map((field) => `loadBalancer.${of}.authenticateOidc.${field}`),
  ),
]);

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

function pathsOf(schema: Schema, prefix: string): string[] {
  const { properties = {}, patternProperties = {}, items, anyOf = [] } = schema;
  return [
    ...Object.entries(properties).flatMap(([name, field]) => [`${prefix}.${name}`, ...pathsOf(field, `${prefix}.${name}`)]),
    ...Object.values(patternProperties).flatMap((value) => pathsOf(value, prefix)),
    ...(items ? pathsOf(items, prefix) : []),
    ...anyOf.flatMap((branch) => pathsOf(branch, prefix)),
  ];
}

/** Returns the whole text and each of its longer lines, because a key may be shown line by line. */
function pieces(value: string): string[] {
  return [value, ...value.split("\n").filter((line) => line.length > 30 && !line.startsWith("-----"))];
}

/** The same AWS, except that it refuses one operation and repeats the whole request in the error. */
function echoing(sandbox: Sandbox, operation: string): Sandbox {
  const handle: Sandbox["requestHandler"]["handle"] = async (request, options) => {
    const body = typeof request.body === "string" ? request.body : Buffer.from(request.body as Uint8Array).toString();
    const isJson = String(request.headers["x-amz-target"] ?? "").endsWith(`.${operation}`);
    const isQuery = body.startsWith(`Action=${operation}&`) || body.includes(`&Action=${operation}&`);
    if ((!isJson && !isQuery) || (operation === "PutParameter" && !body.includes("SecureString")))
      return sandbox.requestHandler.handle(request, options);
    const text = isJson
      ? JSON.stringify({ __type: "InvalidParameterValue", message: (JSON.parse(body) as { Value?: string }).Value ?? body })
      : `<ErrorResponse><Error><Code>InvalidParameterValue</Code><Message>${decodeURIComponent(body).replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</Message></Error></ErrorResponse>`;
    const headers = { "content-type": isJson ? "application/x-amz-json-1.1" : "text/xml" };
    return { response: new HttpResponse({ statusCode: 400, headers, body: Buffer.from(text) }) };
  };
  return { ...sandbox, requestHandler: { ...sandbox.requestHandler, handle } };
}

describe("a secret's value", () => {
  it("is searched for every kind with a field that could take or make one", () => {
    const fields = kinds.flatMap(({ name, schema }) => pathsOf(schema as Schema, name));
    const sounding = fields.filter((path) =>
      /password|secret|private|authToken|preSharedKey|generate|credential/i.test(path.replace(/^secret\./, "")),
    );
    const isKnown = (path: string) => path in makers || harmless.has(path) || /private(Dns|Ip|$)/i.test(path);
    expect(sounding.filter((path) => !isKnown(path))).toEqual([]);
    expect(sounding).toEqual(expect.arrayContaining(Object.keys(makers)));
  });

  it.each(Object.entries(makers))(
    "that %s makes is in no plan, event, trace, error or listing",
    async (_of, { yaml, carriedBy, refused }) => {
      const clock = new VirtualClock();
      const sandbox = createSandbox({ clock });
      const made = await everyWord(used, yaml.replaceAll("NAME", "first"), clock, sandbox);
      const agrees = await everyWord(used, yaml.replaceAll("NAME", "first"), clock, sandbox);
      // A create that AWS refuses: the error and its causes must not hold the value.
      sandbox.setFaults({ refuse: [{ operation: refused, code: "InvalidParameterValue" }] });
      const failed = await everyWord(used, yaml.replaceAll("NAME", "other"), clock, sandbox);
      sandbox.setFaults({});
      // A create whose error repeats the whole request.
      const echoed = await everyWord(used, yaml.replaceAll("NAME", "third"), clock, echoing(sandbox, Object.keys(carriedBy).at(-1)!));
      const values = [made, failed, echoed].flatMap(({ sent }) =>
        sent.flatMap(({ operation, input }) => {
          const value = carriedBy[operation] === undefined ? undefined : input[carriedBy[operation]];
          return typeof value === "string" && value.length >= 32 ? [value] : [];
        }),
      );
      expect(new Set(values).size).toBeGreaterThan(1);
      const said = spell([made.words, agrees.words, failed.words, echoed.words]);
      expect(said).toContain("(hidden)");
      expect(said).toContain(refused);
      expect(said).toContain("InvalidParameterValue");
      const listed = JSON.stringify([sandbox.state, sandbox.calls]);
      for (const piece of values.flatMap(pieces)) {
        expect(said).not.toContain(piece);
        expect(listed).not.toContain(JSON.stringify(piece).slice(1, -1));
      }
    },
  );

  it("that the login of a listener takes from a parameter is in no plan, event, trace, error or listing", async () => {
    const clock = new VirtualClock();
    const sandbox = createSandbox({ clock });
    const value = "client-secret-of-a-login-0123456789abcdef";
    const client = {
      region: "eu-west-1",
      requestHandler: sandbox.requestHandler as never,
      credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "other" },
    };
    await new SSMClient(client).send(new PutParameterCommand({ Name: "/lab/client", Type: "SecureString", Value: value }));
    const login = `{ issuer: "https://id.example.com", authorizationEndpoint: "https://id.example.com/authorize", tokenEndpoint: "https://id.example.com/token", userInfoEndpoint: "https://id.example.com/me", clientId: shop, clientSecret: { ssmParameter: /lab/client } }`;
    const yaml = (name: string) => `${around}
internetGateways: { main: { vpc: main } }
securityGroups: { web: { vpc: main, description: Web } }
loadBalancers:
  ${name}:
    scheme: internal
    subnets: [a, b]
    securityGroups: [web]
    listeners:
      443:
        protocol: HTTPS
        certificate: arn:aws:acm:eu-west-1:123456789012:certificate/main
        authenticateOidc: ${login}
        fixedResponse: { statusCode: 200 }
`;
    const all = [...used, ...kinds.filter(({ name }) => ["internetGateway", "securityGroup", "loadBalancer"].includes(name))];
    const made = await everyWord(all, yaml("first"), clock, sandbox);
    sandbox.setFaults({ refuse: [{ operation: "CreateListener", code: "InvalidLoadBalancerAction" }] });
    const failed = await everyWord(all, yaml("other"), clock, sandbox);
    const carried = [made, failed].flatMap(({ sent }) => sent.filter(({ input }) => JSON.stringify(input).includes(value)));
    expect([...new Set(carried.map(({ operation }) => operation))]).toEqual(["CreateListener"]);
    const said = spell([made.words, failed.words]);
    expect(said).toContain("InvalidLoadBalancerAction");
    expect(said).not.toContain(value);
    expect(JSON.stringify([sandbox.state, sandbox.calls])).not.toContain(value);
  });

  it("that others put into a secret, or into an encrypted parameter, is never read", async () => {
    const clock = new VirtualClock();
    const sandbox = createSandbox({ clock });
    const yaml = `${header}secrets: { empty: {} }\nparameters: { plain: { name: /lab/plain, value: shown } }\n`;
    const made = await everyWord(used, yaml, clock, sandbox);
    const client = {
      region: "eu-west-1",
      requestHandler: sandbox.requestHandler as never,
      credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "other" },
    };
    await new SecretsManagerClient(client).send(new UpdateSecretCommand({ SecretId: "test-empty", SecretString: "hunter2-of-others" }));
    await new SSMClient(client).send(new PutParameterCommand({ Name: "/lab/others", Type: "SecureString", Value: "hunter2-encrypted" }));
    const again = await everyWord(used, yaml, clock, sandbox);
    const said = spell([made.words, again.words]);
    expect(said).toContain("shown");
    expect(said).not.toContain("hunter2");
    const reads = again.sent.filter(({ operation }) => /GetSecretValue|GetParameter/.test(operation));
    expect(reads.filter(({ input }) => JSON.stringify(input).includes("/lab/others"))).toEqual([]);
    expect(reads.map(({ operation }) => operation)).not.toContain("GetSecretValue");
  });
});
