import {
  CreateLaunchTemplateVersionCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeLaunchTemplatesCommand,
  EC2Client,
  ModifyLaunchTemplateCommand,
} from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { launchTemplate } from "../../src/kinds/launch-template/launch-template.ts";
import { openTestbed, network, settle, stepsOf, thereAndBack } from "./elbv2-testbed.ts";

type ResourceIndex = ReturnType<typeof openTestbed>;

const expression = "{ ssm: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 }";

const plain = `${network}
launchTemplates:
  web:
    image: ${expression}
    instanceType: t3.micro
`;

function client(index: ResourceIndex): EC2Client {
  return new EC2Client({
    region: "eu-west-1",
    endpoint: "https://sandbox.invalid",
    requestHandler: index.sandbox.requestHandler as never,
    credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "x" },
    maxAttempts: 1,
  });
}

/** Returns the launch template and its versions, the newest first. */
async function seen(index: ResourceIndex) {
  const ec2 = client(index);
  const { LaunchTemplates: [template] = [] } = await ec2.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateNames: ["test-web"] }));
  const { LaunchTemplateVersions: versions = [] } = await ec2.send(
    new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: template!.LaunchTemplateId! }),
  );
  return {
    ec2,
    template: template!,
    id: template!.LaunchTemplateId!,
    versions: [...versions].sort((a, b) => b.VersionNumber! - a.VersionNumber!),
  };
}

describe("fields", () => {
  const full = `${plain}    securityGroups: [one]
    associatePublicIpAddress: true
    instanceProfile: { name: web }
    userData: "echo one"
    rootVolume: { size: 20, type: gp3, encrypted: true }
    volumes: { /dev/sdf: { size: 50, type: gp3, iops: 4000 } }
    metadataOptions: { httpTokens: required, httpPutResponseHopLimit: 2 }
    monitoring: true
    disableApiTermination: false
    shutdownBehavior: stop
    spot: { type: one-time }
    placementGroup: { id: near }
    capacityReservation: open
    tenancy: default
    ebsOptimized: true
    creditSpecification: standard
    instanceTags: { role: web }
    volumeTags: { disk: web }
`;

  it("makes a template as the YAML says, as another client sees it, without our tags in it", async () => {
    const index = openTestbed();
    await settle(index, full);
    const {
      versions: [version],
      template,
    } = await seen(index);
    expect(version!.LaunchTemplateData).toMatchObject({
      InstanceType: "t3.micro",
      ImageId: expect.stringMatching(/^ami-/),
      NetworkInterfaces: [{ DeviceIndex: 0, AssociatePublicIpAddress: true, Groups: [expect.stringMatching(/^sg-/)] }],
      IamInstanceProfile: { Name: "web" },
      UserData: Buffer.from("echo one").toString("base64"),
      MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 2 },
      Monitoring: { Enabled: true },
      InstanceMarketOptions: { MarketType: "spot", SpotOptions: { SpotInstanceType: "one-time" } },
      CreditSpecification: { CpuCredits: "standard" },
      TagSpecifications: [
        { ResourceType: "instance", Tags: [{ Key: "role", Value: "web" }] },
        { ResourceType: "volume", Tags: [{ Key: "disk", Value: "web" }] },
      ],
    });
    expect(version!.LaunchTemplateData!.BlockDeviceMappings).toMatchObject([
      { Ebs: { VolumeSize: 20, Encrypted: true } },
      { DeviceName: "/dev/sdf", Ebs: { VolumeSize: 50, Iops: 4000 } },
    ]);
    expect(JSON.stringify(version!.LaunchTemplateData)).not.toContain("infra:");
    expect(template.Tags!.map(({ Key }) => Key)).toEqual(
      expect.arrayContaining(["infra:project", "infra:environment", "infra:resource", "infra:image"]),
    );
  });

  it.each([
    ["instanceType: t3.micro", "instanceType: t3.small"],
    ["volumes: { /dev/sdf: {", "volumes: { /dev/sdg: {"],
    ["spot: { type: one-time }", "spot: false"],
  ])("a change of %s to %s is one new version, and the way back none", async (from, to) => {
    const index = openTestbed();
    await settle(index, full);
    expect(await thereAndBack(index, full, from, to)).toEqual(["update launchTemplate/web"]);
    const { versions, template } = await seen(index);
    expect(versions).toHaveLength(2);
    expect(template.DefaultVersionNumber).toBe(1);
  });
});

describe("versions", () => {
  const changed = plain.replace("t3.micro", "t3.small");

  it("trap 9: no run adds a version without a change, and the default is the one in use", async () => {
    const index = openTestbed();
    await settle(index, plain);
    await settle(index, changed);
    const { versions, template } = await seen(index);
    expect(versions.map((version) => version.VersionNumber)).toEqual([2, 1]);
    expect(template.DefaultVersionNumber).toBe(2);
    const { live } = (await index.plan(changed)).observed.objects.get("launchTemplate/web")!;
    expect(live.outputs).toMatchObject({ version: "2" });
    expect(live.aliases).toEqual([`${live.id}:2`]);
  });

  it("a version whose creation was interrupted is reused, not made again", async () => {
    const index = openTestbed();
    await settle(index, plain);
    // A run made version 2 and died before it became the default. Setting the default back by hand gives the same state.
    await settle(index, changed);
    const { ec2, id } = await seen(index);
    await ec2.send(new ModifyLaunchTemplateCommand({ LaunchTemplateId: id, DefaultVersion: "1" }));
    const repaired = await settle(index, changed);
    expect(stepsOf(repaired.run)).toEqual(["update launchTemplate/web"]);
    const after = await seen(index);
    expect(after.versions).toHaveLength(2);
    expect(after.template.DefaultVersionNumber).toBe(2);
  });

  it("of others are kept and reported, while the default is ours", async () => {
    const index = openTestbed();
    await settle(index, plain);
    const { ec2, id, versions } = await seen(index);
    await ec2.send(
      new CreateLaunchTemplateVersionCommand({
        LaunchTemplateId: id,
        LaunchTemplateData: { ImageId: versions[0]!.LaunchTemplateData!.ImageId!, InstanceType: "m5.large" },
      }),
    );
    const { plan } = await index.plan(plain);
    expect(plan.steps).toEqual([]);
    expect(plan.notes.map((note) => note.text)).toContainEqual(
      expect.stringContaining("the newest version, 2, is not the default version, which is 1"),
    );
    for (let i = 0; i < 12; i++) await index.apply(plain.replace("t3.micro", `t3.micro\n    instanceTags: { n: "${i}" }`));
    const after = await seen(index);
    expect(after.versions.map((version) => version.VersionNumber)).toContain(2);
    expect(after.versions).toHaveLength(11); // ten versions of ours and of others
    expect(after.template.DefaultVersionNumber).toBe(14);
  });

  it("keep the image when they are made for another reason; a newer one is a note", async () => {
    const index = openTestbed();
    await settle(index, plain);
    const { versions } = await seen(index);
    const old = versions[0]!.LaunchTemplateData!.ImageId;
    const resolved = { image: { ssm: "x" }, instanceType: "t3.micro" } as never;
    const live = (await index.plan(plain)).observed.objects.get("launchTemplate/web")!.live;
    const subject = { address: "launchTemplate/web", kind: "launchTemplate", name: "web", tags: {}, spec: resolved };
    expect(launchTemplate.notes!(subject, live, { image: "ami-0new", instanceType: "t3.micro" } as never)).toEqual([
      `a newer image is available: ami-0new; version 1 has ${old}`,
    ]);
    await settle(index, changed);
    expect((await seen(index)).versions[0]!.LaunchTemplateData!.ImageId).toBe(old);
  });

  it("follow a newer image where the author asks for it", () => {
    const rule = launchTemplate.fields.image;
    const live = {} as never;
    expect(rule.same!({ ssm: "x" }, "ami-1", live, "ami-2", { imageUpdates: "replace" })).toBe(false);
    expect(rule.same!({ ssm: "x" }, "ami-2", live, "ami-2", { imageUpdates: "replace" })).toBe(true);
    expect(rule.same!({ ssm: "x" }, "ami-1", live, "ami-2", {})).toBe(true);
  });

  it("list the fields of the version in use that the YAML omits", async () => {
    const index = openTestbed();
    await settle(index, plain.replace("t3.micro", "t3.micro\n    monitoring: true"));
    const { plan } = await index.plan(plain);
    expect(plan.steps).toEqual([]);
    expect(plan.notes.map((note) => note.text)).toContainEqual(expect.stringContaining("version 1 also sets monitoring"));
  });
});

describe("deleting", () => {
  it("takes the template and all its versions", async () => {
    const index = openTestbed();
    await settle(index, plain);
    await index.destroy(plain);
    expect((await client(index).send(new DescribeLaunchTemplatesCommand({}))).LaunchTemplates).toEqual([]);
  });
});
