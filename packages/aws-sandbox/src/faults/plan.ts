/** The schema of a plan of faults, as a file holds it. */
import { Ajv } from "ajv";
import * as Type from "typebox";
import type { Static } from "typebox";

const closed = { additionalProperties: false };

const times = Type.Union([Type.Integer({ minimum: 1 }), Type.Literal("always")], { description: "How many are hit; 1 when absent." });

/** Selects calls. All calls that match are counted; from the `nth` on, `times` of them are hit. */
const target = {
  call: Type.Optional(Type.Integer({ minimum: 1, description: "The call of that number, counted over everything since the start." })),
  operation: Type.Optional(
    Type.String({ pattern: "^([a-z0-9]+:)?([A-Z][A-Za-z0-9]*|\\*)$", description: "ec2:CreateVpc, ec2:* or CreateVpc." }),
  ),
  mutating: Type.Optional(Type.Boolean({ description: "Only calls that change something, or only those that do not." })),
  nth: Type.Optional(Type.Integer({ minimum: 1, description: "The first of the matching calls that is hit; 1 when absent." })),
  times: Type.Optional(times),
};

const spread = Type.Object({ median: Type.Number({ minimum: 0 }), sigma: Type.Optional(Type.Number({ minimum: 0, maximum: 3 })) }, closed);
const lag = Type.Union([Type.Number({ minimum: 0, maximum: 3_600_000 }), spread]);

const faultPlan = Type.Object(
  {
    seed: Type.Optional(Type.Integer({ description: "Everything that is drawn comes from it; 1 when absent." })),
    throttle: Type.Optional(
      Type.Union([Type.Literal("published"), Type.Object({ scale: Type.Number({ exclusiveMinimum: 0, maximum: 1000 }) }, closed)], {
        description: "AWS's published token buckets, or those times a factor.",
      }),
    ),
    latency: Type.Optional(
      Type.Record(Type.String(), spread, { description: "Milliseconds a call, log-normal; by `default`, service or service:Operation." }),
    ),
    lag: Type.Optional(
      Type.Object(
        {
          ids: Type.Optional(lag),
          tags: Type.Optional(lag),
          index: Type.Optional(lag),
          of: Type.Optional(Type.Array(Type.String(), { description: "Only of ids that begin so (`i-`); of all when absent." })),
        },
        { ...closed, description: "Milliseconds until a look by id, by tag, or by the index of the tagging API finds what is new." },
      ),
    ),
    skipNewOnPages: Type.Optional(
      Type.Boolean({ description: "Later pages of a listing leave out what was created since its first page." }),
    ),
    refuse: Type.Optional(
      Type.Array(
        Type.Object(
          {
            ...target,
            code: Type.String(),
            status: Type.Optional(Type.Integer({ minimum: 400, maximum: 599 })),
            message: Type.Optional(Type.String()),
          },
          closed,
        ),
        { description: "Calls that are refused before anything is done." },
      ),
    ),
    loseAnswer: Type.Optional(
      Type.Array(
        Type.Object(
          {
            ...target,
            error: Type.Optional(
              Type.Union([Type.Literal("ECONNRESET"), Type.Literal("EPIPE"), Type.Literal("ETIMEDOUT"), Type.Literal("TimeoutError")]),
            ),
          },
          closed,
        ),
        { description: "Calls that are carried out and whose answer is lost." },
      ),
    ),
    outages: Type.Optional(
      Type.Array(
        Type.Object(
          {
            after: Type.Optional(
              Type.String({ description: "It begins after the first call of this operation; after the first of all when absent." }),
            ),
            delay: Type.Optional(Type.Number({ minimum: 0, description: "Seconds until it begins." })),
            seconds: Type.Number({ exclusiveMinimum: 0, description: "How long it lasts." }),
            error: Type.Union(
              [
                Type.Literal("ECONNREFUSED"),
                Type.Literal("ENOTFOUND"),
                Type.Literal("EAI_AGAIN"),
                Type.Literal("ECONNRESET"),
                Type.Literal("ServiceUnavailable"),
                Type.Literal("InternalError"),
              ],
              { description: "What every call meets meanwhile: an error of the network, or of AWS's servers." },
            ),
          },
          closed,
        ),
        { description: "Times in which no call gets through; nothing is done meanwhile." },
      ),
    ),
    stop: Type.Optional(
      Type.Array(Type.Object({ ...target, when: Type.Union([Type.Literal("before"), Type.Literal("after")]) }, closed), {
        description: "The process dies before a call is sent, or after AWS acted and before the answer is seen.",
      }),
    ),
    events: Type.Optional(
      Type.Union([Type.Array(Type.String()), Type.Record(Type.String(), times)], {
        description: "What a model knows to go wrong by itself, by name (ec2:natGatewayFails): once each, or so many times.",
      }),
    ),
  },
  closed,
);

export type FaultPlan = Static<typeof faultPlan>;
export type Target = Pick<NonNullable<FaultPlan["stop"]>[number], "call" | "operation" | "mutating" | "nth" | "times">;
export type Spread = Static<typeof spread>;
export type Lag = Static<typeof lag>;

/** A plan that cannot be used, with all its problems. */
export class FaultPlanError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[], source: string) {
    super(`${source} is no plan of faults:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
    this.name = "FaultPlanError";
    this.problems = problems;
  }
}

/** Checks a value that was read from a file; `source` names the file in messages. */
export function checkFaultPlan(value: unknown, source = "the value"): FaultPlan {
  const validate = new Ajv({ allErrors: true, strict: false }).compile(faultPlan);
  if (validate(value)) return value as FaultPlan;
  const problems = (validate.errors ?? []).map((error) => {
    const place = error.instancePath === "" ? "top level" : error.instancePath.slice(1).replaceAll("/", ".");
    const extra = error.params as { additionalProperty?: string; allowedValue?: unknown };
    const detail = extra.additionalProperty ?? (extra.allowedValue === undefined ? undefined : JSON.stringify(extra.allowedValue));
    return `${place}: ${error.message ?? error.keyword}${detail === undefined ? "" : ` (${detail})`}`;
  });
  throw new FaultPlanError([...new Set(problems)], source);
}

/** Reads a plan from JSON text. */
export function parseFaultPlan(text: string, source: string): FaultPlan {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new FaultPlanError([error instanceof Error ? error.message : String(error)], source);
  }
  return checkFaultPlan(value, source);
}
