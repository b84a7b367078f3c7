import { PassportError } from '@passport/model';
import { bodyLimit } from 'hono/body-limit';

/** Bytes of a request: a statement of the longest, each character as six. */
const BODY_BYTES_MAX = 128 * 1024;

/** Refuses a longer body. Throws PassportError `REQUEST_TOO_LARGE`. */
export const limitBody = bodyLimit({
  maxSize: BODY_BYTES_MAX,
  onError: () => {
    throw new PassportError('REQUEST_TOO_LARGE', `${BODY_BYTES_MAX} bytes are the limit`);
  },
});
