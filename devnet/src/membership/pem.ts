const BLOCK = /^-----BEGIN ([^\r\n-]+)-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END \1-----/m;

/** The content of the first PEM block in some bytes, undefined where there is none (RFC 7468). */
export function decodePem(bytes: Uint8Array): Buffer | undefined {
  const match = BLOCK.exec(Buffer.from(bytes).toString('latin1'));
  return match?.[2] === undefined ? undefined : Buffer.from(match[2], 'base64');
}
