import { AppError } from '@passport/runtime';

/** The log does not have what is to be archived next; nothing is left out silently. */
export class EpochError extends AppError {
  constructor(code: 'LOG_GAP' | 'LOG_FOREIGN' | 'ARCHIVE_OLDER', partition: number, why: string) {
    super(`partition ${partition}: ${why}`, { code, retry: 'never' });
  }
}
