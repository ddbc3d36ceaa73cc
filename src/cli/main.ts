import { setFlagsFromString } from "node:v8";
import { processIo } from "./process-io.ts";
import { run } from "./run.ts";

// The SDK announces years ahead that it will leave this Node behind; that is for us to act on, not for our users.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

// Left alone, V8 lets the heap double before it collects: 50,000 resources would take 1.5 GB instead of 0.9. It looks at this at
// each collection, so it may be set while the program runs. V8 complains of flags that it does not know: only where it is known.
const newestKnown = 24;
if (Number.parseInt(process.versions.node) <= newestKnown) setFlagsFromString("--heap-growing-percent=20");

process.exitCode = await run(process.argv.slice(2), processIo());
