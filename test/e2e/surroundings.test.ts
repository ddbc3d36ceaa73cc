/** Bad surroundings: the messages of the built command, which must change nothing. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openMotoTestbed, words, type Testbed } from "./support/testbed.ts";
import { describeWithMoto, startMoto, type Moto } from "./support/moto.ts";
import { startProxy, type Proxy } from "./support/proxy.ts";

describeWithMoto("bad surroundings", () => {
  let moto: Moto;
  let proxy: Proxy;
  let testbed: Testbed;
  beforeAll(async () => {
    moto = await startMoto();
    proxy = await startProxy(moto.url);
    testbed = await openMotoTestbed(moto, proxy.url);
  });
  afterAll(async () => {
    await proxy.close();
    await moto.stop();
  });

  /** Checks that every command that needs AWS fails alike: exit 1, nothing on stdout, nothing written. */
  async function expectRefusal(
    said: RegExp,
    env: Readonly<Record<string, string>> = {},
    commands = ["plan basic-vpc", "apply basic-vpc --yes", "drift basic-vpc"],
  ): Promise<void> {
    for (const command of commands) {
      proxy.calls.length = 0;
      const ran = await testbed.workshop.infra(command, env);
      expect(ran.code, ran.stdout + ran.stderr).toBe(1);
      expect(ran.stdout).toBe("");
      expect(words(ran.stderr), command).toMatch(said);
      expect(proxy.calls.filter(({ isWrite }) => isWrite)).toEqual([]);
    }
  }

  test("a wrong account is refused before anything is read, with the line that names the other", async () => {
    const text = testbed.workshop.text("basic-vpc");
    testbed.workshop.edit("basic-vpc", ["region: ap-northeast-2", 'region: ap-northeast-2\naccount: "999999999999"']);
    await expectRefusal(
      new RegExp(
        `environments/basic-vpc.yaml:10:\\d+ error wrong-account these credentials are for account ${testbed.account.id}, but the environment belongs to 999999999999\\.`,
      ),
    );
    expect(proxy.calls.map(({ operation }) => operation)).toEqual(["GetCallerIdentity"]);
    testbed.workshop.write("environments/basic-vpc.yaml", text);
  });

  test("no credentials", () =>
    expectRefusal(
      /error no-credentials no AWS credentials were found\. .*hint: run `aws configure sso` or `aws configure`, set AWS_PROFILE/,
      { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_SESSION_TOKEN: "" },
    ));

  test("no network: nothing listens", async () => {
    const closed = await startProxy(moto.url);
    await closed.close();
    await expectRefusal(
      new RegExp(
        `error no-network AWS's endpoint ${closed.url.slice("http://".length)} cannot be reached \\(ECONNREFUSED\\)\\. .*hint: check the network, the proxy .*, AWS_ENDPOINT_URL`,
      ),
      { AWS_ENDPOINT_URL: closed.url },
    );
  });

  test("no network: a name that is none", () =>
    expectRefusal(
      /error no-network the name of AWS's endpoint no-such-host\.invalid cannot be resolved\./,
      { AWS_ENDPOINT_URL: "http://no-such-host.invalid" },
      ["plan basic-vpc"],
    ));

  test.each([200, 403])("an endpoint that answers HTML with HTTP %s", async (status) => {
    proxy.reset(() => ({
      status,
      type: "text/html",
      body: "<!DOCTYPE html><html><head><title>Log in</title></head><body>Please log in<br></body></html>",
    }));
    await expectRefusal(
      /error not-aws sts GetCallerIdentity: the endpoint answered HTTP \d+ with something that is not AWS's .* hint: something other than AWS answers: a proxy .*, a captive portal .*, or a wrong AWS_ENDPOINT_URL/,
    );
    proxy.reset();
  });

  test("a region that is off: AWS refuses the key there, and the region is named as the likelier cause", async () => {
    const text = testbed.workshop.text("basic-vpc");
    testbed.workshop.edit("basic-vpc", ["region: ap-northeast-2", "region: me-south-1"]);
    proxy.reset(() => ({
      status: 403,
      type: "text/xml",
      body: refusal("InvalidClientTokenId", "The security token included in the request is invalid"),
    }));
    await expectRefusal(
      /error region-off the region me-south-1 is not enabled in this account, or the credentials are wrong\. .*hint: enable it in the console under Account, AWS Regions/,
    );
    proxy.reset();
    testbed.workshop.write("environments/basic-vpc.yaml", text);
  });

  test("the same refusal in a region that is always on means the key", async () => {
    proxy.reset(() => ({
      status: 403,
      type: "text/xml",
      body: refusal("InvalidClientTokenId", "The security token included in the request is invalid"),
    }));
    await expectRefusal(/error credentials-refused AWS does not accept the credentials\./, {}, ["plan basic-vpc"]);
    proxy.reset();
  });
});

function refusal(code: string, message: string): string {
  return `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`;
}
