import type { AwsError } from "../../aws/errors.ts";
import type { FailedProxy } from "../../aws/http.ts";
import type { BrokenProfile } from "../../aws/profiles.ts";
import type { Code } from "../../diag/codes.ts";
import { didYouMean } from "../../diag/did-you-mean.ts";
import type { Diagnostic } from "../../diag/diagnostic.ts";
import { SandboxFileError } from "@plumbline/aws-sandbox/disk/file-error.ts";

/**
 * Describes an error of AWS with words that say what to do. `region` and `profile` (the one that was asked for) are given when they are
 * known. `policy` is the command that prints the permissions that the role needs.
 */
export function diagnosticOfAwsError(error: AwsError, region?: string, profile?: string, policy = "infra iam-policy ENV"): Diagnostic {
  if (error.cause instanceof SandboxFileError) return sandboxState(error.cause);
  const found = cases.find(({ when }) => when(error, region));
  const { code, summary, hint } = found?.say(error, region, profile, policy) ?? general(error);
  return { code, severity: "error", summary, detail: !found || found.hidesDetail ? requestOf(error) : detailOf(error), hint };
}

/** Describes an error in the sandbox's file. Inside a call it looks like a failure of AWS, but it is not one. */
export function sandboxState({ message, hint }: SandboxFileError): Diagnostic {
  return { code: "sandbox-state", severity: "error", summary: message, hint };
}

/** Describes a profile that is in none of the files. `isOfShell`: AWS_PROFILE names it. */
export function unknownProfile(profile: string, names: readonly string[], files: readonly string[], isOfShell: boolean): Diagnostic {
  const near = didYouMean(profile, names);
  const known = names.length === 0 ? `\`aws configure sso --profile ${profile}\` creates it` : `there are: ${names.join(", ")}`;
  return {
    code: "no-credentials",
    severity: "error",
    summary: `there is no profile "${profile}" in ${files.join(" or ")}${isOfShell ? "; AWS_PROFILE names it" : ""}.`,
    hint: `${near === undefined ? known : `did you mean "${near}"?`}; --sandbox needs none`,
  };
}

/** Describes a profile that names something that is in none of the files, or that leads back to itself. */
export function brokenProfile(
  asked: string,
  { profile, field, named, known }: BrokenProfile,
  files: readonly [config: string, credentials: string],
): Diagnostic {
  const near = known && didYouMean(named, known);
  const isSession = field === "sso_session";
  const missing = isSession
    ? `there is no [sso-session ${named}] in ${files[0]}`
    : `there is no profile "${named}" in ${files.join(" or ")}`;
  const why = known === undefined ? "so the profiles refer to each other in a circle" : missing;
  return {
    code: "no-credentials",
    severity: "error",
    summary: `the profile "${profile}" has ${field} = ${named}, and ${why}${profile === asked ? "" : `; the profile "${asked}" takes its credentials from it`}.`,
    hint: `${near === undefined ? `correct it in ${files[0]}` : `did you mean "${near}"?`}; --sandbox needs none`,
  };
}

interface Said {
  readonly code: Code;
  readonly summary: string;
  readonly hint?: string;
}

interface Case {
  when(error: AwsError, region: string | undefined): boolean;
  say(error: AwsError, region: string | undefined, profile: string | undefined, policy: string): Said;
  readonly hidesDetail?: true;
}

const refused =
  /^(InvalidClientTokenId|AuthFailure|UnrecognizedClient(Exception)?|OptInRequired|SignatureDoesNotMatch|InvalidAccessKeyId)$/;

const cases: readonly Case[] = [
  {
    when: ({ code }) => code === "CredentialsTimeout",
    say: (_error, _region, profile) => ({
      code: "no-credentials",
      summary: `${profile === undefined ? "the AWS credentials" : `the credentials of the profile "${profile}"`} did not arrive within a minute.`,
      hint: `a credential_process, a role or single sign-on (SSO) does not answer: \`aws sts get-caller-identity${profile === undefined ? "" : ` --profile ${profile}`}\` waits too; --sandbox needs no credentials`,
    }),
  },
  {
    when: ({ code, message }) => /^(CredentialsProviderError|TokenProviderError)$/.test(code) && /\bexpired\b/i.test(message),
    say: ({ message }, _region, profile) => ({
      code: "credentials-expired",
      summary: profile === undefined ? "the AWS credentials have expired." : `the credentials of the profile "${profile}" have expired.`,
      hint: `${loginFor(message, profile)}, then run the command again`,
    }),
  },
  {
    when: ({ code }) => /^(CredentialsProviderError|TokenProviderError|MissingAuthenticationToken)$/.test(code),
    say: ({ message }, _region, profile) => ({
      code: "no-credentials",
      summary: profile === undefined ? "no AWS credentials were found." : `the profile "${profile}" provides no AWS credentials.`,
      hint: `${loginFor(message, profile)}; --sandbox needs none`,
    }),
  },
  {
    when: ({ skew }) => skew !== undefined,
    say: ({ skew = 0 }) => ({
      code: "credentials-expired",
      summary: `${clockText(skew)}, so AWS refuses its signatures.`,
      hint: "set the clock (NTP; in WSL or a virtual machine: after a suspend, too), then run the command again",
    }),
  },
  {
    when: (error) => error.class === "expired",
    say: () => ({
      code: "credentials-expired",
      summary: "the AWS credentials have expired.",
      hint: "log in again (`aws sso login`, or a new session token), then run the command again",
    }),
  },
  {
    when: ({ code }, region) => code === "OptInRequired" || (refused.test(code) && region !== undefined && isOptIn(region)),
    say: (_error, region) => ({
      code: "region-off",
      summary: `the region ${region ?? "of this environment"} is not enabled in this account, or the credentials are wrong.`,
      hint: "enable it in the console under Account, AWS Regions (it takes minutes to hours), or correct `region:`",
    }),
  },
  {
    when: ({ code }) => refused.test(code),
    say: ({ code }) => ({
      code: "credentials-refused",
      summary: "AWS does not accept the credentials.",
      hint: `check them with \`aws sts get-caller-identity\`; the cause may be ${code === "SignatureDoesNotMatch" ? "a secret that does not belong to the key id" : "a deleted or deactivated key"}`,
    }),
  },
  {
    when: ({ code }) => code === "ERR_INVALID_URL",
    say: () => ({
      code: "not-aws",
      summary: "the address of AWS's endpoint is not a URL.",
      hint: "write a whole URL in AWS_ENDPOINT_URL or AWS_ENDPOINT_URL_SERVICE, or in `endpoint_url` of the AWS configuration, such as http://127.0.0.1:4599",
    }),
  },
  {
    when: ({ code }) => code === "UnexpectedAnswer",
    say: ({ message, status }) => ({
      code: "not-aws",
      summary: `${message}.`,
      hint:
        status === 407
          ? "the proxy requires a login: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT"
          : "something other than AWS answers: a proxy (HTTPS_PROXY, NO_PROXY), a captive portal where you must sign in, or a wrong AWS_ENDPOINT_URL",
    }),
    hidesDetail: true,
  },
  {
    when: (error) => error.class === "auth",
    say: ({ service, operation }, _region, _profile, policy) => ({
      code: "access-denied",
      summary: `AWS denies ${iamPrefix(service)}:${operation}.`,
      hint: `nothing was changed by this call; \`${policy}\` prints the permissions that the role needs`,
    }),
  },
  {
    when: (error) => proxyOf(error) !== undefined,
    say: (error) => {
      const { url, variable } = proxyOf(error)!;
      return {
        code: "no-network",
        summary: `the proxy ${url}, which ${variable} names, ${whyNoWay(error.code)}.`,
        hint: `correct or unset ${variable}, or list the hosts to reach without it in NO_PROXY; --sandbox needs no network`,
      };
    },
  },
  {
    when: ({ class: cls, code, status }) => cls === "transient" && status === undefined && unanswered.test(code),
    say: ({ service, operation, code }) => ({
      code: "no-network",
      summary: `AWS did not answer ${service} ${operation} (${code === "TimeoutError" ? "timeout" : code}).`,
      hint: "check the network, a firewall, the proxy (HTTPS_PROXY, NO_PROXY) and AWS_ENDPOINT_URL; --sandbox needs no network",
    }),
  },
  {
    when: (error) => error.class === "network",
    say: ({ code, cause }, region) => ({
      code: "no-network",
      summary:
        code === "ENOTFOUND" || code === "EAI_AGAIN"
          ? `the name of AWS's endpoint${hostOf(cause)} cannot be resolved.`
          : `AWS's endpoint${hostOf(cause)} cannot be reached (${code}).`,
      hint: `check the network, the proxy (HTTPS_PROXY, NO_PROXY), AWS_ENDPOINT_URL${region === undefined ? "" : ` and that ${region} is the name of a region`}; --sandbox needs no network`,
    }),
  },
  {
    when: (error) => error.class === "throttle",
    say: ({ service, operation }) => ({
      code: "throttled",
      summary: `AWS still throttles ${service} ${operation} after infra slowed down for ten minutes.`,
      hint: "another program uses the account's request limit; run the command again later",
    }),
  },
];

function loginFor(message: string, profile: string | undefined): string {
  if (/multi-factor/i.test(message))
    return `first get a session with the MFA code: \`eval "$(aws configure export-credentials${profile === undefined ? "" : ` --profile ${profile}`} --format env)"\`, without AWS_PROFILE`;
  if (/sso/i.test(message)) return `run \`aws sso login${profile === undefined ? "" : ` --profile ${profile}`}\``;
  if (profile !== undefined) return "`aws configure list-profiles` lists the profiles; `aws configure` or `aws sso login` sets one up";
  return "run `aws configure sso` or `aws configure`, set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
}

function general({ service, operation, code, message }: AwsError): Said {
  return { code: "aws-error", summary: `${service} ${operation} failed: ${code}: ${message}` };
}

function detailOf(error: AwsError): string {
  const request = requestOf(error);
  return `${error.service} ${error.operation}: ${error.code}: ${error.message}${request === undefined ? "" : ` (${request})`}`;
}

function requestOf({ requestId, attempts }: AwsError): string | undefined {
  const facts = [...(requestId === undefined ? [] : [`request id ${requestId}`]), ...(attempts > 1 ? [`${attempts} attempts`] : [])];
  return facts.length === 0 ? undefined : facts.join(", ");
}

function iamPrefix(service: string): string {
  return { elbv2: "elasticloadbalancing", efs: "elasticfilesystem" }[service] ?? service;
}

function clockText(skew: number): string {
  const minutes = Math.round(Math.abs(skew) / 60_000);
  if (minutes === 0) return "the clock of this machine is wrong";
  return `the clock of this machine is ${minutes} minute${minutes === 1 ? "" : "s"} ${skew < 0 ? "behind" : "ahead of"} AWS's`;
}

/** Error codes of a connection that was never made, or that nobody answered. */
const unanswered = /^(TimeoutError|ETIMEDOUT|ECONNRESET|EPIPE|ERR_SOCKET_CLOSED)$/;

/** Says what is wrong with a proxy, by the code of its error. */
function whyNoWay(code: string): string {
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "has a name that cannot be resolved";
  return code === "ETIMEDOUT" ? "does not answer" : `cannot be reached (${code})`;
}

function proxyOf({ cause }: AwsError): FailedProxy | undefined {
  return (cause as { readonly proxy?: FailedProxy } | undefined)?.proxy;
}

/** Returns the host in an error of Node's sockets, for people. */
function hostOf(cause: unknown): string {
  const { hostname, address, port } = (cause ?? {}) as { hostname?: string; address?: string; port?: number };
  const host = hostname ?? (address === undefined ? undefined : `${address}${port === undefined ? "" : `:${port}`}`);
  return host === undefined ? "" : ` ${host}`;
}

/**
 * Whether a region is off until an account switches it on. AWS opened these regions after 20 March 2019. It refuses a request there as if
 * the key were wrong.
 */
function isOptIn(region: string): boolean {
  return /^(af-south-1|ap-east-[12]|ap-south-2|ap-southeast-[3-7]|ca-west-1|eu-central-2|eu-south-[12]|il-central-1|me-central-1|me-south-1|mx-central-1)$/.test(
    region,
  );
}
