import { openSessionInMemory } from './session.js';
import { testPoolOver } from './testing/pool-promises.js';

testPoolOver(openSessionInMemory);
