import { AppError } from '@passport/runtime';

/** A server is neither there nor could it be installed; the message says what to install. */
export class ServerMissing extends AppError {
  constructor(message: string, cause?: unknown) {
    const reason = cause instanceof Error ? `: ${cause.message}` : '';
    super(`${message}${reason}`, { code: 'SERVER_MISSING', retry: 'never', cause });
  }
}
