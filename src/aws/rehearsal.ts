/** A connection to AWS that writes nothing: reads pass, EC2's writes are sent as dry runs, all other writes are held back. */
import type { Aws, CallOptions, Command, Service, ServiceName } from "./aws.ts";
import type { Clock } from "@plumbline/clock";
import { hasCode } from "./errors.ts";
import { isRead } from "./limits.ts";

/** Thrown in place of the first write. It ends the rehearsal: AWS allows the write, or the write cannot be rehearsed. */
export class RehearsalEnded extends Error {
  readonly wasTried: boolean;
  constructor(text: string, wasTried: boolean) {
    super(text);
    this.name = "RehearsalEnded";
    this.wasTried = wasTried;
  }
}

/** Returns a rehearsal connection for the same account and region. A caller gets as far as its first write, or its first wait. */
export function rehearsal(aws: Aws): Aws {
  const held = (service: Service): Service => rehearsing(service, false);
  // Every service is named, so that a missing one does not compile. Otherwise its writes would be carried out.
  const services: Record<ServiceName, Service> = {
    ec2: rehearsing(aws.ec2, true),
    elbv2: held(aws.elbv2),
    autoscaling: held(aws.autoscaling),
    rds: held(aws.rds),
    elasticache: held(aws.elasticache),
    ssm: held(aws.ssm),
    cloudwatch: held(aws.cloudwatch),
    sns: held(aws.sns),
    logs: held(aws.logs),
    secretsmanager: held(aws.secretsmanager),
    efs: held(aws.efs),
    kms: held(aws.kms),
    s3: held(aws.s3),
    tagging: held(aws.tagging),
    iam: held(aws.iam),
    route53: held(aws.route53),
    acm: held(aws.acm),
    sts: held(aws.sts),
    cloudcontrol: held(aws.cloudcontrol),
    cloudformation: held(aws.cloudformation),
  };
  return {
    ...aws,
    ...services,
    clock: refusingToWait(aws.clock),
    within: (scope) => rehearsal(aws.within(scope)),
    elsewhere: (region) => rehearsal(aws.elsewhere(region)),
  };
}

/** Milliseconds. A shorter sleep gathers calls, and is not a wait. */
const moment = 1_000;

function refusingToWait(clock: Clock): Clock {
  return {
    now: () => clock.now(),
    work: (promise) => clock.work(promise),
    sleep: (ms, signal) =>
      ms < moment ? clock.sleep(ms, signal) : Promise.reject(new RehearsalEnded("the apply would have to wait here", false)),
  };
}

function rehearsing(service: Service, hasDryRuns: boolean): Service {
  const send = async <I extends object, O>(command: Command<I, O>, options?: CallOptions): Promise<O> => {
    const { operation, members } = shapeOf(command);
    if (isRead(operation)) return service(command, options);
    // Only where the request has the member. AWS would ignore an unknown member and carry out the call.
    if (!hasDryRuns || !members.includes("DryRun")) throw new RehearsalEnded(`${operation} has no dry run`, false);
    const Same = command.constructor as new (input: I) => Command<I, O>;
    try {
      await service(new Same({ ...command.input, DryRun: true }), options);
    } catch (error) {
      if (hasCode(error, "DryRunOperation")) throw new RehearsalEnded(`${operation} is allowed`, true);
      throw error;
    }
    throw new Error(`${operation} was sent as a dry run, but the endpoint did not answer that it was one`);
  };
  return Object.assign(send, { pages: service.pages });
}

/** Reads the operation and the members of the request from the schema by which the SDK serialises it. */
function shapeOf(command: object): { readonly operation: string; readonly members: readonly unknown[] } {
  const { schema } = command as { readonly schema: readonly unknown[] };
  const input = (typeof schema[4] === "function" ? (schema[4] as () => unknown)() : schema[4]) as readonly unknown[];
  return { operation: String(schema[2]), members: input[4] as readonly unknown[] };
}
