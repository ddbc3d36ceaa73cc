import { CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import { VirtualClock } from "@plumbline/clock";
import { createSandbox } from "../src/sandbox.ts";

const sandbox = createSandbox({ clock: new VirtualClock() });
const ec2 = new EC2Client({
  region: "eu-west-1",
  requestHandler: sandbox.requestHandler,
  credentials: { accessKeyId: "AKIA123456789012", secretAccessKey: "sandbox" },
});
export const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
