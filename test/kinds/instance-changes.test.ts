import {
  AssociateIamInstanceProfileCommand,
  CancelSpotInstanceRequestsCommand,
  DescribeIamInstanceProfileAssociationsCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstanceCreditSpecificationsCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  DescribeVolumesModificationsCommand,
  ModifyInstanceAttributeCommand,
  ModifyInstanceCreditSpecificationCommand,
  ModifyVolumeCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type Instance as AwsInstance,
} from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { instance } from "../../src/kinds/instance/instance.ts";
import type { Instance } from "../../src/kinds/instance/schema.ts";
import type { Handle } from "../../src/kinds/instance/live.ts";
import type { Live } from "../../src/kinds/kind.ts";
import { hashTags } from "../../src/plan/tags.ts";
import { base, driver, seen, tagged, machineTestbed } from "./machine-testbed.ts";
import { refusal, runOf } from "./mocked-ec2.ts";
import { slotsOf } from "../support/slots.ts";

const { answer, apply, listed, mocked, planned, writes, written } = machineTestbed();

describe("the cost of a change", () => {
  it.each([
    [{ instanceType: "t3.small" }, "instanceType restart"],
    [{ instanceType: "t4g.micro" }, "instanceType refused"],
    [{ subnet: "subnet-2" }, "subnet replace"],
    [{ keyPair: "other" }, "keyPair replace"],
    [{ privateIpAddress: "10.0.1.10" }, "privateIpAddress replace"],
    [{ tenancy: "dedicated" }, "tenancy replace"],
    [{ spot: true }, "spot replace"],
    [{ securityGroups: ["sg-1", "sg-2"] }, "securityGroups update"],
    [{ instanceProfile: "web" }, "instanceProfile update"],
    [{ monitoring: true }, "monitoring update"],
    [{ sourceDestCheck: false }, "sourceDestCheck update"],
    [{ placementGroup: "near" }, "placementGroup restart"],
    [{ ebsOptimized: true }, "ebsOptimized restart"],
    [{ state: "stopped" }, "state restart"],
    [{ rootVolume: { size: 9 } }, "rootVolume.size update"],
    [{ rootVolume: { size: 7 } }, "rootVolume.size refused"],
    [{ rootVolume: { encrypted: true } }, "rootVolume.encrypted replace"],
    [{ rootVolume: { type: "gp2" } }, "rootVolume.type update"],
    [{ volumes: { "/dev/sdf": { size: 101 } } }, "volumes update"],
    [{ volumes: { "/dev/sdf": { size: 99 } } }, "volumes refused"],
    [{ volumes: { "/dev/sdf": { encrypted: true } } }, "volumes replace"],
    [{ volumes: { "/dev/sdg": { size: 1 } } }, "volumes replace"],
    [{ metadataOptions: { httpTokens: "required" } }, "metadataOptions.httpTokens update"],
  ] as [Partial<Instance>, string][])("%j: %s", async (spec, expected) => {
    mocked.ec2.on(DescribeVolumesCommand).resolves({
      Volumes: [
        { VolumeId: "vol-root", Size: 8, VolumeType: "gp3" },
        { VolumeId: "vol-data", Size: 100, VolumeType: "gp3" },
      ],
    });
    const disks = [...seen().BlockDeviceMappings!, { DeviceName: "/dev/sdf", Ebs: { VolumeId: "vol-data", DeleteOnTermination: true } }];
    const live = await listed({ MetadataOptions: { HttpTokens: "optional" }, BlockDeviceMappings: disks }, "rootVolume", "volumes");
    expect(planned(live, spec).impacts).toEqual([expected]);
  });

  it("replaces a one-time spot machine, which EC2 never stops", async () => {
    expect(planned(await listed({ InstanceLifecycle: "spot" }), { instanceType: "t3.small" }).impacts).toEqual(["instanceType replace"]);
  });

  it("takes forced encryption, an alias and a key id for the same", async () => {
    mocked.ec2
      .on(DescribeVolumesCommand)
      .resolves({ Volumes: [{ VolumeId: "vol-root", Encrypted: true, KmsKeyId: "arn:aws:kms:eu-west-1:1:key/abc" }] });
    const live = await listed({}, "rootVolume");
    expect(planned(live, { rootVolume: { encrypted: false, kmsKey: "alias/x" } }).impacts).toEqual([]);
    expect(planned(live, { rootVolume: { kmsKey: "abc" } }).impacts).toEqual([]);
    expect(planned(live, { rootVolume: { kmsKey: "def" } }).impacts).toEqual(["rootVolume.kmsKey replace"]);
  });

  it("does not mind a key pair that was imported again under its name", () => {
    const cost = instance.fields.keyPair.change as (was: unknown, now: unknown, spec: object) => unknown;
    expect(cost(undefined, "keyPair/a", { was: { keyPair: "keyPair/a" }, now: {} })).toBe("note");
    expect(cost("keyPair/a", "keyPair/b", { was: { keyPair: "keyPair/a" }, now: {} })).toBe("replace");
  });

  it("knows an image by its expression, and follows a newer one only on request", async () => {
    const image = { ssm: "/aws/service/al2023" };
    const live = await listed({ Tags: tagged(hashTags(instance, { image })) });
    const newer = { image: "ami-0fffffffffffffff0" };
    expect(planned(live, { image }, newer).impacts).toEqual([]);
    expect(planned(live, { image: { ssm: "/other" } }, newer).impacts).toEqual(["image replace"]);
    expect(planned(live, { image, imageUpdates: "replace" }, newer).impacts).toEqual(["image replace"]);
    expect(planned(live, { image, imageUpdates: "replace" }, { image: base.image }).impacts).toEqual([]);
    const self = { address: "instance/web", kind: "instance", name: "web", tags: {}, spec: { ...base, image } };
    expect(instance.notes!(self, live, { ...base, ...newer })[0]).toContain("a newer image is available: ami-0fffffffffffffff0");
    expect(instance.notes!(self, live, base)).toEqual([]);
  });

  it("knows user data by its hash, and follows `userDataChange`", async () => {
    const live = await listed({ Tags: tagged(hashTags(instance, { userData: "old" })) });
    expect(planned(live, { userData: "old" }).impacts).toEqual([]);
    expect(planned(live, { userData: "new" }).impacts).toEqual(["userData note"]);
    expect(planned(live, { userData: "new", userDataChange: "replace" }).impacts).toEqual(["userData replace"]);
    expect(planned(live, { userData: "new", userDataChange: "restart" }).impacts).toEqual(["userData restart"]);
  });

  it("leaves an omitted power state alone, and finishes our own interrupted restart", async () => {
    expect(planned(await listed({ State: { Name: "stopped" } }), {}).impacts).toEqual([]);
    expect(planned(await listed({ State: { Name: "stopped" }, Tags: tagged({ "infra:resume": "running" }) }), {}).impacts).toEqual([
      "state update",
    ]);
    expect(planned(await listed({ State: { Name: "running" }, Tags: tagged({ "infra:resume": "running" }) }), {}).impacts).toEqual([
      "state update",
    ]);
  });

  it("holds data only where a second disk dies with the machine", async () => {
    const holds = instance.dataLoss as (spec: object, live: Live) => string;
    const second = (DeleteOnTermination: boolean) => ({
      BlockDeviceMappings: [...seen().BlockDeviceMappings!, { DeviceName: "/dev/sdf", Ebs: { VolumeId: "vol-2", DeleteOnTermination } }],
    });
    expect(holds({}, await listed({}))).toBe("machine");
    expect(holds({}, await listed({ RootDeviceName: "/dev/sda" }))).toBe("machine");
    expect(holds({}, await listed(second(true)))).toBe("data");
    expect(holds({}, await listed(second(false)))).toBe("machine");
  });

  it("holds its private address in its subnet, where that is known", () => {
    expect(slotsOf(instance, { subnet: "subnet/a", privateIpAddress: "10.0.1.9" })).toEqual(["addresses of subnet/a: 10.0.1.9"]);
    expect(slotsOf(instance, { subnet: "subnet/a" })).toEqual([]);
  });
});

describe("changing while it runs", () => {
  it("sends each attribute in a call of its own", async () => {
    mocked.ec2
      .on(DescribeInstanceAttributeCommand)
      .resolves({ DisableApiTermination: { Value: false }, InstanceInitiatedShutdownBehavior: { Value: "stop" } });
    const live = await listed(
      { MetadataOptions: { HttpTokens: "required", HttpEndpoint: "enabled", HttpPutResponseHopLimit: 1, State: "applied" } },
      "disableApiTermination",
      "shutdownBehavior",
    );
    await apply(live, {
      securityGroups: ["sg-1", "sg-2"],
      sourceDestCheck: false,
      metadataOptions: { httpPutResponseHopLimit: 2 },
      monitoring: true,
      disableApiTermination: true,
      shutdownBehavior: "terminate",
    });
    expect(written()).toEqual([
      ["ModifyNetworkInterfaceAttribute", { NetworkInterfaceId: "eni-1", Groups: ["sg-1", "sg-2"] }],
      ["ModifyInstanceAttribute", { InstanceId: "i-1", SourceDestCheck: { Value: false } }],
      ["ModifyInstanceMetadataOptions", { InstanceId: "i-1", HttpTokens: "required", HttpEndpoint: "enabled", HttpPutResponseHopLimit: 2 }],
      ["MonitorInstances", { InstanceIds: ["i-1"] }],
      ["ModifyInstanceAttribute", { InstanceId: "i-1", DisableApiTermination: { Value: true } }],
      ["ModifyInstanceAttribute", { InstanceId: "i-1", Attribute: "instanceInitiatedShutdownBehavior", Value: "terminate" }],
    ]);
  });

  it("checks source and destination on the interface of a machine that has several", async () => {
    const live = await listed({
      NetworkInterfaces: [{ NetworkInterfaceId: "eni-2", Attachment: { DeviceIndex: 1 } }, seen().NetworkInterfaces![0]!],
    });
    await apply(live, { sourceDestCheck: false });
    expect(written()).toEqual([["ModifyNetworkInterfaceAttribute", { NetworkInterfaceId: "eni-1", SourceDestCheck: { Value: false } }]]);
  });

  it.each([
    ["associates", undefined, "running", [["AssociateIamInstanceProfile", { InstanceId: "i-1", IamInstanceProfile: { Name: "web" } }]]],
    [
      "replaces on a running machine",
      "old",
      "running",
      [["ReplaceIamInstanceProfileAssociation", { AssociationId: "iip-1", IamInstanceProfile: { Name: "web" } }]],
    ],
    [
      "lets go and associates on a stopped one",
      "old",
      "stopped",
      [
        ["DisassociateIamInstanceProfile", { AssociationId: "iip-1" }],
        ["AssociateIamInstanceProfile", { InstanceId: "i-1", IamInstanceProfile: { Name: "web" } }],
      ],
    ],
    ["leaves what an earlier run did", "web", "running", []],
  ] as const)("instance profile: %s", async (_, now, Name, expected) => {
    mocked.ec2.on(DescribeIamInstanceProfileAssociationsCommand).resolves({
      IamInstanceProfileAssociations: now
        ? [{ AssociationId: "iip-1", InstanceId: "i-1", IamInstanceProfile: { Arn: `arn:aws:iam::1:instance-profile/path/${now}` } }]
        : [],
    });
    const live = await listed({ State: { Name } });
    await apply(live, { instanceProfile: "web" });
    expect(written()).toEqual(expected);
  });

  it("passes on that the profile is not there yet, so that it is tried again", async () => {
    mocked.ec2.on(DescribeIamInstanceProfileAssociationsCommand).resolves({});
    mocked.ec2
      .on(AssociateIamInstanceProfileCommand)
      .rejects(
        refusal("InvalidParameterValue", "Value (web) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name"),
      );
    await expect(apply(await listed({}), { instanceProfile: "web" })).rejects.toMatchObject({ class: "wrong-state" });
  });

  it("does not take a refusal inside an answer for success", async () => {
    mocked.ec2
      .on(DescribeInstanceCreditSpecificationsCommand)
      .resolves({ InstanceCreditSpecifications: [{ InstanceId: "i-1", CpuCredits: "standard" }] });
    mocked.ec2.on(ModifyInstanceCreditSpecificationCommand).resolves({
      UnsuccessfulInstanceCreditSpecifications: [{ InstanceId: "i-1", Error: { Code: "IncorrectInstanceState", Message: "no" } }],
    } as never);
    await expect(apply(await listed({}, "creditSpecification"), { creditSpecification: "unlimited" })).rejects.toThrow(
      "EC2 did not change the CPU credits of i-1: no",
    );
  });

  describe("disks", () => {
    const disk = (more: object = {}) =>
      mocked.ec2
        .on(DescribeVolumesCommand)
        .resolves({ Volumes: [{ VolumeId: "vol-root", Size: 8, VolumeType: "gp3", Iops: 4000, Throughput: 200, ...more }] });

    it("grows in one call that keeps speed, and is done when the size can be used", async () => {
      disk();
      mocked.ec2
        .on(DescribeVolumesModificationsCommand)
        .resolvesOnce({ VolumesModifications: [{ ModificationState: "modifying" }] })
        .resolves({
          VolumesModifications: [
            { ModificationState: "optimizing", StartTime: new Date(2) },
            { ModificationState: "failed", StartTime: new Date(1) },
          ],
        });
      const run = await apply(await listed({}, "rootVolume"), { rootVolume: { size: 20 } });
      expect(written()).toEqual([["ModifyVolume", { VolumeId: "vol-root", Size: 20, VolumeType: "gp3", Iops: 4000, Throughput: 200 }]]);
      expect(run.said).toEqual(["vol-root (/dev/xvda) is changed; extend its file system from the instance"]);
    });

    it("does not carry the speed of one type over to another", async () => {
      disk({ VolumeType: "gp2", Iops: 100, Throughput: undefined });
      mocked.ec2.on(DescribeVolumesModificationsCommand).resolves({ VolumesModifications: [{ ModificationState: "completed" }] });
      await apply(await listed({}, "rootVolume"), { rootVolume: { type: "gp3" } });
      expect(written()).toEqual([["ModifyVolume", { VolumeId: "vol-root", Size: 8, VolumeType: "gp3" }]]);
    });

    it("sends no modification that an earlier run has sent", async () => {
      disk();
      const live = await listed({}, "rootVolume");
      disk({ Size: 20 });
      await apply(live, { rootVolume: { size: 20 } });
      expect(written()).toEqual([]);
    });

    it("says that a modification failed", async () => {
      disk();
      mocked.ec2.on(ModifyVolumeCommand).resolves({});
      mocked.ec2
        .on(DescribeVolumesModificationsCommand)
        .resolves({ VolumesModifications: [{ ModificationState: "failed", StatusMessage: "no space" }] });
      await expect(apply(await listed({}, "rootVolume"), { rootVolume: { size: 20 } })).rejects.toThrow(
        "EC2 could not change vol-root: no space",
      );
    });

    it("changes whether a disk dies with its machine", async () => {
      disk();
      await apply(await listed({}, "rootVolume"), { rootVolume: { deleteOnTermination: false } });
      expect(written()).toEqual([
        [
          "ModifyInstanceAttribute",
          {
            InstanceId: "i-1",
            BlockDeviceMappings: [{ DeviceName: "/dev/xvda", Ebs: { VolumeId: "vol-root", DeleteOnTermination: false } }],
          },
        ],
      ]);
    });
  });
});

describe("restart", () => {
  const resume = [{ Key: "infra:resume", Value: "running" }];

  /** An EC2 with one instance that stops and starts, as far as `faults` allows. */
  function living(Name: "running" | "stopped", faults: { start?: Error[]; fallBack?: number } = {}) {
    let power: Partial<AwsInstance> = { State: { Name } };
    let fallBacks = faults.fallBack ?? 0;
    mocked.ec2.on(DescribeInstancesCommand).callsFake(() => ({ Reservations: [{ Instances: [seen(power)] }] }));
    mocked.ec2.on(StopInstancesCommand).callsFake(() => {
      power = { State: { Name: "stopped" }, StateReason: { Code: "Client.UserInitiatedShutdown", Message: "User initiated shutdown" } };
      return {};
    });
    mocked.ec2.on(StartInstancesCommand).callsFake(() => {
      const fault = faults.start?.shift();
      if (fault) throw fault;
      power = { State: { Name: "running" } };
      if (fallBacks-- > 0)
        power = { State: { Name: "stopped" }, StateReason: { Code: "Server.InsufficientInstanceCapacity", Message: "no room" } };
      return {};
    });
    return () => power.State!.Name;
  }

  const live = async (one: Partial<AwsInstance> = {}) => listed(one);

  it("stops, changes, starts, and marks the machine for as long as it must be started again", async () => {
    const before = await live();
    living("running");
    await apply(before, { instanceType: "t3.small" });
    expect(written()).toEqual([
      ["CreateTags", { Resources: ["i-1"], Tags: resume }],
      ["StopInstances", { InstanceIds: ["i-1"] }],
      ["ModifyInstanceAttribute", { InstanceId: "i-1", InstanceType: { Value: "t3.small" } }],
      ["StartInstances", { InstanceIds: ["i-1"] }],
      ["DeleteTags", { Resources: ["i-1"], Tags: [{ Key: "infra:resume" }] }],
    ]);
  });

  it("changes everything in one restart", async () => {
    const before = await live({ CapacityReservationSpecification: { CapacityReservationPreference: "open" } });
    living("running");
    await apply(before, { instanceType: "t3.small", placementGroup: "near", ebsOptimized: true, capacityReservation: "none" });
    expect(writes().map(({ name }) => name)).toEqual([
      "CreateTags",
      "StopInstances",
      "ModifyInstanceAttribute",
      "ModifyInstanceAttribute",
      "ModifyInstancePlacement",
      "ModifyInstanceCapacityReservationAttributes",
      "StartInstances",
      "DeleteTags",
    ]);
  });

  it("puts new user data on the machine", async () => {
    const before = await live({ Tags: tagged(hashTags(instance, { userData: "old" })) });
    living("running");
    await apply(before, { userData: "é", userDataChange: "restart" });
    expect(written()[2]).toEqual(["ModifyInstanceAttribute", { InstanceId: "i-1", Attribute: "userData", Value: "w6k=" }]);
  });

  it("leaves a machine stopped that was", async () => {
    const before = await live({ State: { Name: "stopped" } });
    living("stopped");
    await apply(before, { instanceType: "t3.small" });
    expect(written()).toEqual([["ModifyInstanceAttribute", { InstanceId: "i-1", InstanceType: { Value: "t3.small" } }]]);
  });

  it("does not start an instance that is to be stopped", async () => {
    const before = await live();
    living("running");
    await apply(before, { instanceType: "t3.small", state: "stopped" });
    expect(writes().map(({ name }) => name)).toEqual(["StopInstances", "ModifyInstanceAttribute", "DeleteTags"]);
  });

  it("waits while EC2's launch plan does not know the new type yet", async () => {
    const before = await live();
    const plan = refusal("InvalidParameterValue", "LaunchPlan instance type does not match attribute value");
    living("running", { start: [plan, plan] });
    await apply(before, { instanceType: "t3.small" });
    expect(mocked.ec2.commandCalls(StartInstancesCommand)).toHaveLength(3);
  });

  it("goes back to the old type when there is no room for the new one", async () => {
    const before = await live();
    const power = living("running", { start: [refusal("InsufficientInstanceCapacity", "no room")] });
    await expect(apply(before, { instanceType: "t3.small" })).rejects.toThrow(/no capacity for t3.small.*i-1 runs as t3.micro again/);
    expect(power()).toBe("running");
    expect(mocked.ec2.commandCalls(ModifyInstanceAttributeCommand).map((call) => call.args[0].input.InstanceType?.Value)).toEqual([
      "t3.small",
      "t3.micro",
    ]);
    expect(writes().at(-1)!.name).toBe("DeleteTags");
  });

  it("goes back too when the start was accepted and then fell back", async () => {
    const before = await live();
    const power = living("running", { fallBack: 1 });
    await expect(apply(before, { instanceType: "t3.small" })).rejects.toThrow(
      /Server.InsufficientInstanceCapacity.*runs as t3.micro again/,
    );
    expect(power()).toBe("running");
  });

  it("keeps the mark when there is no room for the old type either", async () => {
    const before = await live();
    const full = () => refusal("InsufficientInstanceCapacity", "no room");
    living("running", { start: [full(), full()] });
    await expect(apply(before, { instanceType: "t3.small" })).rejects.toMatchObject({ class: "capacity" });
    expect(writes().map(({ name }) => name)).not.toContain("DeleteTags");
  });

  it("completes the work of a killed run: only the start is left, and the mark is removed", async () => {
    const before = await live({ State: { Name: "stopped" }, InstanceType: "t3.small", Tags: tagged({ "infra:resume": "running" }) });
    living("stopped");
    await apply(before, { instanceType: "t3.small" });
    expect(writes().map(({ name }) => name)).toEqual(["StartInstances", "DeleteTags"]);
  });

  it("finishes a restart that was cut off before the change", async () => {
    const before = await live({ State: { Name: "stopped" }, Tags: tagged({ "infra:resume": "running" }) });
    const power = living("stopped");
    await apply(before, { instanceType: "t3.small" });
    expect(power()).toBe("running");
    expect(
      writes()
        .map(({ name }) => name)
        .slice(0, 3),
    ).toEqual(["CreateTags", "ModifyInstanceAttribute", "StartInstances"]);
  });

  it.each([
    ["running", "stopped", "StopInstances"],
    ["stopped", "running", "StartInstances"],
  ] as const)("brings a %s machine to be %s", async (was, state, call) => {
    const before = await live({ State: { Name: was } });
    const power = living(was);
    await apply(before, { state });
    expect(power()).toBe(state);
    expect(written()).toEqual([[call, { InstanceIds: ["i-1"] }]]);
  });

  it("gives up on a machine that was terminated meanwhile", async () => {
    const before = await live();
    answer({ State: { Name: "terminated" }, StateReason: { Code: "Server.SpotInstanceTermination", Message: "Spot interruption" } });
    await expect(apply(before, { instanceType: "t3.small" })).rejects.toThrow(
      "i-1 was terminated during the change: Server.SpotInstanceTermination: Spot interruption",
    );
  });
});

describe("delete", () => {
  const run = () => runOf<Instance, Handle>(mocked.clock, async () => undefined);

  it("cancels the spot request first, which would launch another machine", async () => {
    const live = await listed({ SpotInstanceRequestId: "sir-1" });
    mocked.ec2.resetHistory();
    await driver.delete(mocked.aws, live, run());
    expect(written()).toEqual([
      ["CancelSpotInstanceRequests", { SpotInstanceRequestIds: ["sir-1"] }],
      ["TerminateInstances", { InstanceIds: ["i-1"] }],
    ]);
  });

  it("takes a machine and a request that are gone for deleted", async () => {
    const live = await listed({ SpotInstanceRequestId: "sir-1" });
    mocked.ec2.on(CancelSpotInstanceRequestsCommand).rejects(refusal("InvalidSpotInstanceRequestID.NotFound"));
    mocked.ec2.on(TerminateInstancesCommand).rejects(refusal("InvalidInstanceID.NotFound"));
    await expect(driver.delete(mocked.aws, live, run())).resolves.toBeUndefined();
  });

  it("never lifts termination protection", async () => {
    const live = await listed({});
    mocked.ec2.on(TerminateInstancesCommand).rejects(refusal("OperationNotPermitted"));
    await expect(driver.delete(mocked.aws, live, run())).rejects.toMatchObject({ class: "protected" });
    expect(mocked.ec2.commandCalls(ModifyInstanceAttributeCommand)).toHaveLength(0);
  });
});
