import type { CodeDoc } from "./code-doc.ts";

/** Codes of the command line. */
export const commandLineCodes = {
  usage: {
    title: "A command line that cannot be run",
    cause: "A flag, a name or a combination of them does not make sense.",
    cure: "The message says which; `infra COMMAND --help` lists all flags.",
  },
  "no-credentials": {
    title: "No AWS credentials",
    cause:
      "None of the places where AWS's tools look for credentials has any (the environment, the shared files, SSO, the machine's role), or there is no profile of the name that `--profile` or AWS_PROFILE gives.",
    cure: "Log in (`aws sso login`), correct AWS_PROFILE, or set the keys' variables; --sandbox needs none.",
  },
  "credentials-refused": {
    title: "AWS does not accept the credentials",
    cause: "The key does not exist, was deactivated, or its secret is wrong.",
    cure: "Look with `aws sts get-caller-identity`, then make or choose another.",
  },
  "credentials-expired": {
    title: "The credentials have expired",
    cause:
      "A session token ran out, or this machine's clock is wrong by more than AWS takes (five minutes) and could not be put right by AWS's.",
    cure: "Log in again, or set the clock.",
  },
  "access-denied": {
    title: "AWS denies a call",
    cause: 'The role lacks the permission. A denied read is never taken for "does not exist".',
    cure: "Let the role make the call, or use one that may.",
  },
  "region-off": {
    title: "A region that is not switched on",
    cause: "Regions opened after March 2019 are off until an account switches them on, and refuse every key until then.",
    cure: "Switch it on under Account, AWS Regions, or correct `region:`.",
  },
  "wrong-account": {
    title: "Credentials for another account",
    cause: "`account:` guards the environment, and AWS says that the credentials belong elsewhere.",
    cure: "Choose the other credentials, or correct `account:`.",
  },
  "no-network": {
    title: "AWS cannot be reached",
    cause: "The name of the endpoint, or of the proxy, does not resolve, or nothing answers there.",
    cure: "Check the network, the proxy (HTTPS_PROXY, NO_PROXY), AWS_ENDPOINT_URL and the region's name.",
  },
  "not-aws": {
    title: "The answer is not AWS's",
    cause:
      "Something in between answered in its place: a web page, nothing, a redirect, the answer to another call, or a list without an end. It is never taken for an answer.",
    cure: "Check the proxy (HTTPS_PROXY, NO_PROXY), a captive portal that wants you to sign in, AWS_ENDPOINT_URL.",
  },
  throttled: {
    title: "AWS keeps throttling",
    cause: "Something else uses up the account's calls, for minutes.",
    cure: "Run the command again later.",
  },
  "aws-error": {
    title: "AWS refused a call",
    cause: "The message is AWS's own.",
    cure: "Do what it says; the request id helps AWS's support.",
  },
} as const satisfies Readonly<Record<string, CodeDoc>>;
