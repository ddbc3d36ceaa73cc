import { processIo } from "./process-terminal.ts";
import { run } from "./run.ts";

// The SDK announces years ahead that it will leave this Node behind; that is for us to act on, not for our users.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

// Not awaited: the single executable is CommonJS, which has no await at its top.
void run(process.argv.slice(2), processIo()).then(leave);

/**
 * A command is over when it has said how it ended. What is still open then and may never end, as a call through a proxy that
 * accepts and says nothing, would hold the process for minutes; what is written is waited for, however slow its reader is.
 */
function leave(code: number): void {
  process.exitCode = code;
  setTimeout(() => process.stdout.write("", () => process.stderr.write("", () => process.exit())), 100).unref();
}
