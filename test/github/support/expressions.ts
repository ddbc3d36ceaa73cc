/** GitHub's `${{ … }}`, as far as our workflows use it. */
export type Contexts = Readonly<Record<string, unknown>>;

/** Text with its expressions filled in; a value that is one expression keeps its type. */
export function fill(text: string, contexts: Contexts): unknown {
  const whole = /^\$\{\{((?:(?!\}\})[\s\S])*)\}\}$/.exec(text.trim());
  if (whole) return evaluate(whole[1]!, contexts);
  return text.replace(/\$\{\{([\s\S]*?)\}\}/g, (_all, expression: string) => textOf(evaluate(expression, contexts)));
}

/** Evaluates an `if:`, with or without its braces. */
export function holds(condition: string | boolean | undefined, contexts: Contexts): boolean {
  if (condition === undefined) return true;
  if (typeof condition === "boolean") return condition;
  return Boolean(fill(condition.includes("${{") ? condition : `\${{ ${condition} }}`, contexts));
}

/** Returns a value as GitHub writes it into text. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A recursive-descent interpreter of the expression language: literals, properties, calls, `!`, comparisons, `&&`, `||`. */
export function evaluate(expression: string, contexts: Contexts): unknown {
  const tokens = expression.match(/'(?:[^']|'')*'|[A-Za-z_][\w-]*|\d+(?:\.\d+)?|&&|\|\||[=!]=|[<>]=?|[!().,[\]]/g) ?? [];
  let at = 0;
  const peek = () => tokens[at];
  const take = (token: string) => (peek() === token ? (at++, true) : false);
  const must = (token: string) => {
    if (!take(token)) throw new Error(`${expression}: ${token} expected at ${String(peek())}`);
  };
  const or = (): unknown => {
    let left = and();
    while (take("||")) left = pick(left, and(), "||");
    return left;
  };
  const and = (): unknown => {
    let left = compared();
    while (take("&&")) left = pick(left, compared(), "&&");
    return left;
  };
  const compared = (): unknown => {
    const left = unary();
    if (take("==")) return isSame(left, unary());
    if (take("!=")) return !isSame(left, unary());
    return left;
  };
  const unary = (): unknown => (take("!") ? !unary() : property());
  const property = (): unknown => {
    let value = primary();
    while (take(".")) value = (value as Record<string, unknown> | undefined)?.[tokens[at++]!];
    return value;
  };
  const primary = (): unknown => {
    if (take("(")) {
      const value = or();
      must(")");
      return value;
    }
    const token = tokens[at++];
    if (token === undefined) throw new Error(`${expression}: ends too early`);
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (/^\d/.test(token)) return Number(token);
    if (token === "true" || token === "false") return token === "true";
    if (take("(")) return call(token);
    if (!(token in contexts)) throw new Error(`${expression}: there is no ${token} here`);
    return contexts[token];
  };
  const call = (name: string): unknown => {
    const given: unknown[] = [];
    while (!take(")")) {
      given.push(or());
      take(",");
    }
    if (name === "fromJSON") return JSON.parse(String(given[0]));
    if (name === "cancelled") return false;
    throw new Error(`${expression}: ${name} is not known`);
  };
  const value = or();
  if (at < tokens.length) throw new Error(`${expression}: ${tokens[at]} is left over`);
  return value;
}

function pick(left: unknown, right: unknown, operator: "&&" | "||"): unknown {
  return operator === "&&" ? (left ? right : left) : left ? left : right;
}

/** Compares as GitHub does: missing values equal empty text, and text is compared without regard to case. */
function isSame(left: unknown, right: unknown): boolean {
  if (typeof left === "boolean" || typeof right === "boolean") return left === right;
  return textOf(left).toLowerCase() === textOf(right).toLowerCase();
}
