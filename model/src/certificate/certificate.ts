// What reading a car's certificate takes, and nothing else: it is loaded by whoever scans one.
export * from './certificate-claims.ts';
export * from './certificate-text.ts';
export * from './commitments.ts';
export * from './compare-vin.ts';
export * from './judge-certificate.ts';
