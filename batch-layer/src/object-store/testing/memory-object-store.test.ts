import { MemoryObjectStore } from './memory-object-store.ts';
import { describeObjectStore } from './store-contract.ts';

describeObjectStore('memory store of the tests', async () => new MemoryObjectStore());
