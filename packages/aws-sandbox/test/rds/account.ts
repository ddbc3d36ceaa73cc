/** A sandbox with an RDS client of the SDK, a VPC of two zones, and a clock that jumps. */
import * as ec2 from "@aws-sdk/client-ec2";
import * as rds from "@aws-sdk/client-rds";
import { VirtualClock } from "@plumbline/clock";
import { createSandbox } from "../../src/sandbox.ts";

export interface Account {
  readonly clock: VirtualClock;
  readonly sandbox: ReturnType<typeof createSandbox>;
  readonly rds: rds.RDSClient;
  readonly ec2: ec2.EC2Client;
  readonly vpc: string;
  readonly subnets: readonly [string, string];
  /** Lets minutes pass. */
  pass(minutes: number): Promise<void>;
  create(input?: Partial<rds.CreateDBInstanceCommandInput>): Promise<rds.DBInstance>;
  look(id?: string): Promise<rds.DBInstance>;
  modify(input: Partial<rds.ModifyDBInstanceCommandInput>): Promise<rds.DBInstance>;
  remove(input: Partial<rds.DeleteDBInstanceCommandInput>): Promise<rds.DBInstance>;
}

export async function account(): Promise<Account> {
  const clock = new VirtualClock(Date.UTC(2026, 10, 20, 12)); // a Friday
  const sandbox = createSandbox({ clock });
  const settings = {
    region: "eu-west-1",
    credentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "example" },
    requestHandler: sandbox.requestHandler,
    endpoint: "https://sandbox.invalid",
    maxAttempts: 1,
  };
  const client = new rds.RDSClient(settings);
  const machines = new ec2.EC2Client(settings);
  const vpc = (await machines.send(new ec2.CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }))).Vpc!.VpcId!;
  const subnet = async (CidrBlock: string, AvailabilityZone: string) =>
    (await machines.send(new ec2.CreateSubnetCommand({ VpcId: vpc, CidrBlock, AvailabilityZone }))).Subnet!.SubnetId!;
  const subnets = [await subnet("10.0.1.0/24", "eu-west-1a"), await subnet("10.0.2.0/24", "eu-west-1b")] as const;
  await client.send(
    new rds.CreateDBSubnetGroupCommand({ DBSubnetGroupName: "group", DBSubnetGroupDescription: "group", SubnetIds: [...subnets] }),
  );
  return {
    clock,
    sandbox,
    rds: client,
    ec2: machines,
    vpc,
    subnets,
    pass: (minutes) => clock.sleep(minutes * 60_000),
    create: async (input = {}) => (await client.send(new rds.CreateDBInstanceCommand({ ...least, ...input }))).DBInstance!,
    look: async (id = "main") => (await client.send(new rds.DescribeDBInstancesCommand({ DBInstanceIdentifier: id }))).DBInstances![0]!,
    modify: async (input) => (await client.send(new rds.ModifyDBInstanceCommand({ DBInstanceIdentifier: "main", ...input }))).DBInstance!,
    remove: async (input) => (await client.send(new rds.DeleteDBInstanceCommand({ DBInstanceIdentifier: "main", ...input }))).DBInstance!,
  };
}

/** The shortest input that makes an instance. */
export const least: rds.CreateDBInstanceCommandInput = {
  DBInstanceIdentifier: "main",
  Engine: "mysql",
  DBInstanceClass: "db.t3.micro",
  AllocatedStorage: 20,
  MasterUsername: "dbadmin",
  MasterUserPassword: "correct-horse",
  DBSubnetGroupName: "group",
};

/** Returns the wire code of the error of a call. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return (error as { Code?: string; name: string }).Code ?? (error as Error).name;
  }
  return "(no error)";
}
