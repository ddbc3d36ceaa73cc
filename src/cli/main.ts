import { processIo } from "./terminal/process-terminal.ts";
import { run } from "./run.ts";

// The SDK announces years ahead that it will drop this version of Node. That is for us to act on, not for our users.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

// Not awaited: the single executable is CommonJS, which has no top-level await.
void run(process.argv.slice(2), processIo()).then(leave);

/**
 * Ends the process after a command has finished. Something may still be open that never ends, such as a call through a proxy that accepts
 * it and never answers. It would hold the process for minutes. Written output is still waited for, however slow its reader is.
 */
function leave(code: number): void {
  process.exitCode = code;
  setTimeout(() => process.stdout.write("", () => process.stderr.write("", () => process.exit())), 100).unref();
}
