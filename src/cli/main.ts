import { processIo } from "./process-terminal.ts";
import { run } from "./run.ts";

// The SDK announces years ahead that it will leave this Node behind; that is for us to act on, not for our users.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

// Not awaited: the single executable is CommonJS, which has no await at its top.
void run(process.argv.slice(2), processIo()).then((code) => {
  process.exitCode = code;
});
