import { startDevnetNetwork } from '../harness/devnet-network.ts';
import { describeConformance } from './suite.ts';

describeConformance('devnet', startDevnetNetwork);
