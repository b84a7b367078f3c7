type Schema<Value> = { parse(value: unknown): Value };

/** What each of two people leaves: the host began the meeting and shows its code, the guest came by it. */
export type Sides<Host, Guest> = { readonly host: Schema<Host>; readonly guest: Schema<Guest> };

/** How the portal's rendezvous calls the two. */
const names = { host: 'seller', guest: 'buyer' } as const;

/** A meeting of two browsers over one code, at the portal's rendezvous. */
export class MeetingPlace<Host extends object, Guest extends object> {
  /** 128 random bits: nobody comes by whom it was not shown to. */
  readonly code: string;
  readonly #sides: Sides<Host, Guest>;

  constructor(code: string, sides: Sides<Host, Guest>) {
    this.code = code;
    this.#sides = sides;
  }

  leaveAsHost(side: Host): Promise<void> {
    return this.#leave('host', side);
  }

  leaveAsGuest(side: Guest): Promise<void> {
    return this.#leave('guest', side);
  }

  /** Undefined where the host has left nothing, or it is forgotten. */
  host(signal: AbortSignal): Promise<Host | undefined> {
    return this.#find('host', this.#sides.host, signal);
  }

  /** Undefined while the guest has left nothing. */
  guest(signal: AbortSignal): Promise<Guest | undefined> {
    return this.#find('guest', this.#sides.guest, signal);
  }

  async #leave(side: keyof typeof names, value: object): Promise<void> {
    const body = JSON.stringify(value);
    const response = await fetch(this.#path(side), { method: 'PUT', body });
    if (!response.ok) throw new Error(`the meeting place answers ${response.status}`);
  }

  async #find<Value>(
    side: keyof typeof names,
    schema: Schema<Value>,
    signal: AbortSignal,
  ): Promise<Value | undefined> {
    const response = await fetch(this.#path(side), { signal });
    if (response.status === 204) return undefined;
    if (!response.ok) throw new Error(`the meeting place answers ${response.status}`);
    return schema.parse(await response.json());
  }

  #path(side: keyof typeof names): string {
    return `/rendezvous/${this.code}/${names[side]}`;
  }
}

/** The code of a meeting in a link or its fragment, behind its name there; undefined where there is none. */
export function codeIn(text: string, name: 'take' | 'new'): string | undefined {
  const [, code] = new RegExp(`${name}=([A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])`).exec(text) ?? [];
  return code;
}

/**
 * Digits that two people compare: of the keys of both, so that whoever put another key in between them has other
 * digits on each screen. 24 decimal digits are 79 bits: a stranger would have to try for an age to make theirs fit.
 */
export async function checkDigits(parts: readonly string[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(parts));
  const digest = new DataView(await crypto.subtle.digest('SHA-256', bytes));
  return [0, 4, 8, 12, 16, 20]
    .map((at) => String(digest.getUint32(at) % 10_000).padStart(4, '0'))
    .join(' ');
}
