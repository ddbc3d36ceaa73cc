/** environments/scale-up.yaml in the sandbox, step by step: the address moves to a bigger instance made from an image of the old one. */
import { DescribeAddressesCommand, DescribeImagesCommand, DescribeInstancesCommand } from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import type { Environment } from "../../src/config/environment.ts";
import { loadEnvironment } from "../../src/config/load.ts";
import { kinds } from "../../src/kinds/index.ts";
import { types } from "../../src/kinds/types/types.ts";
import { environmentTestbed, stepsOf } from "../support/testbed.ts";

const cwd = new URL("../..", import.meta.url).pathname;

function at(step: number, change: (environment: Environment) => Environment = (same) => same): Environment {
  const { environment, diagnostics } = loadEnvironment({ nameOrPath: "scale-up", cwd, kinds, types, vars: { step: String(step) } });
  expect(diagnostics).toEqual([]);
  return change(environment!);
}

/** The same file with another value in one resource. */
const withValue = (address: string, fields: object) => (environment: Environment) => ({
  ...environment,
  nodes: environment.nodes.map((node) =>
    node.address === address ? { ...node, spec: { ...node.spec, ...fields }, at: node.at.bind(node) } : node,
  ),
});

test("each step does what the file says about it, and the way back is open", async () => {
  const testbed = environmentTestbed();
  const first = await testbed.apply(at(1));
  const { aws } = first.connection;
  const address = async () => {
    const { Addresses: [one] = [] } = await aws.ec2(new DescribeAddressesCommand({}));
    const { Reservations = [] } = await aws.ec2(new DescribeInstancesCommand({ InstanceIds: [one!.InstanceId!] }));
    return { ip: one!.PublicIp, type: Reservations[0]!.Instances![0]!.InstanceType, image: Reservations[0]!.Instances![0]!.ImageId };
  };
  const before = await address();
  expect(before.type).toBe("t3.micro");

  expect(stepsOf((await testbed.apply(at(2))).run).sort()).toEqual(["create image/web", "create instance/big"]);
  expect(await address()).toEqual(before);

  expect(stepsOf((await testbed.apply(at(3))).run)).toEqual(["update elasticIp/web"]);
  const { Images: [image] = [] } = await aws.ec2(new DescribeImagesCommand({ Owners: ["self"] }));
  expect(image!.SourceInstanceId).toMatch(/^i-/);
  expect(await address()).toEqual({ ip: before.ip, type: "m6i.large", image: image!.ImageId });

  expect(stepsOf((await testbed.apply(at(2))).run)).toEqual(["update elasticIp/web"]);
  expect(await address()).toEqual(before);

  await testbed.apply(at(3));
  expect(stepsOf((await testbed.apply(at(4))).run)).toEqual(["restart instance/small"]);
  expect(stepsOf(await testbed.plan(at(4)))).toEqual([]);
});

test("a new version is a new image: the old one is kept, and the machine stays unless the file says that it follows", async () => {
  const testbed = environmentTestbed();
  const { connection } = await testbed.apply(at(3));
  const images = async () => {
    const { Images = [] } = await connection.aws.ec2(new DescribeImagesCommand({ Owners: ["self"] }));
    return Images.map(({ Tags = [], ImageId }) => ({ id: ImageId, isKept: Tags.some(({ Key }) => Key === "infra:kept") }));
  };
  const [old] = await images();
  expect(stepsOf(await testbed.plan(at(3, withValue("instance/big", { imageUpdates: "replace" }))))).toEqual([]);
  const second = withValue("image/web", { version: 2 });
  expect(stepsOf((await testbed.apply(at(3, second))).run)).toEqual(["replace image/web"]);
  expect((await images()).sort((a, b) => Number(a.isKept) - Number(b.isKept))).toEqual([
    { id: expect.not.stringMatching(old!.id!), isKept: false },
    { id: old!.id, isKept: true },
  ]);
  expect(stepsOf(await testbed.plan(at(3, second)))).toEqual([]);

  const third = withValue("image/web", { version: 3 });
  expect(stepsOf((await testbed.apply(at(3, third))).run)).toEqual(["replace image/web"]);
  expect((await images()).map(({ isKept }) => isKept).sort()).toEqual([false, true]);
  expect((await images()).some(({ id }) => id === old!.id)).toBe(false);

  const following = (environment: Environment) => withValue("instance/big", { imageUpdates: "replace" })(third(environment));
  // The data on its volume would be lost, so the plan asks for a permission.
  expect((await testbed.plan(at(3, following))).diagnostics.map(({ summary }) => summary)).toEqual([
    expect.stringMatching(/^instance\/big \(i-\w+\) would have to be replaced/),
  ]);
});
