export type { BlockSource } from './block-source.ts';
export { readBlock } from './blocks/block.ts';
export { Chain } from './blocks/chain.ts';
export { FoldStore } from './fold/fold-store.ts';
export { gatewayBlocks } from './gateway-blocks.ts';
export { defaultListenerLimits, listen, type ListenerOptions } from './listener.ts';
export { ListenerHalted } from './listener-error.ts';
export { type MarketKeys, MarketOpener, type ReaderKeys } from './opening/market-opener.ts';
export { ringKeys } from './opening/ring-keys.ts';
