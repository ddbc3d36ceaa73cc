/** A field that others set back twice is contested and no longer repaired. */
import { describe, expect, it } from "vitest";
import { applyUnderLease, planEnvironment, type ApplyRequest, type ApplyResult, type PlanOptions, type PlanRun } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { approvalOf } from "../../src/plan/approval.ts";
import { driftOf } from "../../src/render/drift.ts";
import { header, openTestbed, type Testbed } from "../support/testbed.ts";

const yaml = `${header}
vpcs:
  main: { cidrBlock: 10.0.0.0/16, enableDnsHostnames: true, tags: { team: web } }
securityGroups:
  web: { vpc: main, description: Web, ingress: [{ port: 443, source: 0.0.0.0/0 }] }
`;

const planned = async (index: Testbed, text = yaml, options: Partial<PlanOptions> = {}): Promise<PlanRun> =>
  planEnvironment(kinds, await index.connection(), index.load(text), { goal: "agree", ...options });

const applied = async (index: Testbed, text = yaml, more: Partial<ApplyRequest> = {}): Promise<ApplyResult> =>
  applyUnderLease(kinds, await index.connection(), index.load(text), {
    goal: "agree",
    signal: new AbortController().signal,
    onEvent: () => {},
    lease: { me: { who: "test", run: `run ${index.clock.now()}` } },
    ...more,
  });

async function meddler(
  index: Testbed,
): Promise<{ dns(): Promise<unknown>; open(port: number): Promise<unknown>; tag(value: string): Promise<unknown> }> {
  const { plan } = await planned(index);
  const id = (address: string) => plan.objects.find((one) => one.address === address)!.id;
  const call = (operation: string, input: object) =>
    index.sandbox.call({ service: "ec2", operation, account: "123456789012", region: "eu-west-1", input });
  return {
    dns: () => call("ModifyVpcAttribute", { VpcId: id("vpc/main"), EnableDnsHostnames: { Value: false } }),
    open: (port) =>
      call("AuthorizeSecurityGroupIngress", {
        GroupId: id("securityGroup/web"),
        IpPermissions: [{ IpProtocol: "tcp", FromPort: port, ToPort: port, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
      }),
    tag: (value) => call("CreateTags", { Resources: [id("vpc/main")], Tags: [{ Key: "team", Value: value }] }),
  };
}

const actions = ({ plan }: PlanRun) => plan.steps.map(({ action, address }) => `${action} ${address}`);
const fought = ({ plan }: PlanRun) => (plan.contested ?? []).map(({ address, change, times }) => `${address} ${change.path} ${times}`);

/** Changes a field by hand and repairs it, `rounds` times. */
async function fight(index: Testbed, change: () => Promise<unknown>, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await change();
    expect(await applied(index)).toMatchObject({ ended: "ran", outcome: { status: "done" } });
    await index.clock.sleep(3_600_000);
  }
}

describe("a field that others set back", () => {
  it("is repaired twice; then it is shown, counted as drift, and left alone", async () => {
    const index = openTestbed();
    await index.apply(yaml);
    const { dns } = await meddler(index);
    await fight(index, dns, 2);
    await dns();
    const run = await planned(index);
    expect(actions(run)).toEqual([]);
    expect(fought(run)).toEqual(["vpc/main enableDnsHostnames 2"]);
    expect(run.plan.contested![0]!.change).toMatchObject({ before: false, after: true, at: { line: 7 } });
    expect(driftOf(run.plan).findings).toMatchObject([{ address: "vpc/main", path: "enableDnsHostnames", contested: { times: 2 } }]);
    expect((await applied(index)).ended).toBe("nothing-to-do");
  });

  it("keeps nothing else of the object from being repaired: other fields, other tags", async () => {
    const index = openTestbed();
    await index.apply(yaml);
    const { dns, tag } = await meddler(index);
    await fight(index, dns, 2);
    await dns();
    await tag("ops");
    const run = await planned(index);
    expect(actions(run)).toEqual(["update vpc/main"]);
    expect(run.plan.steps[0]).toMatchObject({ changes: [{ path: "tags.team" }] });
    expect(await applied(index)).toMatchObject({ ended: "ran", outcome: { status: "done" } });
    const after = await planned(index);
    expect([actions(after), fought(after)]).toEqual([[], ["vpc/main enableDnsHostnames 2"]]);
  });

  it("may be a list, whatever is put into it, or a tag", async () => {
    const index = openTestbed();
    await index.apply(yaml);
    const { open, tag } = await meddler(index);
    let port = 22;
    await fight(index, () => open(port++), 2);
    await fight(index, () => tag("ops"), 2);
    await open(3389);
    await tag("ops");
    const run = await planned(index);
    expect([actions(run), fought(run).sort()]).toEqual([[], ["securityGroup/web ingress 2", "vpc/main tags.team 2"]]);
  });

  it("is repaired again when the YAML wants something else, when a month has passed, and when somebody says so", async () => {
    const index = openTestbed();
    await index.apply(yaml);
    const { open } = await meddler(index);
    await fight(index, () => open(22), 2);
    await open(22);
    expect(actions(await planned(index, yaml.replace("443", "8443")))).toEqual(["update securityGroup/web"]);
    const asked = await planned(index, yaml, { repairContested: true });
    expect([actions(asked), asked.plan.contested]).toEqual([["update securityGroup/web"], undefined]);
    expect(await applied(index, yaml, { repairContested: true })).toMatchObject({ ended: "ran", outcome: { status: "done" } });
    await open(22);
    expect(fought(await planned(index))).toEqual(["securityGroup/web ingress 3"]);
    await index.clock.sleep(32 * 86_400_000);
    expect(actions(await planned(index))).toEqual(["update securityGroup/web"]);
  });

  it("is never one that was changed in the YAML, back and forth", async () => {
    const index = openTestbed();
    await index.apply(yaml);
    for (const text of [yaml.replace("443", "8443"), yaml, yaml.replace("443", "8443"), yaml, yaml.replace("443", "8443"), yaml])
      expect(await applied(index, text)).toMatchObject({ ended: "ran", outcome: { status: "done" } });
    expect(fought(await planned(index, yaml.replace("443", "8443")))).toEqual([]);
  });

  it("counts only finished steps, and nothing where no lease was taken", async () => {
    const index = openTestbed({
      sandbox: { faults: { refuse: [{ operation: "ModifyVpcAttribute", nth: 3, code: "UnauthorizedOperation", status: 403 }] } },
    });
    await index.apply(yaml);
    const { dns } = await meddler(index);
    await dns();
    expect(await applied(index)).toMatchObject({ outcome: { status: "failed" } });
    await fight(index, dns, 2);
    expect(await applied(index, yaml, { lease: "none", consistencyDelay: 0 })).toMatchObject({ ended: "nothing-to-do" });
    await dns();
    expect(fought(await planned(index))).toEqual(["vpc/main enableDnsHostnames 2"]);
  });

  it("is approved like anything else where somebody asked for its repair", async () => {
    const index = openTestbed();
    await index.apply(yaml);
    const { dns } = await meddler(index);
    await fight(index, dns, 2);
    await dns();
    const approval = approvalOf((await planned(index, yaml, { repairContested: true })).plan);
    expect(await applied(index, yaml, { approval })).toMatchObject({ ended: "ran", outcome: { status: "done" } });
    expect(fought(await planned(index))).toEqual([]);
  });

  it("that became contested after it was approved is not called done", async () => {
    const index = openTestbed();
    await index.apply(yaml);
    const { dns, tag } = await meddler(index);
    await fight(index, dns, 1);
    await dns();
    await tag("ops");
    const both = approvalOf((await planned(index)).plan);
    await applied(index);
    await dns();
    await tag("dev");
    expect(await applied(index, yaml, { approval: both })).toMatchObject({ ended: "changed" }); // AWS has another tag now
    await tag("ops");
    expect(await applied(index, yaml, { approval: both })).toMatchObject({ ended: "ran", alreadyDone: [] });
  });

  it("costs no read of its own", async () => {
    const index = openTestbed();
    await index.apply(yaml);
    const { dns } = await meddler(index);
    const counts = async (work: () => Promise<unknown>) => {
      const from = index.sandbox.calls.length;
      await work();
      return index.sandbox.calls.slice(from).filter(({ operation }) => operation === "GetParametersByPath" || operation === "PutParameter")
        .length;
    };
    expect(await counts(() => planned(index))).toBe(1); // the kinds that the environment has had
    await dns();
    expect(await counts(() => planned(index))).toBe(1);
  });

  it("needs the right to read the history, and a lack of it is noted", async () => {
    const index = openTestbed({
      sandbox: { faults: { refuse: [{ operation: "GetParametersByPath", code: "AccessDeniedException", status: 400, times: "always" }] } },
    });
    await index.apply(yaml);
    await (await meddler(index)).dns();
    const { plan } = await planned(index);
    expect(plan.notes).toContainEqual(
      expect.objectContaining({ code: "not-looked-at", text: expect.stringContaining("contested") as string }),
    );
    expect(plan.steps).toHaveLength(1);
  });

  it("that cannot be stored are reported", async () => {
    const refuse = [{ operation: "PutParameter", nth: 3, times: 1, code: "AccessDeniedException", status: 400 }];
    const index = openTestbed({ sandbox: { faults: { refuse } } });
    await index.apply(yaml);
    await (await meddler(index)).dns();
    expect(await applied(index)).toMatchObject({
      ended: "ran",
      notes: [
        "the values that this run set could not be saved: PutParameter: AccessDeniedException; later plans do not notice if others change them back",
      ],
    });
  });

  it("is forgotten with the environment", async () => {
    const index = openTestbed();
    await index.apply(yaml);
    await (await meddler(index)).dns();
    await applied(index);
    const remembered = () =>
      index.sandbox.call({
        service: "ssm",
        operation: "GetParameter",
        account: "123456789012",
        region: "eu-west-1",
        input: { Name: "/plumbline/lab/test/repairs" },
      });
    expect(await remembered()).toMatchObject({ Parameter: { Type: "String" } });
    expect(await applied(index, yaml, { goal: "destroy" })).toMatchObject({ ended: "ran", outcome: { status: "done" } });
    await expect(remembered()).rejects.toMatchObject({ code: "ParameterNotFound" });
  });
});
