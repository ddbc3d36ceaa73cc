/** The AWS CLI against one endpoint. */
import { expect } from "vitest";
import { run } from "./programs.ts";

export interface AwsCli {
  /** Runs a command that must succeed and returns its output, parsed. No argument may hold a space; `input` is sent as --cli-input-json. */
  aws<T = string>(words: string, input?: object): Promise<T>;
  /** Runs a command that must be refused and returns AWS's error code. */
  refusal(words: string, input?: object): Promise<string>;
  /** Repeats the command until its answer is this one. */
  until(words: string, resolved: unknown): Promise<void>;
  /** Makes a VPC with a subnet in each of the first two zones, for objects that need a network. The result can remove itself again. */
  makeNetwork(name: string, block: string): Promise<Network>;
}

export interface Network {
  readonly vpc: string;
  readonly subnets: readonly [string, string];
  readonly group: string;
  remove(): Promise<void>;
}

/** A script for the CLI and its name. */
export type CliScript = readonly [name: string, play: (cli: AwsCli) => Promise<void>];

export const tagged = (type: string, name: string) => `--tag-specifications ResourceType=${type},Tags=[{Key=Name,Value=${name}}]`;

export function awsCli(env: Readonly<Record<string, string>>): AwsCli {
  const start = (words: string, input?: object) =>
    run("aws", [...words.trim().split(/\s+/), "--output", "json", ...(input ? ["--cli-input-json", JSON.stringify(input)] : [])], { env });
  const aws: AwsCli["aws"] = async (words, input) => {
    const { code, stdout, stderr } = await start(words, input);
    expect(code, `aws ${words}\n${stderr}`).toBe(0);
    return stdout.trim() === "" ? undefined : JSON.parse(stdout);
  };
  return {
    aws,
    async refusal(words, input) {
      const { code, stdout, stderr } = await start(words, input);
      expect(code, `aws ${words}\n${stdout}`).not.toBe(0);
      return /\(([\w.]+)\)/.exec(stderr)?.[1] ?? stderr;
    },
    async until(words, resolved) {
      let answer: unknown;
      for (let tries = 0; tries < 40; tries++) {
        answer = await aws(words);
        if (JSON.stringify(answer) === JSON.stringify(resolved)) return;
        await new Promise((resolve) => setTimeout(resolve, 2000));
      }
      expect(answer, `aws ${words}`).toEqual(resolved);
    },
    async makeNetwork(name, block) {
      const vpc = await aws(`ec2 create-vpc --cidr-block ${block}.0.0/16 ${tagged("vpc", name)} --query Vpc.VpcId`);
      const subnets = await Promise.all(
        ["a", "b"].map((zone, i) =>
          aws(
            `ec2 create-subnet --vpc-id ${vpc} --cidr-block ${block}.${i}.0/24 --availability-zone eu-west-1${zone} --query Subnet.SubnetId`,
          ),
        ),
      );
      const group = await aws(`ec2 create-security-group --vpc-id ${vpc} --group-name ${name} --description ${name} --query GroupId`);
      const remove = async () => {
        await Promise.all([
          ...subnets.map((id) => aws(`ec2 delete-subnet --subnet-id ${id}`)),
          aws(`ec2 delete-security-group --group-id ${group}`),
        ]);
        await aws(`ec2 delete-vpc --vpc-id ${vpc}`);
      };
      return { vpc, subnets: subnets as [string, string], group, remove };
    },
  };
}
