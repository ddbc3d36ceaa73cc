import { codesWith } from "../diag/codes.ts";
import { kinds } from "../kinds/index.ts";

/** Every code there is, those of the kinds included. */
export const codes = codesWith(kinds);
