import { codedText, parse } from '../wire/parse.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Id of an organisation's membership service provider on the channel. */
export type MspId = Branded<'MspId'>;
/** A source of events, `<MSP id>/<name>`: `GarageMSP/workshop-7`. */
export type SourceId = Branded<'SourceId'>;
/** The name that a source gives its event. */
export type EventId = Branded<'EventId'>;
/** The name that a caller gives its command; it executes once. */
export type CommandId = Branded<'CommandId'>;
/** A person's public key: the thumbprint of its JWK (RFC 7638, SHA-256, base64url). */
export type KeyId = Branded<'KeyId'>;
/** A name in another system: a deposit, a payout, a document. */
export type Reference = Branded<'Reference'>;
/** Why somebody did something, in their own words. */
export type Reason = Branded<'Reason'>;

export const mspId = codedText<MspId>('MSP_ID_INVALID', /^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/);
export const sourceId = codedText<SourceId>(
  'SOURCE_ID_INVALID',
  /^[A-Za-z0-9][A-Za-z0-9.-]{0,63}\/[a-z0-9][a-z0-9-]{0,31}$/,
);
export const eventId = codedText<EventId>('EVENT_ID_INVALID', /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/);
export const commandId = codedText<CommandId>(
  'COMMAND_ID_INVALID',
  /^[A-Za-z0-9][A-Za-z0-9._:-]{7,63}$/,
);
export const keyId = codedText<KeyId>('KEY_ID_INVALID', /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/);
export const reference = codedText<Reference>(
  'REFERENCE_INVALID',
  /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/,
);
// oxlint-disable-next-line no-control-regex -- control characters are what it refuses.
export const reason = codedText<Reason>('REASON_INVALID', /^[^\u0000-\u001f\u007f]{1,200}$/u);

/** Reads an MSP id. Throws PassportError `MSP_ID_INVALID`. */
export function parseMspId(text: string): MspId {
  return parse(mspId, text);
}

/** Reads a source's id. Throws PassportError `SOURCE_ID_INVALID`. */
export function parseSourceId(text: string): SourceId {
  return parse(sourceId, text);
}

/** Reads an event's id. Throws PassportError `EVENT_ID_INVALID`. */
export function parseEventId(text: string): EventId {
  return parse(eventId, text);
}

/** Reads a command's id. Throws PassportError `COMMAND_ID_INVALID`. */
export function parseCommandId(text: string): CommandId {
  return parse(commandId, text);
}

/** Reads a key's id. Throws PassportError `KEY_ID_INVALID`. */
export function parseKeyId(text: string): KeyId {
  return parse(keyId, text);
}

/** The organisation that a source belongs to. */
export function organisationOfSource(source: SourceId): MspId {
  return source.slice(0, source.indexOf('/')) as MspId;
}
