declare const brand: unique symbol;

/**
 * Bytes that the platform made. Node's are a `Buffer`, which is written and read faster than by any call from
 * outside; a browser's are not. So nothing but the platform may take them for more than bytes.
 */
export type Memory = Uint8Array<ArrayBuffer> & { readonly [brand]: true };
