import { short } from './block-lines.ts';
import type { Explanation } from './devnet-controls.ts';

/** An explanation in lines. */
export function explanationLines({ txId, code, conflict, writtenBy }: Explanation): string[] {
  const { key, namespace, read, current } = conflict;
  return [
    `  ${short(txId)} is invalid: ${code}`,
    `    key      ${keyText(key)}  (chaincode ${namespace})`,
    `    it read  ${versionText(read)}`,
    `    now      ${versionText(current)}${writtenBy === undefined ? '' : `, by ${short(writtenBy)}`}`,
  ];
}

/** Parts of a composite key stand between zero characters (Fabric's CreateCompositeKey). */
function keyText(key: string): string {
  return key.split('\u0000').filter(Boolean).join(' / ');
}

function versionText(value: Explanation['conflict']['read']): string {
  return value === undefined
    ? 'no value'
    : `the value of block ${value.block}, transaction ${value.tx}`;
}
