/** The framing of the Language Server Protocol: JSON-RPC messages, each after a header with its length in bytes. */

export interface Message {
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** Returns a message in the form in which it is sent. */
export function encode(message: Message): Buffer {
  const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
}

/** Takes incoming bytes in pieces of any size, and returns the complete messages. */
export class Decoder {
  #rest = Buffer.alloc(0);

  push(chunk: Buffer): Message[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const messages: Message[] = [];
    for (let next = this.#take(); next !== undefined; next = this.#take()) messages.push(next);
    return messages;
  }

  #take(): Message | undefined {
    const end = this.#rest.indexOf("\r\n\r\n");
    if (end < 0) return undefined;
    const length = Number(/Content-Length: *(\d+)/i.exec(this.#rest.toString("ascii", 0, end))?.[1]);
    if (Number.isNaN(length)) throw new Error("a message without Content-Length came in");
    if (this.#rest.length < end + 4 + length) return undefined;
    const body = this.#rest.toString("utf8", end + 4, end + 4 + length);
    this.#rest = this.#rest.subarray(end + 4 + length);
    return JSON.parse(body) as Message;
  }
}
