/** What the build puts beside the program, in tests: what is known of types is the source, and the validators are those of the last build. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import * as typeKind from "../../src/kinds/types/type-kind.ts";

globalThis.PLUMBLINE_TYPES = () => typeKind;

const validator = fileURLToPath(new URL("../../dist/validator.cjs", import.meta.url));
const requireHere = createRequire(import.meta.url);
// Whoever takes them compares their fingerprint: those of other kinds are not used.
if (existsSync(validator)) globalThis.PLUMBLINE_VALIDATOR = () => requireHere(validator);
