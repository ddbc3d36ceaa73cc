/** Lambda and Step Functions. */
import { arnOnly, invalid, named, nameOf, needs, type Behaviour, type Properties } from "./behaviour.ts";
import type { Call } from "../../../model.ts";

function ofFunction({ FunctionName, TargetFunctionArn }: Properties, call: Call): void {
  const name = nameOf(FunctionName ?? TargetFunctionArn);
  needs(call, "AWS::Lambda::Function", name, `Function not found: ${name}`);
}

function aliasEnd({ FunctionName, Name }: Properties): string {
  return `function:${nameOf(FunctionName)}:${String(Name)}`;
}

export const functions: Readonly<Record<string, Behaviour>> = {
  // Lambda API reference, CreateFunction
  "AWS::Lambda::Function": {
    arn: named("lambda", "function:", "FunctionName"),
    made: arnOnly,
    defaults: {
      Architectures: ["x86_64"],
      EphemeralStorage: { Size: 512 },
      MemorySize: 128,
      PackageType: "Zip",
      RecursiveLoop: "Terminate",
      Timeout: 3,
      TracingConfig: { Mode: "PassThrough" },
    },
    check({ Role }, call) {
      if (!call.exists("role", String(Role)))
        throw invalid("The role defined for the function cannot be assumed by Lambda. (Service: Lambda, Status Code: 400)");
    },
    holds: [
      ["AWS::Lambda::Permission", "FunctionName"],
      ["AWS::Lambda::Alias", "FunctionName"],
      ["AWS::Lambda::EventInvokeConfig", "FunctionName"],
      ["AWS::Lambda::Url", "TargetFunctionArn"],
    ],
    takes: 15_000,
  },
  // Lambda API reference, CreateEventSourceMapping
  "AWS::Lambda::EventSourceMapping": {
    arn: { service: "lambda", end: ({ Id }) => `event-source-mapping:${String(Id)}` },
    made: (_properties, arn) => ({ EventSourceMappingArn: arn }),
    defaults: { BatchSize: 10, Enabled: true, MaximumBatchingWindowInSeconds: 0 },
    stored: ({ FunctionName, ...rest }, { partition, region, account }) => {
      const name = String(FunctionName);
      return { ...rest, FunctionName: name.startsWith("arn:") ? name : `arn:${partition}:lambda:${region}:${account}:function:${name}` };
    },
    takes: 10_000,
  },
  // Lambda API reference, AddPermission: the statement's id is made by the handler
  "AWS::Lambda::Permission": { ids: (digits) => ({ Id: `statement-${digits}` }), check: ofFunction },
  "AWS::Lambda::Alias": { arn: { service: "lambda", end: aliasEnd }, made: (_properties, arn) => ({ AliasArn: arn }), check: ofFunction },
  // Lambda API reference, CreateFunctionUrlConfig
  "AWS::Lambda::Url": {
    made: ({ TargetFunctionArn, Qualifier }, _arn, { region }) => ({
      FunctionArn: `${String(TargetFunctionArn)}${Qualifier === undefined ? "" : `:${String(Qualifier)}`}`,
      FunctionUrl: `https://${nameOf(TargetFunctionArn)}.lambda-url.${region}.on.aws/`,
    }),
    defaults: { InvokeMode: "BUFFERED" },
    check: ofFunction,
  },
  "AWS::Lambda::EventInvokeConfig": { check: ofFunction },
  // Step Functions API reference, CreateStateMachine
  "AWS::StepFunctions::StateMachine": {
    arn: named("states", "stateMachine:", "StateMachineName"),
    made: ({ StateMachineName }, arn) => ({ Arn: arn, Name: StateMachineName, StateMachineRevisionId: "INITIAL" }),
    defaults: { StateMachineType: "STANDARD" },
    check({ RoleArn }, call) {
      if (!call.exists("role", String(RoleArn)))
        throw invalid(
          "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.",
        );
    },
  },
};
