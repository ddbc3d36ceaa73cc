/**
 * `propertyTransform` of a registry schema describes how AWS rewrites a value (CloudFormation CLI User Guide, "Resource type definition
 * schema"). It is an expression in JSONata whose results are regular expressions, several of them separated by `$OR`. This file reads the
 * part of JSONata that nearly all of them use and skips the other expressions: their values are compared directly
 * (docs/decisions/0076-transforms-and-hashes.md). Pure.
 */

type Values = Readonly<Record<string, unknown>>;
type Evaluate = (context: Values) => unknown;

/**
 * Returns a function that gives the texts that AWS may return for a value, from the object that holds it; undefined for an expression that
 * is not read here.
 */
export function transformOf(expression: string, property: string): ((context: Values) => readonly string[]) | undefined {
  if (!read.has(expression)) read.set(expression, parsed(expression));
  const alternatives = read.get(expression);
  // An expression that does not use the value would accept any other value.
  if (!alternatives?.every(({ names }) => names.has(property))) return undefined;
  return (context) =>
    alternatives.flatMap(({ evaluate }) => {
      const value = tried(evaluate, context);
      return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? [String(value)] : [];
    });
}

/** Whether an answer of the expression, a text or a pattern, matches AWS's text. */
export function isAnswer(answers: readonly string[], told: string): boolean {
  return answers.some((answer) => answer === told || patternIn(answer)?.test(told) === true);
}

interface Alternative {
  readonly evaluate: Evaluate;
  /** The members that the expression uses. */
  readonly names: ReadonlySet<string>;
}

const read = new Map<string, readonly Alternative[] | undefined>();

function parsed(expression: string): readonly Alternative[] | undefined {
  try {
    return expression.split("$OR").map((one) => {
      const parser = new Parser(tokensOf(one));
      return { evaluate: parser.whole(), names: parser.names };
    });
  } catch (error) {
    if (error instanceof NotRead) return undefined;
    throw error;
  }
}

/** Thrown for an expression outside the part that is read here, or for a missing value. */
class NotRead extends Error {}

function tried(evaluate: Evaluate, context: Values): unknown {
  try {
    return evaluate(context);
  } catch (error) {
    if (error instanceof NotRead) return undefined;
    throw error;
  }
}

function patternIn(answer: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${answer})$`);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // a plain text that is not a valid pattern
    throw error;
  }
}

interface Token {
  readonly is: "text" | "number" | "pattern" | "name" | "function" | "sign";
  readonly value: string;
}

const grammar =
  /\s*(?:(?<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<number>\d+)|(?<function>\$[a-zA-Z]+)|(?<name>[A-Za-z_]\w*)|(?<pattern>\/(?:[^/\\]|\\.)+\/)|(?<sign>!=|>=|<=|[()[\],.&?:=<>+*-]))/y;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  grammar.lastIndex = 0;
  while (text.slice(grammar.lastIndex).trim() !== "") {
    const found = grammar.exec(text)?.groups;
    const [is, value] = Object.entries(found ?? {}).find(([, one]) => one !== undefined) ?? [];
    if (is === undefined) throw new NotRead(text);
    tokens.push({ is: is as Token["is"], value: value! });
  }
  return tokens;
}

/** Functions of JSONata's reference ("String functions", "Array functions", "Boolean functions"). */
const functions: Readonly<Record<string, (...given: readonly unknown[]) => unknown>> = {
  $lowercase: (text) => textIn(text).toLowerCase(),
  $uppercase: (text) => textIn(text).toUpperCase(),
  $string: (value) => String(value),
  $number: (value) => Number(value),
  $contains: (text, part) => textIn(text).includes(textIn(part)),
  $count: (list) => [list].flat().length,
  $join: (list, separator = "") => [list].flat().map(textIn).join(textIn(separator)),
  $split: (text, separator, limit) =>
    textIn(text)
      .split(textIn(separator))
      .slice(0, limit === undefined ? undefined : Number(limit)),
  $substringAfter: (text, part) => cut(text, part, (at, length) => [at + length]),
  $substringBefore: (text, part) => cut(text, part, (at) => [0, at]),
  $replace: (text, pattern, put) => textIn(text).replaceAll(pattern instanceof RegExp ? pattern : textIn(pattern), textIn(put)),
};

/** Returns the value as text. Text functions take nothing else; JSONata answers with an error then. */
function textIn(value: unknown): string {
  if (typeof value !== "string") throw new NotRead("no text");
  return value;
}

/** Returns the part of the text that `bounds` selects, and the whole text when it does not contain `part`. */
function cut(whole: unknown, part: unknown, bounds: (at: number, length: number) => [from: number, to?: number]): string {
  const [text, sought] = [textIn(whole), textIn(part)];
  const at = text.indexOf(sought);
  return at < 0 ? text : text.slice(...bounds(at, sought.length));
}

const comparisons: Readonly<Record<string, (a: unknown, b: unknown) => boolean>> = {
  "=": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  ">": (a, b) => Number(a) > Number(b),
  "<": (a, b) => Number(a) < Number(b),
  ">=": (a, b) => Number(a) >= Number(b),
  "<=": (a, b) => Number(a) <= Number(b),
  in: (a, b) => [b].flat().includes(a),
};

class Parser {
  readonly names = new Set<string>();
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Evaluate {
    const evaluate = this.#choice();
    if (this.#at < this.#tokens.length) throw new NotRead(this.#tokens[this.#at]!.value);
    return evaluate;
  }

  #choice(): Evaluate {
    const asked = this.#both();
    if (!this.#takes("?")) return asked;
    const yes = this.#choice();
    const no = this.#takes(":") ? this.#choice() : () => undefined;
    return (context) => (isTrue(tried(asked, context)) ? yes(context) : no(context));
  }

  #both(): Evaluate {
    let left = this.#compared();
    for (;;) {
      const a = left;
      if (this.#takes("and")) {
        const b = this.#compared();
        left = (context) => isTrue(a(context)) && isTrue(b(context));
      } else if (this.#takes("or")) {
        const b = this.#compared();
        left = (context) => isTrue(a(context)) || isTrue(b(context));
      } else return left;
    }
  }

  #compared(): Evaluate {
    const a = this.#joined();
    const sign = Object.keys(comparisons).find((one) => this.#takes(one));
    if (sign === undefined) return a;
    const b = this.#joined();
    return (context) => comparisons[sign]!(a(context), b(context));
  }

  #joined(): Evaluate {
    let left = this.#value();
    for (;;) {
      const a = left;
      const sign = ["&", "+", "-", "*"].find((one) => this.#takes(one));
      if (sign === undefined) return left;
      const b = this.#value();
      const sum = (x: number, y: number) => (sign === "+" ? x + y : sign === "-" ? x - y : x * y);
      left = (context) => (sign === "&" ? `${String(a(context))}${String(b(context))}` : sum(Number(a(context)), Number(b(context))));
    }
  }

  #value(): Evaluate {
    let value = this.#primary();
    for (;;) {
      const inner = value;
      if (this.#takes("[")) {
        const isLast = this.#takes("-");
        const { is, value: number } = this.#next();
        if (is !== "number") throw new NotRead(number); // a predicate
        this.#needs("]");
        const index = isLast ? -Number(number) : Number(number);
        value = (context) => there([inner(context)].flat().at(index));
      } else if (this.#takes(".")) {
        const { is, value: member } = this.#next();
        if (is !== "name") throw new NotRead(member);
        this.names.add(member);
        value = (context) => there((inner(context) as Values)[member]);
      } else return value;
    }
  }

  #primary(): Evaluate {
    const { is, value } = this.#next();
    if (is === "text") return constant(value.startsWith('"') ? JSON.parse(escaped(value)) : value.slice(1, -1).replace(/\\(.)/g, "$1"));
    if (is === "number") return constant(Number(value));
    if (is === "pattern") return constant(new RegExp(value.slice(1, -1), "g"));
    if (is === "function") return this.#call(value);
    if (value === "(") {
      const inner = this.#choice();
      this.#needs(")");
      return inner;
    }
    if (value === "[") {
      const items = this.#list("]");
      return (context) => items.map((item) => item(context));
    }
    if (is !== "name") throw new NotRead(value);
    if (value === "null") return constant(undefined);
    if (value === "true" || value === "false") return constant(value === "true");
    this.names.add(value);
    return (context) => there(context[value]);
  }

  #call(name: string): Evaluate {
    this.#needs("(");
    const given = this.#list(")");
    if (name === "$exists") return (context) => tried(given[0]!, context) !== undefined;
    const call = functions[name];
    if (!call) throw new NotRead(name);
    return (context) => call(...given.map((one) => one(context)));
  }

  #list(end: string): Evaluate[] {
    const items: Evaluate[] = [];
    while (!this.#takes(end)) {
      items.push(this.#choice());
      if (!this.#takes(",")) {
        this.#needs(end);
        break;
      }
    }
    return items;
  }

  #next(): Token {
    const token = this.#tokens[this.#at++];
    if (!token) throw new NotRead("the end");
    return token;
  }

  #takes(value: string): boolean {
    const token = this.#tokens[this.#at];
    const isIt = token?.value === value && (token.is === "sign" || token.is === "name");
    if (isIt) this.#at++;
    return isIt;
  }

  #needs(value: string): void {
    if (!this.#takes(value)) throw new NotRead(value);
  }
}

/** Escapes line breaks in a text of an expression: JSONata takes line breaks, and `\/`, as they are. */
function escaped(text: string): string {
  return text.replaceAll("\n", "\\n");
}

function constant(value: unknown): Evaluate {
  return () => value;
}

function there(value: unknown): unknown {
  if (value === undefined || value === null) throw new NotRead("nothing");
  return value;
}

function isTrue(value: unknown): boolean {
  return Array.isArray(value) ? value.some(isTrue) : Boolean(value);
}
