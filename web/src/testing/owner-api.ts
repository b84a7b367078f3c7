import {
  MemoryReplayStore,
  nodeScrypt,
  PROOF_HEADER,
  type PrivateJwk,
  scryptCost,
  verifyRequest,
  Wallet,
} from '@passport/ledger-client';
import {
  type CertificateRequest,
  certificateRequest,
  type CertificateStatus,
  type KeyId,
  parseJson,
  type Vid,
} from '@passport/model';
import { Hono } from 'hono';

import { someClaims, type TestIssuer } from './some-certificate.ts';

/** A certificate that the API of a test has made. */
type Made = CertificateRequest & { readonly id: string; isRevoked: boolean };

/** A serving API that makes certificates for one owner, whose proofs it checks as the real one does. */
export function ownerApi(issuer: TestIssuer, vid: Vid, owner: KeyId) {
  const made: Made[] = [];
  const now = (): Date => new Date();
  const policy = { roots: new Map(), now, replays: new MemoryReplayStore(() => new Date(0)) };
  const api = new Hono();
  const requireOwner = async (request: Request, body?: Uint8Array): Promise<void> => {
    const asked = { method: request.method, url: request.url, ...(body && { body }) };
    const proof = request.headers.get(PROOF_HEADER) ?? undefined;
    const { keyId } = await verifyRequest(proof, asked, policy);
    if (keyId !== owner) throw new Error('another one asks');
  };
  api.get('/v1/status', (context) => context.json({ block: 12_400 }));
  api.post(`/v1/vehicles/${vid}/certificates`, async (context) => {
    const body = new Uint8Array(await context.req.raw.clone().arrayBuffer());
    await requireOwner(context.req.raw, body);
    const asked = parseJson(certificateRequest, new TextDecoder().decode(body));
    const id = Buffer.from(`certificate-${1_000 + made.length}`).toString('base64url');
    const { vin, iat, ...claims } = someClaims({ jti: id });
    const exp = iat + asked.days * 86_400;
    made.unshift({ ...asked, id, isRevoked: false });
    const chosen = Object.entries(claims).filter(
      ([name]) =>
        !['mileage', 'life', 'owners', 'freshness', 'quality', 'basis'].includes(name) ||
        asked.fields.some((field) => field === name),
    );
    const certificate = await issuer.sign({
      ...(Object.fromEntries(chosen) as typeof claims),
      ...{ iat, exp },
      ...(asked.vin === undefined ? {} : { vin: asked.vin }),
    });
    return context.json({ id, certificate, expiresAt: new Date(exp * 1000).toISOString() }, 201);
  });
  api.post(`/v1/vehicles/${vid}/certificates/preview`, async (context) => {
    const body = new Uint8Array(await context.req.raw.clone().arrayBuffer());
    await requireOwner(context.req.raw, body);
    const { fields } = parseJson(certificateRequest, new TextDecoder().decode(body));
    const claims = someClaims();
    const parts = Object.fromEntries(fields.map((field) => [field, claims[field]]));
    return context.json({ block: 12_400, madeUp: 0, ...parts });
  });
  api.get(`/v1/vehicles/${vid}/certificates`, async (context) => {
    await requireOwner(context.req.raw);
    const at = { madeAt: new Date().toISOString(), expiresAt: new Date().toISOString() };
    const certificates = made.map(({ vin, ...each }) => ({
      ...each,
      ...at,
      hasVin: vin !== undefined,
    }));
    return context.json({ vid, certificates });
  });
  api.get('/v1/certificates/:id', (context) => context.json(statusOf(context.req.param('id'))));
  api.delete('/v1/certificates/:id', async (context) => {
    await requireOwner(context.req.raw);
    const found = made.find(({ id }) => id === context.req.param('id'));
    if (found !== undefined) found.isRevoked = true;
    return context.json(statusOf(context.req.param('id')));
  });
  const statusOf = (id: string): CertificateStatus => ({
    ...{ id, ledger: someClaims().ledger, block: 12_400, ledgerTime: new Date().toISOString() },
    status: made.some((each) => each.id === id && each.isRevoked) ? 'revoked' : 'current',
  });
  return { api, made };
}

/** The file of a wallet with one car, and a passphrase that costs next to nothing. */
export async function walletFile(
  vid: Vid,
  { keyId, key }: { readonly keyId: KeyId; readonly key: PrivateJwk },
  passphrase: string,
): Promise<string> {
  let text: string | undefined;
  const store = {
    read: () => Promise.resolve(text),
    replace: (_before: string | undefined, next: string) => {
      text = next;
      return Promise.resolve(true);
    },
  };
  const random = (bytes: number): Uint8Array<ArrayBuffer> =>
    crypto.getRandomValues(new Uint8Array(bytes));
  const cost = { ...scryptCost, N: 2 ** 10 };
  const wallet = await Wallet.create({ store, random, stretch: nodeScrypt, cost }, passphrase);
  const rootKeys = [{ ownerEpoch: 1, key: Buffer.alloc(32, 7).toString('base64url') }];
  await wallet.change((content) => ({
    ...content,
    signingKeys: [{ keyId, key }],
    vehicles: [{ ...{ vid, signer: keyId, rootKeys }, published: [], grants: [], received: [] }],
  }));
  return text ?? '';
}
