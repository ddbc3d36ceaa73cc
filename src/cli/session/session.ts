import { resolve } from "node:path";
import { AwsError } from "../../aws/errors.ts";
import { realClock, type Clock } from "@plumbline/clock";
import { CallLog, type CallRecord } from "../../aws/calls.ts";
import type { Connection, ConnectOptions, Throttled } from "../../aws/connection.ts";
import { roleCredentials, type RoleCredentials } from "../../aws/role.ts";
import type { Environment } from "../../config/environment.ts";
import { DiagnosticError, type Diagnostic } from "../../diag/diagnostic.ts";
import { usableZones } from "../../observe/zones.ts";
import { counted } from "../../diag/words.ts";
import { duration } from "../../render/layout.ts";
import { brokenProfile, diagnosticOfAwsError, unknownProfile } from "./aws-errors.ts";
import { textOptions, type Context } from "../context.ts";
import type { TypedEnvironment } from "../environments/environment.ts";
import { appender } from "../outputs.ts";
import { printDiagnostics } from "../report-error.ts";
import { Interrupted } from "../terminal/signals.ts";
import { watchReads } from "../terminal/slow-reads.ts";
import { Throttling } from "../terminal/throttling.ts";
import { version } from "../version.ts";
import { WrongFile } from "../environments/wrong-file.ts";

/** An open connection to the account and region of an environment. */
export interface Session {
  readonly connection: Connection;
  readonly clock: Clock;
  /** The text before lines about this environment when several are open at once: "lab/dev: ". */
  readonly prefix: string;
  readonly throttling: Throttling;
  /** The command that prints the permissions that the role needs for this environment. */
  readonly policy: string;
  /** Saves the state of the sandbox. Does nothing with AWS. */
  close(): Promise<void>;
}

/** The location of an environment, as far as it is known before AWS was asked. */
export type Place = Pick<Environment, "project" | "name" | "region" | "account" | "accountAt" | "assumeRole"> &
  Partial<Pick<TypedEnvironment, "typed">>;

/** Prints the destination, connects, prints our identity there, and refuses any account but the one that the YAML names. */
async function openSession(context: Context, place: Place, isOneOfSeveral = false): Promise<Session> {
  const { io, options } = context;
  const { paint } = textOptions(context, io.stderr);
  const prefix = isOneOfSeveral ? `${place.project}/${place.name}: ` : "";
  io.stderr.write(`${paint.strong(`${place.project}/${place.name}`)} in ${place.region}${options.sandbox ? ", in the sandbox" : ""}\n`);
  const { connect } = await import("../../aws/connect.ts");
  await refuseWrongProfile(context);
  const way = await wayToAws(context, place);
  const throttling = new Throttling(
    () => way.options.clock.now(),
    (text) => io.stderr.write(`${paint.changed(`${prefix}${text}`)}\n`),
  );
  const calls = new CallLog();
  const endWatch = context.options.sandbox ? () => {} : watchReads(calls, (text) => throttling.say(text));
  const close = async () => {
    endWatch();
    await way.close();
  };
  const settings = {
    ...way.options,
    region: place.region,
    calls,
    signal: context.signals.stop,
    userAgent: userAgent(context),
    onThrottle: (throttled: Throttled) => throttling.take(throttled),
    ...tracing(context),
  };
  const opening = connect(settings).then((first) => asRole(context, place, first, (credentials) => connect({ ...settings, credentials })));
  try {
    const connection = await understandErrors(context, place, unlessStopped(context, opening));
    const { account, arn } = connection.identity;
    io.stderr.write(`${prefix}account ${account} as ${arn}\n`);
    refuseOtherAccounts(place, account);
    return { connection, clock: way.options.clock, prefix, throttling, policy: policyFor(context, place), close };
  } catch (error) {
    endWatch();
    throw error;
  }
}

/** Prints the number of calls and the time to stderr, after the result. */
export function printFooter(context: Context, { connection: { calls }, prefix }: Session, reads?: string): void {
  const { paint } = textOptions(context, context.io.stderr);
  const cost = `${counted(calls.total, "call")} to AWS (${counted(calls.reads, "read")}, ${counted(calls.writes, "write")})`;
  context.io.stderr.write(`${paint.faint(`${prefix}${cost}, ${duration(Date.now() - context.began)}${reads ? `; ${reads}` : ""}`)}\n`);
}

/**
 * Runs work in a session and closes the session whatever happens. Describes AWS's errors with the words for this region. The work gets the
 * environment with the answers that AWS gives about the caller.
 */
export async function inSession<T, P extends Place>(
  context: Context,
  place: P,
  work: (session: Session, place: P) => Promise<T>,
  isOneOfSeveral = false,
): Promise<T> {
  const session = await openSession(context, place, isOneOfSeveral);
  try {
    const answered = async () => work(session, await unlessStopped(context, withAnswers(context, place, session)));
    return await understandErrors(context, place, answered());
  } finally {
    await session.close();
  }
}

/** Returns the environment with the answers to its expressions about the caller's account: the account itself, and its zones. */
async function withAnswers<P extends Place>(context: Context, place: P, { connection: { aws, identity } }: Session): Promise<P> {
  const { asksCaller } = place as Partial<Environment>;
  if (!asksCaller) return place;
  const zones = asksCaller.what.has("zones") ? { zones: await usableZones(aws) } : {};
  const { environment, diagnostics } = asksCaller.answered({ account: identity.account, ...zones });
  if (!environment) throw new WrongFile(place.name, diagnostics);
  // Diagnostics about the unanswered file were printed when it was read.
  const said = new Set(asksCaller.said.map(sentence));
  printDiagnostics(
    diagnostics.filter((one) => !said.has(sentence(one))),
    context.io,
  );
  return environment as Environment & P;
}

const sentence = ({ code, at, summary }: Diagnostic) => `${code} ${at?.file}:${at?.line}:${at?.column} ${summary}`;

/** Ends a wait at the first signal. For work that changes nothing, which may be abandoned at any point. */
export function unlessStopped<T>({ signals }: Pick<Context, "signals">, work: Promise<T>): Promise<T> {
  if (signals.received !== undefined) {
    work.catch(() => {}); // this work is abandoned too
    return Promise.reject(new Interrupted(signals.received));
  }
  const stopped = new Promise<never>((_resolve, reject) => signals.onFirst((signal) => reject(new Interrupted(signal))));
  stopped.catch(() => {}); // the signal may come when nobody waits here any more
  return Promise.race([work, stopped]);
}

interface Way {
  readonly options: Pick<ConnectOptions, "clock" | "requestHandler" | "credentials" | "profile">;
  close(): Promise<void>;
}

async function wayToAws(context: Context, place: Place): Promise<Way> {
  if (!context.options.sandbox) return { options: { clock: realClock, profile: context.options.profile }, close: async () => {} };
  const { openSandboxSession } = await import("./sandbox-session.ts");
  return openSandboxSession(context, place.account);
}

/**
 * Refuses a profile that is in no file, also one named inside of another profile. It is a typing error, and the SDK would otherwise look
 * for credentials in all the other places.
 */
async function refuseWrongProfile({ options, io }: Context): Promise<void> {
  const profile = options.profile ?? io.env["AWS_PROFILE"];
  if (options.sandbox || !profile) return;
  const { readProfiles } = await import("../../aws/profiles.ts");
  const { names, files, brokenAt } = await readProfiles();
  if (profile !== "default" && !names.includes(profile))
    throw new DiagnosticError([unknownProfile(profile, names, files, options.profile === undefined)]);
  const broken = brokenAt(profile);
  if (broken) throw new DiagnosticError([brokenProfile(profile, broken, files)]);
}

async function understandErrors<T>(context: Context, place: Place, work: Promise<T>): Promise<T> {
  const { io, options } = context;
  try {
    return await work;
  } catch (error) {
    throw error instanceof AwsError
      ? new DiagnosticError([
          diagnosticOfAwsError(error, place.region, options.profile ?? io.env["AWS_PROFILE"], policyFor(context, place)),
        ])
      : error;
  }
}

/** Returns the command that prints the policy. A command that writes needs the policy for its writes, also when a read was denied. */
function policyFor({ command }: Context, { typed = "ENV" }: Place): string {
  if (command === "import") return "infra iam-policy --for import";
  const purpose = command === "adopt" ? "adopt" : writing.has(command) ? "apply" : "plan";
  return `infra iam-policy ${typed} --for ${purpose}`;
}

const writing: ReadonlySet<string> = new Set(["apply", "destroy", "release", "freeze", "unlock"]);

function refuseOtherAccounts(place: Place, account: string): void {
  if (place.account === undefined || place.account === account) return;
  throw new WrongFile(place.name, [
    {
      code: "wrong-account",
      severity: "error",
      at: place.accountAt,
      summary: `these credentials are for account ${account}, but the environment belongs to ${place.account}.`,
      hint: "use the credentials of that account (AWS_PROFILE, --profile), or correct `account:`; nothing was read or changed",
    },
  ]);
}

/** Assumes the role that the YAML names, and keeps it for as long as the command runs. */
async function asRole(
  context: Context,
  { assumeRole, project, name }: Place,
  connection: Connection,
  reconnect: (credentials: NonNullable<ConnectOptions["credentials"]>) => Promise<Connection>,
): Promise<Connection> {
  const { aws, identity } = connection;
  if (assumeRole === undefined || context.options.sandbox) return connection;
  const given = givenRole(identity.arn);
  if (given !== undefined && isEnough(given, assumeRole, Boolean(context.io.env["CI"]))) {
    context.io.stderr.write(`note: assumeRole is ignored, because the credentials are already those of the role ${given.name}\n`);
    return connection;
  }
  const { AssumeRoleCommand } = await import("../../aws/sdk/sts.ts");
  const request = { RoleArn: assumeRole, RoleSessionName: `infra-${project}-${name}`.slice(0, 64) };
  const assume = async (): Promise<RoleCredentials> => {
    const { Credentials: keys } = await aws.sts(new AssumeRoleCommand(request));
    return {
      accessKeyId: keys!.AccessKeyId!,
      secretAccessKey: keys!.SecretAccessKey!,
      sessionToken: keys!.SessionToken!,
      expiration: keys!.Expiration!,
    };
  };
  return reconnect(roleCredentials(aws.clock, assume));
}

interface Role {
  readonly account: string;
  readonly name: string;
}

function givenRole(arn: string): Role | undefined {
  const [, account, name] = /^arn:[^:]+:sts::(\d+):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  return account === undefined || name === undefined ? undefined : { account, name };
}

/**
 * Whether the credentials are already good enough: they are those of the role itself, or, in CI, of any role of its account, because the
 * CI's set-up chose it. People who logged in by SSO have a role too, and still assume the one in the YAML.
 */
function isEnough(given: Role, resolved: string, isCi: boolean): boolean {
  const [account, name] = [resolved.split(":")[4], resolved.split("/").at(-1)];
  return given.account === account && (isCi || given.name === name);
}

/** The product tokens by which CloudTrail tells runs apart. */
function userAgent({ io: { env } }: Context): (readonly [string, string])[] {
  const run = env["GITHUB_RUN_ID"] ?? env["CI_PIPELINE_ID"] ?? env["BUILD_ID"];
  const commit = env["GITHUB_SHA"] ?? env["CI_COMMIT_SHA"] ?? env["GIT_COMMIT"];
  const token = (text: string) => text.replace(/[^\w.-]/g, "-").slice(0, 64);
  return [["infra", version], ...(run ? [["run", token(run)] as const] : []), ...(commit ? [["commit", token(commit)] as const] : [])];
}

/** `--trace FILE`: writes a line of JSON for every request. */
function tracing(context: Context): { onCall?: (record: CallRecord) => void } {
  if (context.options.trace === undefined) return {};
  const append = appender(context, resolve(context.cwd, context.options.trace), "the calls");
  return { onCall: (record) => append(`${JSON.stringify({ time: new Date().toISOString(), ...record })}\n`) };
}
