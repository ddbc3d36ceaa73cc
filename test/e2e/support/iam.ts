import type { Account } from "./moto.ts";
import { accountOf } from "./moto.ts";

export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: "*";
}

/**
 * Returns the same account with the keys of a new user who has this policy. IAM speaks the query protocol and moto does not check
 * signatures, so a form is enough.
 */
export async function asUser(account: Account, name: string, statements: readonly Statement[]): Promise<Account> {
  const url = account.env["AWS_ENDPOINT_URL"]!;
  const iam = async (parameters: Readonly<Record<string, string>>) => {
    const answer = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        authorization: `AWS4-HMAC-SHA256 Credential=${account.credentials.accessKeyId}/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=none`,
        "x-amz-security-token": account.credentials.sessionToken ?? "",
      },
      body: new URLSearchParams({ Version: "2010-05-08", UserName: name, ...parameters }).toString(),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`iam ${parameters["Action"]}: HTTP ${answer.status}: ${text}`);
    return text;
  };
  await iam({ Action: "CreateUser" });
  await iam({
    Action: "PutUserPolicy",
    PolicyName: "e2e",
    PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
  });
  const key = await iam({ Action: "CreateAccessKey" });
  const read = (tag: string) => new RegExp(`<${tag}>([^<]+)</${tag}>`).exec(key)![1]!;
  return accountOf(url, account.id, { accessKeyId: read("AccessKeyId"), secretAccessKey: read("SecretAccessKey") });
}
