export { type ExportDocument, exportVehicleBook } from './export/export-vehicle.ts';
export {
  addGrantedKeys,
  addOwnedKeys,
  type OwnerKeys,
  type ReaderKeys,
} from './read/opening-keys.ts';
export { type BookAnswer, readBookAnswer, type ReadNote } from './read/answers.ts';
export { openBook, type OpenedField, type OpenedLine } from './read/open-book.ts';
export { askProven, type ProvenAsking } from './read/proven-request.ts';
export { ReadError, type ReadErrorCode } from './read/read-error.ts';
export {
  type BookAsking,
  type BookKeys,
  type OpenedBook,
  openerOf,
  readVehicleBook,
} from './read/read-vehicle.ts';
export { whoRead } from './read/who-read.ts';
