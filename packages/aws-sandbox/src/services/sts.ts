/** Security Token Service: the caller's identity, and roles of any account. */
import type { AssumeRoleRequest, AssumeRoleResponse, GetCallerIdentityResponse } from "@aws-sdk/client-sts";
import { AwsFault } from "../model.ts";
import type { Call, ServiceModel } from "../model.ts";

export const model: ServiceModel = { operations: { AssumeRole: assumeRole, GetCallerIdentity: getCallerIdentity } };

function getCallerIdentity(_input: object, call: Call): GetCallerIdentityResponse {
  return { Account: call.account, Arn: `arn:${call.partition}:iam::${call.account}:user/sandbox`, UserId: "AIDASANDBOXSANDBOX000" };
}

/** Assumes any role. The access key ends in the account number, by which later calls go to that account. */
function assumeRole(input: AssumeRoleRequest, call: Call): AssumeRoleResponse {
  const [, partition, account, role] = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/(?:.+\/)?([^/]+)$/.exec(input.RoleArn ?? "") ?? [];
  if (role === undefined) throw new AwsFault("ValidationError", `${input.RoleArn} is invalid`);
  const seconds = input.DurationSeconds ?? 3600;
  if (seconds < 900 || seconds > 43_200)
    throw new AwsFault("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  const session = input.RoleSessionName;
  return {
    AssumedRoleUser: {
      Arn: `arn:${partition}:sts::${account}:assumed-role/${role}/${session}`,
      AssumedRoleId: `AROASANDBOXSANDBOX000:${session}`,
    },
    Credentials: {
      AccessKeyId: `ASIASBOX${account}`,
      SecretAccessKey: "sandboxsandboxsandboxsandboxsandboxsandb",
      SessionToken: `sandbox-session-${account}-${call.now}`,
      Expiration: new Date(call.now + seconds * 1000),
    },
  };
}
