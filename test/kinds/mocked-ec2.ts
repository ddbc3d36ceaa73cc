import { EC2Client } from "@aws-sdk/client-ec2";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { mocked } from "../support/mocked.ts";
import { VirtualClock } from "@plumbline/clock";
import { connect } from "../../src/aws/connect.ts";
import type { CreateIdentity, Live, Run, Scope, Subject, ResourceIndex } from "../../src/kinds/kind.ts";

/** The real gate in front of an EC2 whose answers the test sets. */
export async function mockedEc2() {
  const ec2 = mocked(EC2Client);
  mocked(STSClient).on(GetCallerIdentityCommand).resolves({ Account: "123456789012", Arn: "arn:aws:iam::123456789012:user/test" });
  const clock = new VirtualClock();
  const { aws } = await connect({ region: "eu-west-1", clock, credentials: { accessKeyId: "AKIAX", secretAccessKey: "x" } });
  return { aws, ec2, clock };
}

export type MockedEc2 = Awaited<ReturnType<typeof mockedEc2>>;

/** Returns the names and inputs of all calls, in order. */
export function sent(ec2: MockedEc2["ec2"]): { name: string; input: object }[] {
  return ec2
    .commandCalls(Object as never)
    .map((call) => ({ name: call.args[0].constructor.name.replace(/Command$/, ""), input: call.args[0].input as object }));
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** An error as EC2 returns it. */
export function refusal(code: string, message = code): Error {
  return Object.assign(new Error(message), { name: code, Code: code, $metadata: { httpStatusCode: 400, requestId: "r-1" } });
}

export const scope: Scope = { project: "lab", environment: "dev", asks: () => false };

export function identity(more: Partial<CreateIdentity> = {}): CreateIdentity {
  return { tags: { "infra:project": "lab", "infra:environment": "dev" }, token: "t0k3n", name: "dev-web", ...more };
}

/** The callbacks that a step gets from the engine, over one object that `look` reads. */
export function runOf<S, H>(
  clock: VirtualClock,
  look: () => Promise<Live<S, H> | undefined>,
  of: CreateIdentity = identity(),
): Run<S, H> & { readonly said: string[] } {
  const said: string[] = [];
  return {
    identity: of,
    said,
    say: (text) => void said.push(text),
    async wait(what, limit, done) {
      const until = clock.now() + limit * 1000;
      for (;;) {
        const live = await look();
        if (done(live)) return live;
        if (clock.now() >= until) throw new Error(`timeout: ${what}`);
        await clock.sleep(5000);
      }
    },
    async until(what, limit, every, done) {
      const end = clock.now() + limit * 1000;
      while (!(await done())) {
        if (clock.now() >= end) throw new Error(`timeout: ${what}`);
        await clock.sleep(every * 1000);
      }
    },
  };
}

export type Declared = Pick<Subject, "address" | "spec"> & { readonly awsName?: string };

/** An index of declared resources, by address. */
// oxlint-disable-next-line typescript/no-explicit-any -- an index holds specs of every kind
export function resourceIndexOf(...subjects: readonly Declared[]): ResourceIndex & { subject(address: string): Subject<any> } {
  const all = subjects.map((subject) => ({
    ...subject,
    kind: subject.address.split("/")[0]!,
    name: subject.address.split("/")[1]!,
    tags: {},
  }));
  const get = (address: string) => all.find((subject) => subject.address === address);
  return { region: "eu-west-1", of: (kind) => all.filter((subject) => subject.kind === kind), get, subject: (address) => get(address)! };
}
