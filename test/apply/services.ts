import type { VirtualClock } from "@plumbline/clock";
import type { Aws } from "../../src/aws/aws.ts";

const services =
  "ec2 elbv2 autoscaling rds elasticache ssm sts cloudwatch sns logs secretsmanager efs kms s3 tagging iam route53 acm cloudcontrol cloudformation".split(
    " ",
  );

/** Services whose answers come from the test alone. */
export function awsOf(clock: VirtualClock, call: (what: string, input: unknown) => Promise<unknown>): Aws {
  const serviceOf = (name: string) => {
    const send = (command: { readonly constructor: { readonly name: string }; readonly input: unknown }) =>
      call(`${name} ${operationOf(command.constructor)}`, command.input).then((answer) => answer ?? {});
    const pages = async function* (command: { readonly name: string }, input: unknown) {
      yield (await call(`${name} ${operationOf(command)}`, input)) ?? {};
    };
    return Object.assign(send, { pages });
  };
  const aws: unknown = {
    account: "123456789012",
    region: "eu-west-1",
    partition: "aws",
    clock,
    isEmulated: false,
    ...Object.fromEntries(services.map((name) => [name, serviceOf(name)])),
    within: () => aws,
    elsewhere: () => aws,
  };
  return aws as Aws;
}

function operationOf({ name }: { readonly name: string }): string {
  return name.replace(/Command$/, "");
}
