import type { CodeDoc } from "./code-doc.ts";

/** Codes of the command line. */
export const commandLineCodes = {
  usage: {
    title: "A command line that infra cannot run",
    cause: "A flag, a name or a combination of them does not make sense.",
    cure: "Correct the part that the message names. `infra COMMAND --help` lists all flags.",
  },
  "no-credentials": {
    title: "No AWS credentials",
    cause:
      "infra found no credentials in the places where AWS's tools look for them (environment variables, shared files, SSO, the role of this machine). Or no profile has the name in `--profile` or AWS_PROFILE.",
    cure: "Log in (`aws sso login`), correct AWS_PROFILE, or set the variables for the access key. --sandbox needs no credentials.",
  },
  "credentials-refused": {
    title: "AWS does not accept the credentials",
    cause: "The access key does not exist, it was deactivated, or its secret is wrong.",
    cure: "Check with `aws sts get-caller-identity`, then create or choose another access key.",
  },
  "credentials-expired": {
    title: "The credentials have expired",
    cause:
      "A session token expired. Or the clock of this machine is wrong by more than AWS accepts (five minutes), and infra could not correct for it with AWS's clock.",
    cure: "Log in again, or set the clock.",
  },
  "access-denied": {
    title: "AWS denies a call",
    cause: 'The role lacks the permission. infra never takes a denied read for "does not exist".',
    cure: "Give the role the permission, or use a role that has it.",
  },
  "region-off": {
    title: "A region that is not enabled",
    cause: "Regions that opened after March 2019 are disabled until an account enables them. Until then they refuse every key.",
    cure: "Enable the region under Account, AWS Regions, or correct `region:`.",
  },
  "wrong-account": {
    title: "Credentials for another account",
    cause: "`account:` guards the environment, and AWS says that the credentials belong to another account.",
    cure: "Use the credentials of the right account, or correct `account:`.",
  },
  "no-network": {
    title: "AWS cannot be reached",
    cause: "The name of the endpoint or of the proxy does not resolve, or nothing answers there.",
    cure: "Check the network, the proxy (HTTPS_PROXY, NO_PROXY), AWS_ENDPOINT_URL and the name of the region.",
  },
  "not-aws": {
    title: "The answer does not come from AWS",
    cause:
      "Something between infra and AWS answered instead of AWS: with a web page, nothing, a redirect, the answer to another call, or a list without an end. infra never takes this for an answer from AWS.",
    cure: "Check the proxy (HTTPS_PROXY, NO_PROXY) and AWS_ENDPOINT_URL, and whether a captive portal wants you to sign in.",
  },
  throttled: {
    title: "AWS keeps throttling",
    cause: "For minutes, something else has used up the call limits of the account.",
    cure: "Run the command again later.",
  },
  "aws-error": {
    title: "AWS refused a call",
    cause: "The message is AWS's own.",
    cure: "Do what the message says. The request id helps AWS Support.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
