export { chaincodeCommand } from './chaincode-command.ts';
export type { Flag, LogBook, MileageEntry, Registration } from './log-book.ts';
export { type Vid, vidOfBytes } from './vid.ts';
