/**
 * The language that filters tasks:
 * `status:running,failed tag:prod -tag:old name~"res.*50" metrics.val.acc.max>0.9 params.Args.lr<=1e-3 updated<2d (a or b)`.
 */

export type Filter =
  | { kind: "every" | "some"; parts: Filter[] }
  | { kind: "not"; part: Filter }
  | { kind: "test"; key: string; operator: Operator; values: string[] };

export type Operator = ":" | "!=" | ">=" | "<=" | ">" | "<" | "~";

/** What a key means for one task: texts or numbers, of which one has to fit; ages are in seconds. */
export type Lookup = (key: string) => readonly (string | number)[];

/** Says what is wrong with a filter, and where it begins. */
export class FilterError extends Error {
  constructor(
    message: string,
    readonly position: number,
  ) {
    super(message);
  }
}

interface Token {
  text: string;
  position: number;
  quoted: boolean;
}

const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|(>=|<=|!=|[():=<>~,])|([^\s"():=<>~,!]+)|(\S))/gy;
const OPERATORS: Record<string, Operator> = { ":": ":", "=": ":", "!=": "!=", ">=": ">=", "<=": "<=", ">": ">", "<": "<", "~": "~" };
const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** The filter that a text means; `null` for an empty one. @throws FilterError */
export function parseFilter(text: string): Filter | null {
  const tokens = tokenize(text);
  if (tokens.length === 0) return null;
  const parser = new Parser(tokens, text.length);
  return parser.whole();
}

function tokenize(text: string): Token[] {
  return [...text.trimEnd().matchAll(TOKEN)].map((match) => {
    const [whole, quoted, sign, word, odd] = match;
    const position = match.index + whole.search(/\S/);
    if (odd !== undefined) throw new FilterError(odd === '"' ? "This quotation does not end" : `“${odd}” means nothing here`, position);
    if (quoted !== undefined) return { text: quoted.slice(1, -1).replace(/\\(.)/g, "$1"), position, quoted: true };
    return { text: sign ?? word ?? "", position, quoted: false };
  });
}

class Parser {
  private next = 0;

  constructor(
    private readonly tokens: Token[],
    private readonly end: number,
  ) {}

  whole(): Filter {
    const filter = this.some();
    const rest = this.tokens[this.next];
    if (rest) throw new FilterError(`“${rest.text}” is one too many`, rest.position);
    return filter;
  }

  private some(): Filter {
    const parts = [this.every()];
    while (this.takes("or")) parts.push(this.every());
    return joined("some", parts);
  }

  private every(): Filter {
    const parts = [this.term()];
    for (;;) {
      if (this.takes("and")) parts.push(this.term());
      else if (this.next >= this.tokens.length || this.sees("or") || this.sees(")")) return joined("every", parts);
      else parts.push(this.term());
    }
  }

  private term(): Filter {
    if (this.takes("not")) return { kind: "not", part: this.term() };
    if (this.takes("(")) {
      const inner = this.some();
      if (!this.takes(")")) throw new FilterError("A bracket is not closed", this.position());
      return inner;
    }
    return this.test();
  }

  private test(): Filter {
    const first = this.word("a word");
    const operator = this.peekOperator();
    if (!first.quoted && first.text.startsWith("-") && first.text.length > 1) {
      first.text = first.text.slice(1);
      this.next -= 1;
      this.tokens[this.next] = first;
      return { kind: "not", part: this.test() };
    }
    if (!operator) return { kind: "test", key: "", operator: ":", values: [first.text] };
    this.next += 1;
    const values = [this.word("a value")];
    while (this.takes(",")) values.push(this.word("a value"));
    values.forEach((value) => check(operator, value));
    return { kind: "test", key: first.text, operator, values: values.map(({ text }) => text) };
  }

  private peekOperator(): Operator | undefined {
    const token = this.tokens[this.next];
    return token && !token.quoted ? OPERATORS[token.text] : undefined;
  }

  private word(what: string): Token {
    const token = this.tokens[this.next];
    if (!token || (!token.quoted && /^[():=<>~,]|^!=$/.test(token.text))) throw new FilterError(`Here ${what} is missing`, this.position());
    this.next += 1;
    return { ...token };
  }

  private sees(text: string): boolean {
    const token = this.tokens[this.next];
    return token?.quoted === false && token.text.toLowerCase() === text;
  }

  private takes(text: string): boolean {
    if (!this.sees(text)) return false;
    this.next += 1;
    return true;
  }

  private position(): number {
    return this.tokens[this.next]?.position ?? this.end;
  }
}

function joined(kind: "every" | "some", parts: Filter[]): Filter {
  const [only] = parts;
  return only && parts.length === 1 ? only : { kind, parts };
}

function check(operator: Operator, { text, position }: Token): void {
  if (operator === "~" && !pattern(text)) throw new FilterError(`“${text}” is no regular expression`, position);
  if (/[<>]/.test(operator) && amountOf(text) === null) throw new FilterError(`“${text}” is no number or length of time`, position);
}

function pattern(text: string): RegExp | null {
  try {
    return new RegExp(text, "i");
  } catch {
    return null;
  }
}

/** A number, or a length of time such as `2d` in seconds. */
export function amountOf(text: string): number | null {
  const [, digits, unit] = /^(.+?)([smhdw])?$/.exec(text) ?? [];
  const value = Number(digits);
  return digits && Number.isFinite(value) ? value * (unit ? (UNITS[unit] ?? 1) : 1) : null;
}

/** Whether a task passes. */
export function passes(filter: Filter, lookup: Lookup): boolean {
  switch (filter.kind) {
    case "every":
      return filter.parts.every((part) => passes(part, lookup));
    case "some":
      return filter.parts.some((part) => passes(part, lookup));
    case "not":
      return !passes(filter.part, lookup);
    case "test": {
      const found = lookup(filter.key);
      if (filter.operator === "!=") return !found.some((value) => filter.values.some((text) => equals(value, text)));
      return found.some((value) => filter.values.some((text) => holds(filter, value, text)));
    }
  }
}

function holds({ key, operator }: { key: string; operator: Operator }, value: string | number, text: string): boolean {
  if (operator === "~") return pattern(text)?.test(String(value)) ?? false;
  if (operator === ":" || operator === "!=")
    return key === "" || key === "name" ? String(value).toLowerCase().includes(text.toLowerCase()) : equals(value, text);
  const [left, right] = [Number(value), amountOf(text)];
  if (value === "" || right === null || Number.isNaN(left)) return false;
  return { ">": left > right, ">=": left >= right, "<": left < right, "<=": left <= right }[operator];
}

function equals(value: string | number, text: string): boolean {
  if (typeof value === "number") return value === Number(text);
  return value.toLowerCase() === text.toLowerCase();
}

/** The parts that all have to hold. */
export function conjunction(filter: Filter | null): Filter[] {
  return filter === null ? [] : filter.kind === "every" ? filter.parts : [filter];
}
