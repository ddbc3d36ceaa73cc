import { ownerOf, readLease } from "../../apply/lease.ts";
import { releaseUnderLease, type LeftPart } from "../../apply/release.ts";
import type { Environment } from "../../config/environment.ts";
import { kinds } from "../../kinds/index.ts";
import type { Found } from "../../plan/observed.ts";
import type { DiagnosticError } from "../../diag/diagnostic.ts";
import { counted, listed } from "../../diag/words.ts";
import { table } from "../../render/layout.ts";
import type { Context } from "../context.ts";
import { loadOrThrow, program, typed } from "../environments/environment.ts";
import { exit, type ExitCode } from "../exit.ts";
import { emit, jsonText, usage } from "../outputs.ts";
import { frozen, meOf, tellWaits } from "../apply/lock.ts";
import { meantAmong, named } from "../environments/select.ts";
import { inSession, printFooter, unlessStopped, type Session } from "../session/session.ts";

export interface ReleaseFlags {
  readonly yes?: boolean;
}

/** `infra release ENV ADDRESS…`: removes our tags from objects, and leaves the objects. */
export async function release(
  context: Context,
  maybeName: string | undefined,
  addresses: readonly string[],
  flags: ReleaseFlags,
): Promise<ExitCode> {
  const words = named(context, maybeName, "release");
  const environment = loadOrThrow(context, words);
  if (addresses.length === 0)
    throw usage("release needs the addresses of the resources to release.", "`infra status` lists the existing resources");
  return inSession(context, environment, (session, environment) =>
    releaseIn(context, session, environment, addresses, { ...flags, words: typed(words, context.cwd) }),
  );
}

async function releaseIn(
  context: Context,
  session: Session,
  environment: Environment,
  addresses: readonly string[],
  flags: ReleaseFlags & { readonly words: string },
): Promise<ExitCode> {
  const thaw = `${program(context)} freeze ${flags.words} --thaw`;
  const { connection } = session;
  const say = (text: string) => void context.io.stderr.write(`${text}\n`);
  const view = await readLease(connection.aws, ownerOf(environment));
  if (view.frozen) throw frozen(view.frozen, thaw);
  const result = await releaseUnderLease(kinds, connection, environment, {
    addresses,
    confirm: (found) => isConfirmed(context, found, flags),
    me: meOf(context, session),
    lease: { signal: context.signals.stop, ...tellWaits({ say, waitFor: say }) },
  });
  if (result.ended === "frozen") throw frozen(result.frozen, thaw);
  if (result.ended === "declined") return exit.error;
  if (result.ended === "unknown")
    throw usage(
      `${listed(result.addresses)} ${result.addresses.length === 1 ? "has" : "have"} no object that has the tags of this environment.`,
      meantAmong(result.addresses, result.known) ?? "to release an object that is not adopted yet, remove its `adopt:` line from the file",
    );
  if (result.ended === "parts-left") throw partsLeft(result.left);
  emit(context, {
    text: () =>
      table(result.objects.map(({ address, id }) => [`released  ${address}`, id]))
        .map((line) => `${line}\n`)
        .join(""),
    json: () => jsonText({ released: result.objects }),
  });
  sayWhatIsNext(context, environment, addresses);
  printFooter(context, session);
  return exit.ok;
}

function partsLeft(left: readonly LeftPart[]): DiagnosticError {
  const [{ holder }] = left as [LeftPart];
  const parts = left.flatMap((one) => (one.holder === holder ? one.part : []));
  return usage(
    `Only the tags of ${holder} say that infra owns ${listed(parts)}. Nothing was changed.`,
    `release ${parts.length === 1 ? "it" : "them"} together with ${holder}`,
  );
}

async function isConfirmed(context: Context, found: readonly Found[], { yes }: ReleaseFlags): Promise<boolean> {
  const { io } = context;
  if (yes === true) return true;
  io.stderr.write("To release: the tags infra:* are removed, the objects stay\n");
  io.stderr.write(
    table(found.map(({ address, live }) => [`  ${address}`, live.id]))
      .map((line) => `${line}\n`)
      .join(""),
  );
  if (!io.canAsk) throw usage("No terminal to ask for confirmation. Nothing was changed.", "--yes releases without asking");
  const question = `Remove the tags infra:* from ${counted(found.length, "object")}? Nothing is deleted. [y/N] `;
  const answer = await unlessStopped(context, io.ask(question));
  const isYes = /^y(es)?$/i.test(answer?.trim() ?? "");
  if (!isYes) io.stderr.write("Nothing was changed.\n");
  return isYes;
}

/**
 * Says to remove the released blocks from the file. Otherwise the next apply would create the resources again, or adopt them again if they
 * say `adopt:`.
 */
function sayWhatIsNext({ io }: Context, environment: Environment, addresses: readonly string[]): void {
  const declared = environment.nodes.filter(({ address }) => addresses.includes(address));
  if (declared.length === 0) return;
  const named = declared.length > 4 ? `these ${declared.length} resources` : listed(declared.map(({ address }) => address));
  const [does, them] = [declared.every(({ adopt }) => adopt !== undefined) ? "adopt" : "create", declared.length === 1 ? "it" : "them"];
  io.stderr.write(
    `Remove ${named} from the file before the next apply, which would ${does} ${them} again. Resources that refer to ${them} must then say \`{ id: … }\`.\n`,
  );
}
