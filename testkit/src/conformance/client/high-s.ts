/** The order of P-256. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The other valid signature of the same message, which Fabric does not take. */
export function withHighS(signature: Uint8Array): Uint8Array {
  const rLength = signature[3] ?? 0;
  const r = signature.subarray(2, 4 + rLength);
  const s = BigInt(`0x${Buffer.from(signature.subarray(6 + rLength)).toString('hex')}`);
  const high = Buffer.from(`00${(ORDER - s).toString(16).padStart(64, '0')}`, 'hex');
  return Buffer.concat([
    Buffer.of(0x30, r.length + 2 + high.length),
    r,
    Buffer.of(0x02, high.length),
    high,
  ]);
}
