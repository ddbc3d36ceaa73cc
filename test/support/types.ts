/**
 * Gives tests the files that the build puts beside the program: the knowledge about types from the sources, and the validators of the last
 * build.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import * as typeKind from "../../src/kinds/types/type-kind.ts";

globalThis.PLUMBLINE_TYPES = () => typeKind;

const validator = fileURLToPath(new URL("../../dist/validator.cjs", import.meta.url));
const requireHere = createRequire(import.meta.url);
// The fingerprint is compared before use, so validators of other kinds are not used.
if (existsSync(validator)) globalThis.PLUMBLINE_VALIDATOR = () => requireHere(validator);
