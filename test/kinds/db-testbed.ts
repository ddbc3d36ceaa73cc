/**
 * A small engine for one kind at a time: it plans with the real diff, and creates and changes with the kind's driver, in the sandbox or at
 * any other endpoint.
 */
import * as ec2 from "@aws-sdk/client-ec2";
import * as rds from "@aws-sdk/client-rds";
import { connect } from "../../src/aws/connect.ts";
import type { Connection } from "../../src/aws/connection.ts";
import { VirtualClock, type Clock } from "@plumbline/clock";
import { ownership, tagOfAddress } from "../../src/resource/ownership.ts";
import type { DbInstance } from "../../src/kinds/db-instance/db-instance.ts";
import type { Address, CreateIdentity, Kind, Live, Run, Scope, Spec, Tags } from "../../src/kinds/kind.ts";
import { deriveName } from "../../src/resource/naming.ts";
import { changesOf, diff, withDefaults, type Diff } from "../../src/plan/diff.ts";
import { createSandbox, type Sandbox } from "@plumbline/aws-sandbox/sandbox.ts";

export const project = "shop";
export const environment = "prod";

export interface Testbed extends Connection {
  readonly clock: Clock;
  readonly sandbox?: Sandbox;
  /** Messages of the steps while they ran. */
  readonly said: string[];
  /** The specs as they stand in the YAML, by address. */
  readonly written: Map<Address, Spec>;
}

/** A separate sandbox, with a clock that jumps. */
export async function sandboxTestbed(options: { readonly onCall?: (record: unknown) => void } = {}): Promise<Testbed> {
  const clock = new VirtualClock(Date.UTC(2026, 10, 20, 12)); // a Friday
  const sandbox = createSandbox({ clock });
  const connection = await connect({
    region: "ap-northeast-2",
    clock,
    requestHandler: sandbox.requestHandler,
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
    onCall: options.onCall,
  });
  return { ...connection, clock, sandbox, said: [], written: new Map() };
}

export function scopeOf(testbed: Testbed): Scope {
  return {
    project,
    environment,
    asks: (address, field) => testbed.written.get(address)?.[field] !== undefined,
    wants: (address, field) => testbed.written.get(address)?.[field],
  };
}

/** Returns all live objects of the kind with our tags. */
export async function listed<S extends object, H>(testbed: Testbed, kind: Kind<S, H>): Promise<Live<S, H>[]> {
  const driver = await kind.load();
  const lives: Live<S, H>[] = [];
  for await (const live of driver.list(testbed.aws, scopeOf(testbed))) lives.push(live);
  return lives;
}

/** Returns the live object at an address. */
export async function find<S extends object, H>(testbed: Testbed, kind: Kind<S, H>, address: Address): Promise<Live<S, H> | undefined> {
  return (await listed(testbed, kind)).find((live) => live.tags[ownership.resource] === tagOfAddress(address));
}

/** Returns the differences that a plan would report. */
export async function planned<S extends object, H>(testbed: Testbed, kind: Kind<S, H>, address: Address, spec: S): Promise<Diff> {
  testbed.written.set(address, spec as Spec);
  const live = await find(testbed, kind, address);
  if (!live) throw new Error(`${address} does not exist`);
  return diff(kind, wantOf(spec), live);
}

/** Returns the fields that a plan would change, and those that it refuses. */
export async function differences<S extends object, H>(testbed: Testbed, kind: Kind<S, H>, address: Address, spec: S): Promise<string[]> {
  const found = await planned(testbed, kind, address, spec);
  return [...found.deltas.map((delta) => `${delta.path}: ${delta.impact}`), ...found.refused.map(({ path }) => `${path}: refused`)];
}

/** Brings AWS to the spec as an apply does: creates, waits, and runs the later stages, or changes the existing object. */
export async function converge<S extends object, H>(
  testbed: Testbed,
  kind: Kind<S, H>,
  address: Address,
  spec: S,
  tags: Tags = {},
): Promise<Live<S, H>> {
  testbed.written.set(address, spec as Spec);
  const driver = await kind.load();
  const identity = createIdentityOf(kind, address, spec, tags);
  let live = await find(testbed, kind, address);
  const isNew = live === undefined;
  if (!live) {
    const id = await driver.create(testbed.aws, withDefaults(kind, spec as Spec) as S, identity);
    live = await ready(testbed, kind, id);
  }
  for (const stage of kind.stages.slice(isNew ? 1 : 0)) {
    const found = diff(kind, wantOf(spec), live);
    if (found.refused.length > 0) throw new Error(found.refused.map(({ path, why }) => `${path}: ${why}`).join("\n"));
    const changes = changesOf(kind, found, stage.name, wantOf(spec), live) as never;
    if (Object.keys(changes).length === 0) continue;
    await driver.update!(
      testbed.aws,
      stage.name,
      live,
      withDefaults(kind, spec as Spec) as S,
      changes,
      runOf(testbed, kind, live, identity),
    );
    live = (await driver.get(testbed.aws, [live.id], scopeOf(testbed))).get(live.id)!;
  }
  return live;
}

/** Deletes the object and waits until it is gone. */
export async function removed<S extends object, H>(testbed: Testbed, kind: Kind<S, H>, live: Live<S, H>): Promise<void> {
  const driver = await kind.load();
  await driver.delete(testbed.aws, live, runOf(testbed, kind, live, { tags: live.tags, token: "t", name: live.id }));
  await until(testbed, 3600, 15, async () => !(await driver.get(testbed.aws, [live.id], scopeOf(testbed))).has(live.id));
}

export function createIdentityOf<S extends object, H>(kind: Kind<S, H>, address: Address, spec: S, tags: Tags = {}): CreateIdentity {
  const name = kind.naming ? deriveName(environment, address.split("/")[1]!, kind.naming) : address.split("/")[1]!;
  return {
    name,
    token: "0123456789abcdef",
    tags: {
      [ownership.project]: project,
      [ownership.environment]: environment,
      [ownership.resource]: tagOfAddress(address),
      [ownership.name]: name,
      ...kind.marks?.(spec),
      ...tags,
    },
  };
}

export function runOf<S extends object, H>(testbed: Testbed, kind: Kind<S, H>, live: Live<S, H>, identity: CreateIdentity): Run<S, H> {
  return {
    identity,
    say: (text) => void testbed.said.push(text),
    until: (what, limit, every, look) => until(testbed, limit, every, look, what),
    async wait(what, limit, done) {
      const driver = await kind.load();
      let seen: Live<S, H> | undefined;
      const look = async () => {
        seen = (await driver.get(testbed.aws, [live.id], scopeOf(testbed))).get(live.id);
        return done(seen);
      };
      await until(testbed, limit, kind.waits.poll ?? 5, look, what);
      return seen;
    },
  };
}

async function ready<S extends object, H>(testbed: Testbed, kind: Kind<S, H>, id: string): Promise<Live<S, H>> {
  const driver = await kind.load();
  let live: Live<S, H> | undefined;
  const limit = kind.waits.create === "instant" ? 30 : kind.waits.create.limit;
  await until(testbed, limit, kind.waits.poll ?? 5, async () => {
    live = (await driver.get(testbed.aws, [id], scopeOf(testbed))).get(id);
    if (typeof live?.state === "object") throw new Error(`${id} failed: ${live.state.failed}`);
    return live?.state === "ready";
  });
  return live!;
}

async function until(testbed: Testbed, limit: number, every: number, look: () => Promise<boolean>, what = "it"): Promise<void> {
  for (let waited = 0; ; waited += every) {
    if (await look()) return;
    if (waited >= limit) throw new Error(`waited ${limit} s for ${what}`);
    await testbed.clock.sleep(every * 1000);
  }
}

function wantOf(spec: object) {
  return { spec: spec as Spec, ignoreChanges: [] };
}

export interface Surroundings {
  readonly vpc: string;
  readonly subnets: readonly [a: string, c: string];
  readonly group: string;
  /** A subnet group over both subnets, without our tags. */
  readonly subnetGroup: string;
}

/** Makes by hand what a database needs: a VPC with two subnets in two zones, a security group and a subnet group. */
export async function surroundings(testbed: Testbed): Promise<Surroundings> {
  const { aws } = testbed;
  const vpc = (await aws.ec2(new ec2.CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }))).Vpc!.VpcId!;
  const subnet = async (CidrBlock: string, zone: string) =>
    (await aws.ec2(new ec2.CreateSubnetCommand({ VpcId: vpc, CidrBlock, AvailabilityZone: `ap-northeast-2${zone}` }))).Subnet!.SubnetId!;
  const subnets = [await subnet("10.0.1.0/24", "a"), await subnet("10.0.2.0/24", "c")] as const;
  const group = (await aws.ec2(new ec2.CreateSecurityGroupCommand({ VpcId: vpc, GroupName: "db", Description: "db" }))).GroupId!;
  await aws.rds(
    new rds.CreateDBSubnetGroupCommand({ DBSubnetGroupName: "ground", DBSubnetGroupDescription: "ground", SubnetIds: [...subnets] }),
  );
  return { vpc, subnets, group, subnetGroup: "ground" };
}

/** The shortest spec of a database. */
export function mysql(on: Surroundings, more: Partial<DbInstance> = {}): DbInstance {
  return {
    engine: "mysql",
    engineVersion: "8.4",
    instanceClass: "db.t3.micro",
    allocatedStorage: 20,
    subnetGroup: on.subnetGroup,
    securityGroups: [on.group],
    masterUsername: "dbadmin",
    ...more,
  };
}

export const main = "dbInstance/main";

/** Somebody changes the database by hand. */
export async function modify(testbed: Testbed, input: Omit<rds.ModifyDBInstanceCommandInput, "DBInstanceIdentifier">): Promise<void> {
  await testbed.aws.rds(new rds.ModifyDBInstanceCommand({ DBInstanceIdentifier: "prod-main", ...input }));
}

/** Returns AWS's description of the database. */
export async function raw(testbed: Testbed, id = "prod-main"): Promise<rds.DBInstance> {
  return (await testbed.aws.rds(new rds.DescribeDBInstancesCommand({ DBInstanceIdentifier: id }))).DBInstances![0]!;
}

export async function snapshots(testbed: Testbed): Promise<rds.DBSnapshot[]> {
  return (await testbed.aws.rds(new rds.DescribeDBSnapshotsCommand({}))).DBSnapshots ?? [];
}

export async function pass(testbed: Testbed, minutes: number): Promise<void> {
  await testbed.clock.sleep(minutes * 60_000);
}
