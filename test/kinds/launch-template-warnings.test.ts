/** Warnings in AWS's answers. A separate file, because it mocks the answers: the sandbox never warns. */
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DescribeLaunchTemplateVersionsCommand,
} from "@aws-sdk/client-ec2";
import { expect, it } from "vitest";
import { launchTemplate } from "../../src/kinds/launch-template/launch-template.ts";
import { setVersion } from "../../src/kinds/launch-template/versions.ts";
import { identity, mockedEc2 } from "./mocked-ec2.ts";

it("faults that AWS tells beside a success are said, of the first version and of later ones", async () => {
  const { aws, ec2 } = await mockedEc2();
  const Warning = { Errors: [{ Code: "InvalidParameterValue", Message: "The key pair does not exist" }] };
  ec2.on(CreateLaunchTemplateCommand).resolves({ LaunchTemplate: { LaunchTemplateId: "lt-1" }, Warning });
  ec2.on(DescribeLaunchTemplateVersionsCommand).resolves({ LaunchTemplateVersions: [] });
  ec2.on(CreateLaunchTemplateVersionCommand).resolves({ LaunchTemplateVersion: { VersionNumber: 2 }, Warning });
  const driver = await launchTemplate.load();
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const request = { image: "ami-1", instanceType: "t3.micro" };
  expect(await driver.create(aws, request, identity(), say)).toBe("lt-1");
  await setVersion(aws, await import("../../src/aws/sdk/ec2.ts"), "lt-1", request, "ami-1", { identity: identity(), say });
  const warned = "AWS warns: The key pair does not exist (InvalidParameterValue)";
  expect(said).toEqual([warned, warned, "version 2 is the default"]);
});
