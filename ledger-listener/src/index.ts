export type { BlockSource } from './block-source.ts';
export { readBlock } from './blocks/block.ts';
export { Chain } from './blocks/chain.ts';
export { gatewayBlocks } from './gateway-blocks.ts';
export { listen } from './listener.ts';
export { ListenerHalted } from './listener-error.ts';
export { type MarketKeys, MarketOpener, type ReaderKeys } from './opening/market-opener.ts';
export { ringKeys } from './opening/ring-keys.ts';
export { Folds } from './shares/folds.ts';
