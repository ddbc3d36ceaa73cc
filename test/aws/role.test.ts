import { describe, expect, onTestFinished, test, vi } from "vitest";
import { VirtualClock } from "@plumbline/clock";
import { connect } from "../../src/aws/connect.ts";
import { roleCredentials, type RoleCredentials } from "../../src/aws/role.ts";
import { createSandbox } from "@plumbline/aws-sandbox/sandbox.ts";

const minute = 60_000;

/** Sessions that last an hour by this clock, with numbers; `refuse` makes AWS give none. */
function role(clock: VirtualClock) {
  const state = { asked: 0, refuse: false };
  const assume = async (): Promise<RoleCredentials> => {
    state.asked++;
    const session = state.asked;
    await clock.sleep(100);
    if (state.refuse) throw new Error("AccessDenied");
    return {
      accessKeyId: `ASIASBOX222222222222`,
      secretAccessKey: "secret",
      sessionToken: `session ${session}`,
      expiration: new Date(clock.now() + 60 * minute),
    };
  };
  return { state, provider: roleCredentials(clock, assume) };
}

describe("a role's credentials", () => {
  test("are asked for once, by however many at a time, and again five minutes before they end", async () => {
    const clock = new VirtualClock();
    const { state, provider } = role(clock);
    const first = await Promise.all([provider(), provider(), provider()]);
    expect(new Set(first.map(({ sessionToken }) => sessionToken))).toEqual(new Set(["session 1"]));
    await clock.sleep(54 * minute);
    expect((await provider()).sessionToken).toBe("session 1");
    await clock.sleep(2 * minute);
    expect((await Promise.all([provider(), provider()])).map(({ sessionToken }) => sessionToken)).toEqual(["session 2", "session 2"]);
    expect(state.asked).toBe(2);
  });

  test("are used up to their end when AWS gives no others, and are an error from then on", async () => {
    const clock = new VirtualClock();
    const { state, provider } = role(clock);
    await provider();
    state.refuse = true;
    await clock.sleep(57 * minute);
    expect((await provider()).sessionToken).toBe("session 1");
    await clock.sleep(4 * minute);
    await expect(provider()).rejects.toThrow("AccessDenied");
    state.refuse = false;
    expect((await provider()).sessionToken).toMatch(/session [45]/);
  });

  test("reach every client of a connection that outlives a session", async () => {
    const clock = new VirtualClock(Date.now());
    const date = vi.spyOn(Date, "now").mockImplementation(() => clock.now()); // the SDK's clients use it for the expiry of credentials
    onTestFinished(() => date.mockRestore());
    const { state, provider } = role(clock);
    const sandbox = createSandbox({ clock });
    const tokens: string[] = [];
    const heard = {
      handle: (request: { headers: Record<string, string> }, options: unknown) => {
        tokens.push(request.headers["x-amz-security-token"]!);
        return (sandbox.requestHandler as { handle(...args: unknown[]): Promise<unknown> }).handle(request, options);
      },
    };
    const { aws } = await connect({ region: "eu-west-1", clock, requestHandler: heard, credentials: provider });
    const { DescribeVpcsCommand } = await import("../../src/aws/sdk/ec2.ts");
    const { DescribeDBInstancesCommand } = await import("../../src/aws/sdk/rds.ts");
    for (let hour = 0; hour < 3; hour++) {
      await aws.ec2(new DescribeVpcsCommand({}));
      await aws.rds(new DescribeDBInstancesCommand({}));
      await clock.sleep(56 * minute);
    }
    expect(tokens).toEqual([1, 1, 1, 2, 2, 3, 3].map((session) => `session ${session}`));
    expect(state.asked).toBe(3);
  });
});
