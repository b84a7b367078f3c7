/** A line longer than this is handed out in pieces, so that memory stays bounded. */
const LINE_CHARACTERS_MAX = 64 * 1024;

/** Cuts a stream of text into lines, without their line ends. */
export class LineSplitter {
  #rest = '';
  readonly #onLine: (line: string) => void;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    if (this.#rest.length > LINE_CHARACTERS_MAX) this.end();
  }

  /** Hands out what has come after the last line end. */
  end(): void {
    const rest = this.#rest;
    this.#rest = '';
    if (rest !== '') this.#onLine(rest);
  }
}
