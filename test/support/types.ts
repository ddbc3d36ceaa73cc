/** The build loads what is known of types from a file beside the program; in tests it is the source. */
import * as typeKind from "../../src/kinds/types/type-kind.ts";

globalThis.PLUMBLINE_TYPES = () => typeKind;
