/**
 * Volumes, network interfaces and generated keys against moto, an emulator by others; the SDK alone reads the result. Only the sandbox has
 * what moto lacks: a volume in use, and images (moto answers HTTP 500 to CreateImage of this instance).
 */
import {
  DescribeAddressesCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeVolumesCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyEnvironment, planEnvironment } from "../../src/engine.ts";
import { kinds } from "../../src/kinds/index.ts";
import { publicLineOf } from "../../src/kinds/key-pair/private-key.ts";
import { loadText, stepsOf } from "../support/testbed.ts";
import { hasMoto, motoTestbed, type MotoTestbed } from "./db-moto.ts";

const environment = (image: string) => `
format: 1
project: lab
environment: test
region: ap-northeast-2
vpcs: { main: { cidrBlock: 10.0.0.0/16 } }
internetGateways: { main: { vpc: main } }
subnets: { a: { vpc: main, cidrBlock: 10.0.1.0/24, availabilityZone: a } }
networkInterfaces: { front: { subnet: a, privateIpAddresses: [10.0.1.10, 10.0.1.11] } }
elasticIps: { web: { networkInterface: front } }
instances:
  web: { subnet: a, networkInterfaces: [front, { subnet: a, description: side }], keyPair: web, image: ${image}, instanceType: t3.micro, disposable: true }
keyPairs: { web: { generate: ed25519, privateKey: { ssmParameter: /keys/web } } }
volumes: { data: { availabilityZone: a, size: 8, type: gp3, attachments: { web: { device: /dev/sdf } } } }
`;

describe.skipIf(!hasMoto)("volumes, interfaces and keys that outlive instances, in moto", () => {
  let testbed: MotoTestbed;
  let client: EC2Client;
  let parameters: SSMClient;
  beforeAll(async () => {
    testbed = await motoTestbed();
    client = new EC2Client(testbed.client);
    parameters = new SSMClient(testbed.client);
  });
  afterAll(() => testbed.stop());

  it("is made as written, and agrees", async () => {
    const { Images = [] } = await client.send(new DescribeImagesCommand({ Owners: ["amazon"] }));
    const linux = Images.find(({ Architecture, Name }) => Architecture === "x86_64" && /amzn|al2023/.test(Name ?? ""))!.ImageId!;
    const file = loadText(environment(linux));
    const run = await planEnvironment(kinds, testbed, file, { goal: "agree" });
    for await (const event of applyEnvironment(testbed, run, { signal: new AbortController().signal }))
      if (event.type === "finished")
        expect(event.outcome.failed.map(({ step, failure }) => `${step.address}: ${failure.message}`)).toEqual([]);

    const Filters = [{ Name: "tag:infra:environment", Values: ["test"] }];
    const { Reservations = [] } = await client.send(new DescribeInstancesCommand({ Filters }));
    const machine = Reservations[0]!.Instances![0]!;
    const { NetworkInterfaces = [] } = await client.send(new DescribeNetworkInterfacesCommand({ Filters }));
    expect(NetworkInterfaces).toMatchObject([{ PrivateIpAddress: "10.0.1.10", Attachment: { InstanceId: machine.InstanceId } }]);
    expect(machine.NetworkInterfaces!.map(({ Description, Attachment }) => [Attachment!.DeviceIndex, Description])).toContainEqual([
      2,
      "side",
    ]);
    const { Volumes = [] } = await client.send(new DescribeVolumesCommand({ Filters }));
    expect(Volumes).toMatchObject([{ Size: 8, VolumeType: "gp3", Attachments: [{ InstanceId: machine.InstanceId, Device: "/dev/sdf" }] }]);
    const { Addresses = [] } = await client.send(new DescribeAddressesCommand({ Filters }));
    expect(Addresses).toMatchObject([{ NetworkInterfaceId: NetworkInterfaces[0]!.NetworkInterfaceId }]);
    expect(machine.KeyName).toBe("test-web");
    const { KeyPairs = [] } = await client.send(new DescribeKeyPairsCommand({ Filters, IncludePublicKey: true }));
    const { Parameter } = await parameters.send(new GetParameterCommand({ Name: "/keys/web", WithDecryption: true }));
    expect(Parameter).toMatchObject({ Type: "SecureString" });
    expect(KeyPairs[0]!.PublicKey!.split(" ").slice(0, 2).join(" ")).toBe(publicLineOf(Parameter!.Value!)!.line);
    expect(stepsOf(await planEnvironment(kinds, testbed, file, { goal: "agree" }))).toEqual([]);
  });
});
