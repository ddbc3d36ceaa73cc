/** An AWS without SDK clients, gate and network. It gives the answers of the test and records the requests. */
import { VirtualClock } from "@plumbline/clock";
import type { Aws, Command } from "../../src/aws/aws.ts";
import { AwsError, type ErrorClass } from "../../src/aws/errors.ts";
import { services } from "./services.ts";

/** An answer, an error, or a function that makes the answer from the input. */
type Answer = object | ((input: never) => object);

export interface Asked {
  readonly operation: string;
  readonly input: object;
}

/** `answers`: by operation. For a listing an array holds its pages. `of`: other members that the test replaces. */
export function fakeAws(answers: Readonly<Record<string, Answer>>, of: Partial<Aws> = {}): Aws & { readonly asked: readonly Asked[] } {
  const asked: Asked[] = [];
  const answerTo = (operation: string, input: object): unknown => {
    asked.push({ operation, input });
    const answer = answers[operation];
    if (answer === undefined) throw new Error(`the test has no answer to ${operation}`);
    const made = typeof answer === "function" ? (answer as (input: object) => object)(input) : answer;
    if (made instanceof Error) throw made;
    return made;
  };
  const send = async (command: Command<object, unknown>) => answerTo(operationOf(command.constructor), command.input);
  const pages = async function* (command: new (input: object) => object, input: object) {
    yield* [answerTo(operationOf(command), input)].flat();
  };
  const service = Object.assign(send, { pages });
  return {
    account: "123456789012",
    region: "eu-west-1",
    clock: new VirtualClock(0),
    ...Object.fromEntries(services.map((name) => [name, service])),
    ...of,
    asked,
  } as unknown as Aws & { readonly asked: readonly Asked[] };
}

function operationOf({ name }: { readonly name: string }): string {
  return name.replace(/Command$/, "");
}

/** An error as the gate throws it for a refusal. */
export function refused(cls: ErrorClass, code: string, message = code): AwsError {
  const call = { service: "ec2", operation: "Any", status: 400, requestId: undefined, attempts: 1 };
  return new AwsError({ class: cls, code, message, ...call });
}
