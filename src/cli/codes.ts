import { codesWith } from "../diag/codes.ts";
import { kinds } from "../kinds/index.ts";

/** Every code, including those of the kinds. */
export const codes = codesWith(kinds);
