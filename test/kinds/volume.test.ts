/** Volumes: the values that a file may hold, their attachments when instances come and go, and what keeps a volume on an instance. */
import { DescribeVolumesCommand } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { header, loadText, openTestbed, stepsOf, type Testbed } from "../support/testbed.ts";

const image = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
const network = `
vpcs: { net: { cidrBlock: 10.0.0.0/16 } }
subnets:
  a: { vpc: net, cidrBlock: 10.0.1.0/24, availabilityZone: a }
  b: { vpc: net, cidrBlock: 10.0.2.0/24, availabilityZone: b }
`;
const machine = (name: string, fields = "", subnet = "a") =>
  `${name}: { subnet: ${subnet}, image: { ssm: ${image} }, instanceType: t3.micro, disposable: true${fields} }`;
const file = (instances: readonly string[], volume: string) =>
  `${header}${network}instances:\n${instances.map((one) => `  ${one}\n`).join("")}volumes: { data: { availabilityZone: a, ${volume} } }\n`;

/** Returns the attachments of the volumes in EC2: the instance's Name tag and the device. */
async function holders(testbed: Testbed): Promise<readonly string[]> {
  const { aws } = await testbed.connection();
  const { Volumes = [] } = await aws.ec2(
    new DescribeVolumesCommand({ Filters: [{ Name: "tag:infra:resource", Values: ["volume/data"] }] }),
  );
  return Volumes.flatMap(({ Attachments = [] }) => Attachments.map(({ InstanceId, Device }) => `${InstanceId} ${Device}`));
}

describe("a file", () => {
  const problem = (yaml: string): string => {
    try {
      loadText(yaml);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  const one = [machine("web")];

  it.each<[string, readonly string[], string, string]>([
    ["neither size nor snapshot", one, "type: gp3", "needs a size or a snapshot"],
    [
      "two machines",
      [...one, machine("job")],
      "size: 8, attachments: { web: { device: /dev/sdf }, job: { device: /dev/sdf } }",
      "The volume has 2 attachments",
    ],
    ["several machines of gp3", one, "size: 8, multiAttach: true", "only io1 and io2 support Multi-Attach"],
    [
      "a machine in another zone",
      [machine("web", "", "b")],
      "size: 8, attachments: { web: { device: /dev/sdf } }",
      "is in eu-west-1b, so a volume in eu-west-1a cannot be attached to it",
    ],
    [
      "a device that the machine has",
      [machine("web", ", volumes: { /dev/sdf: { size: 8 } }")],
      "size: 8, attachments: { web: { device: sdf } }",
      "already has another volume as sdf",
    ],
    [
      "a machine that is not declared",
      one,
      "size: 8, attachments: { wed: { device: /dev/sdf } }",
      'names instance "wed", which is not declared',
    ],
    ["the root's device", one, "size: 8, attachments: { web: { device: /dev/sda } }", "device"],
  ])("has a diagnostic for %s", (_what, machines, volume, says) => expect(problem(file(machines, volume))).toContain(says));

  it("names a machine of others by its id", () =>
    expect(
      loadText(file(one, "size: 8, attachments: { i-0123456789abcdef0: { device: /dev/sdf } }")).nodes.find(({ kind }) => kind === "volume")
        ?.spec,
    ).toMatchObject({
      attachments: { "i-0123456789abcdef0": { device: "/dev/sdf" } },
    }));
});

describe("a volume on a machine", () => {
  const held = "size: 8, attachments: { web: { device: /dev/sdf } }";

  it("goes over to the machine that takes the other's place, which is stopped before", async () => {
    const testbed = openTestbed();
    await testbed.apply(file([machine("web", ", userData: one, userDataChange: replace")], held));
    const [before] = await holders(testbed);
    // The volume is mounted, as a volume in use is. Only a stopped instance releases it.
    testbed.sandbox.setFaults({ events: { "ec2:volumeIsMounted": 1 } });
    const { run, events } = await testbed.apply(file([machine("web", ", userData: two, userDataChange: replace")], held));
    expect(stepsOf(run)).toEqual(["replace instance/web", "update volume/data"]);
    expect(events.flatMap((event) => (event.type === "step-said" ? [event.text] : []))).toContainEqual(
      expect.stringMatching(/^stopping i-\w+, which is replaced/),
    );
    const [after, ...more] = await holders(testbed);
    expect(more).toEqual([]);
    expect(after).toMatch(/^i-\w+ \/dev\/sdf$/);
    expect(after).not.toBe(before);
    expect(stepsOf(await testbed.plan(file([machine("web", ", userData: two, userDataChange: replace")], held)))).toEqual([]);
  });

  it("stays where it is mounted, and says what to do", async () => {
    const testbed = openTestbed();
    await testbed.apply(file([machine("web")], held));
    testbed.sandbox.setFaults({ events: { "ec2:volumeIsMounted": 1 } });
    const { outcome } = await testbed.tryApply(file([machine("web")], "size: 8"));
    expect(outcome.failed.map(({ failure }) => failure.message)).toEqual([
      expect.stringMatching(
        /^waited 300 s for vol-\w+ to be detached from i-\w+ \(a mounted volume stays attached: unmount it, or stop the instance\)/,
      ),
    ]);
  });

  it("outlives it: a destroy takes the machine and leaves the volume, and with `allowDestroy` takes both", async () => {
    const testbed = openTestbed();
    const yaml = file([machine("web")], held);
    await testbed.apply(yaml);
    await testbed.destroy(yaml);
    const left = await testbed.plan(yaml, "destroy");
    expect(stepsOf(left)).toEqual(["keep volume/data"]);
    const id = left.observed.objects.get("volume/data")!.live.id;
    await testbed.apply(yaml);
    await testbed.destroy(`${yaml}allowDestroy: { volume/data: ${id} }\n`);
    expect([...(await testbed.plan(yaml, "destroy")).observed.objects.keys()]).toEqual([]);
  });

  it("grows, and never shrinks", async () => {
    const testbed = openTestbed();
    await testbed.apply(file([machine("web")], held));
    expect(stepsOf((await testbed.apply(file([machine("web")], held.replace("8", "9")))).run)).toEqual(["update volume/data"]);
    const smaller = await testbed.plan(file([machine("web")], held));
    expect(smaller.diagnostics.map(({ summary }) => summary)).toEqual([expect.stringContaining("a volume cannot shrink")]);
  });
});
