import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { realClock } from "@plumbline/clock";
import type { FaultPlan } from "@plumbline/aws-sandbox/faults/plan.ts";
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";
import { serve } from "@plumbline/aws-sandbox/serve.ts";
import { folder, infra, network } from "./infra.ts";

/** The connection to AWS without the sandbox: the SDK's own credential chain, over HTTP. */
describe("over HTTP", () => {
  const closing: (() => Promise<void>)[] = [];

  beforeEach(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) vi.stubEnv(name, undefined);
    vi.stubEnv("AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED", "true");
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    vi.stubEnv("AWS_CONFIG_FILE", "no-such-file");
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "no-such-file");
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await Promise.all(closing.splice(0).map((close) => close()));
  });

  const credentials = () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "example");
  };

  async function endpoint(faults: FaultPlan = {}): Promise<void> {
    const serving = await serve({ sandbox: createSandbox({ clock: realClock, faults }) });
    closing.push(() => serving.close());
    vi.stubEnv("AWS_ENDPOINT_URL", serving.url);
  }

  async function answering(answer: (server: Server) => Server): Promise<string> {
    const server = answer(createServer());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => new Promise((resolve) => (server.closeAllConnections(), server.close(() => resolve()))));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test("the credentials of another account are refused before anything is read", async () => {
    await endpoint();
    credentials();
    const cwd = folder({ "environments/dev.yaml": network(1, 'account: "999999999999"\n') });
    const ran = await infra(cwd, "plan dev");
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toMatch(/environments\/dev\.yaml:4:\d+ {2}error {2}wrong-account/);
    expect(ran.stderr).toContain("account 123456789012, but the environment belongs to 999999999999");
  });

  test("the right account's plan shows what would be created", async () => {
    await endpoint();
    credentials();
    const cwd = folder({ "environments/dev.yaml": network(1, 'account: "123456789012"\n') });
    expect(await infra(cwd, "plan dev")).toMatchObject({ code: 0, stdout: expect.stringContaining("Plan: 2 to create") as string });
  });

  test.each(["plan dev", "drift dev", "apply dev --yes"])("%s says that it is throttled, and gets through", async (command) => {
    const operation = command.startsWith("apply") ? "CreateSubnet" : "DescribeSubnets";
    await endpoint({ refuse: [{ operation, code: "RequestLimitExceeded", status: 503 }] });
    credentials();
    const ran = await infra(folder({ "environments/dev.yaml": network(1) }), command);
    expect(ran.code, ran.stderr).toBe(command.startsWith("drift") ? 2 : 0);
    expect(ran.stderr.match(new RegExp(`AWS throttles ec2 ${operation}; going slower\n`, "g"))).toHaveLength(1);
    if (command.startsWith("apply")) expect(ran.stderr).toMatch(/^\[0:0\d\] AWS throttles ec2 CreateSubnet; going slower$/m);
  });

  test("no credentials", async () => {
    await endpoint();
    const ran = await infra(folder({ "environments/dev.yaml": network(0) }), "plan dev");
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain("no-credentials");
    expect(ran.stderr).toContain("aws configure");
  });

  test.each([
    ["AWS_PROFILE", "plan dev", { AWS_PROFILE: "porduction" }, "; AWS_PROFILE names it"],
    ["--profile", "drift dev --profile porduction", {}, ""],
  ])("a profile of %s that stands in no file is refused before anybody is asked", async (_name, command, env, how) => {
    const cwd = folder({
      "environments/dev.yaml": network(0),
      config: "[default]\nregion = eu-west-1\n[profile production]\nregion = eu-west-1\n[sso-session corp]\nsso_region = eu-west-1\n",
      credentials: "[old]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = example\n",
    });
    vi.stubEnv("AWS_CONFIG_FILE", `${cwd}/config`);
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", `${cwd}/credentials`);
    credentials();
    const ran = await infra(cwd, command, { env });
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr.replace(/\s+/g, " ")).toContain(`there is no profile "porduction" in ${cwd}/config or ${cwd}/credentials${how}.`);
    expect(ran.stderr).toContain('hint: did you mean "production"?; --sandbox needs none');
    const other = await infra(cwd, "plan dev --profile x");
    expect(other.stderr).toContain("hint: there are: default, old, production; --sandbox needs none");
  });

  const role = "role_arn = arn:aws:iam::123456789012:role/x";
  test.each([
    [
      "misspelt",
      'the profile "misspelt" has source_profile = wrok, and there is no profile "wrok" in CONFIG or CREDENTIALS. hint: did you mean "work"?',
    ],
    [
      "behind",
      'the profile "misspelt" has source_profile = wrok, and there is no profile "wrok" in CONFIG or CREDENTIALS; the profile "behind" takes its credentials from it.',
    ],
    ["session", 'the profile "session" has sso_session = corp, and there is no [sso-session corp] in CONFIG. hint: correct it in CONFIG;'],
    [
      "round",
      'the profile "round" has source_profile = about, and so the profiles refer to each other in a circle. hint: correct it in CONFIG;',
    ],
    ["self", 'the profile "self" has source_profile = self, and so the profiles refer to each other in a circle.'],
    ["good", undefined],
    ["back", undefined],
  ])("a profile with a wrong reference, %s, is reported by its name", async (profile, says) => {
    const cwd = folder({
      "environments/dev.yaml": network(0, 'account: "210987654321"\n'),
      config: `[profile misspelt]
${role}
source_profile = wrok
[profile behind]
${role}
source_profile = misspelt
[profile session]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = x
[profile round]
${role}
source_profile = about
[profile about]
${role}
source_profile = round
[profile self]
${role}
source_profile = self
[profile good]
${role}
source_profile = work
[profile work]
region = eu-west-1
[profile back]
${role}
source_profile = forth
aws_access_key_id = AKIDEXAMPLE
aws_secret_access_key = example
[profile forth]
${role}
source_profile = back
`,
      credentials: "[work]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = example\n",
    });
    vi.stubEnv("AWS_CONFIG_FILE", `${cwd}/config`);
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", `${cwd}/credentials`);
    await endpoint();
    const ran = await infra(cwd, `plan dev --profile ${profile}`);
    const said = ran.stderr.replaceAll(/\s+/g, " ").replaceAll(`${cwd}/config`, "CONFIG").replaceAll(`${cwd}/credentials`, "CREDENTIALS");
    if (says !== undefined) expect(said).toContain(says);
    else expect(said).toContain("wrong-account");
    expect(ran.code).toBe(1);
  });

  test("a file of profiles that cannot be read is named", async () => {
    const cwd = folder({ "environments/dev.yaml": network(0) });
    vi.stubEnv("AWS_CONFIG_FILE", `${cwd}/environments`);
    credentials();
    const ran = await infra(cwd, "plan dev --profile production");
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr.replace(/\s+/g, " ")).toMatch(/file-unreadable \S+\/environments: .*EISDIR/);
  });

  test("no network", async () => {
    credentials();
    const url = await answering((server) => server);
    await closing.pop()!(); // nothing listens there any more
    vi.stubEnv("AWS_ENDPOINT_URL", url);
    const ran = await infra(folder({ "environments/dev.yaml": network(0) }), "plan dev");
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/no-network\n {2}AWS's endpoint 127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)/);
  });

  test("an endpoint that answers HTML", async () => {
    credentials();
    vi.stubEnv(
      "AWS_ENDPOINT_URL",
      await answering((server) =>
        server.on("request", (_request, response) =>
          response.writeHead(200, { "content-type": "text/html" }).end("<!DOCTYPE html><html><body>Please log in<br></body></html>"),
        ),
      ),
    );
    const ran = await infra(folder({ "environments/dev.yaml": network(0) }), "plan dev");
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain("not-aws");
    expect(ran.stderr).toContain("proxy");
  });

  describe("assumeRole", () => {
    const role = 'assumeRole: "arn:aws:iam::222222222222:role/team/deploy"\n';
    const yaml = { "environments/dev.yaml": network(1, `account: "222222222222"\n${role}`) };

    test("one set of credentials reaches the account of the role", async () => {
      await endpoint();
      credentials();
      const ran = await infra(folder(yaml), "plan dev --detailed-exitcode");
      expect(ran.code, ran.stderr).toBe(2);
      expect(ran.stderr).toContain("account 222222222222 as ");
      expect(ran.stderr).not.toContain("assumeRole is ignored");
    });

    /** Answers GetCallerIdentity and counts the other calls. */
    const identity = async (arn: string) => {
      const asked: string[] = [];
      const answer = (action: string, inside: string) =>
        `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${inside}</${action}Result></${action}Response>`;
      const keys =
        "<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>x</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>";
      const url = await answering((server) =>
        server.on("request", async (request, response) => {
          let body = "";
          for await (const chunk of request) body += String(chunk);
          const action = new URLSearchParams(body).get("Action")!;
          asked.push(action);
          const account = arn.split(":")[4];
          if (action === "GetCallerIdentity")
            response.end(answer(action, `<Arn>${arn}</Arn><Account>${account}</Account><UserId>AROA</UserId>`));
          else if (action === "AssumeRole") response.end(answer(action, keys));
          else response.writeHead(403).end("<Response><Errors><Error><Code>UnauthorizedOperation</Code></Error></Errors></Response>");
        }),
      );
      vi.stubEnv("AWS_ENDPOINT_URL", url);
      credentials();
      return asked;
    };

    test.each([
      ["the very role, anywhere", "arn:aws:sts::222222222222:assumed-role/deploy/x", {}, true],
      ["another role of that account, in CI", "arn:aws:sts::222222222222:assumed-role/ci/x", { CI: "true" }, true],
      ["another role of that account, of somebody who logged in", "arn:aws:sts::222222222222:assumed-role/AWSReservedSSO_Ann/x", {}, false],
      ["a role of another account, in CI", "arn:aws:sts::111111111111:assumed-role/ci/x", { CI: "true" }, false],
      ["a user, in CI", "arn:aws:iam::222222222222:user/ci", { CI: "true" }, false],
    ] as const)("%s: kept with a note: %4$s", async (_name, arn, env, isKept) => {
      const asked = await identity(arn);
      const ran = await infra(folder(yaml), "plan dev", { env });
      expect(ran.stderr.includes("note: assumeRole is ignored")).toBe(isKept);
      expect(asked.includes("AssumeRole")).toBe(!isKept);
    });
  });

  test("an account that has not switched the region on", async () => {
    credentials();
    const refusal = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>The security token included in the request is invalid</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`;
    vi.stubEnv(
      "AWS_ENDPOINT_URL",
      await answering((server) =>
        server.on("request", (_request, response) => response.writeHead(403, { "content-type": "text/xml" }).end(refusal)),
      ),
    );
    const ran = await infra(folder({ "environments/dev.yaml": network(0).replace("eu-west-1", "me-south-1") }), "plan dev");
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/region-off\n {2}the region me-south-1 is not enabled/);
  });
});
