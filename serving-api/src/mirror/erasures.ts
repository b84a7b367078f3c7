import { ERASURES, OWNERS_VIEW, type PackedFacts, viewOfCell } from '@passport/model';

/** Whether an owner erased something in a block of these facts. */
export function hasErasure(packed: PackedFacts, block: number): boolean {
  const { keys, cells, factKeys, factCells } = packed;
  const erasures = keys.indexOf(ERASURES);
  if (erasures < 0) return false;
  let first = 0;
  for (const { number, facts } of packed.blocks) {
    if (number === block) {
      for (let fact = first; fact < first + facts; fact += 1) {
        const cell = cells[factCells[fact] ?? -1] ?? '';
        if (factKeys[fact] === erasures && viewOfCell(cell) === OWNERS_VIEW) return true;
      }
    }
    first += facts;
  }
  return false;
}
