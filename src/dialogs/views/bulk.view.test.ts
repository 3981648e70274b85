import type { BulkProgress } from '../../services/index.js';
import { phaseText } from './bulk.view.js';

const progress: BulkProgress = { done: 0, total: 5_000, failed: 0, phase: 'entra', pace: 'working' };

test.each<[Partial<BulkProgress>, string]>([
  [{}, 'Assigning in Entra.'],
  [{ phase: 'genesys' }, 'Making users and giving roles in Genesys.'],
  [{ perMinute: 1_200 }, 'Assigning in Entra: 1,200 a minute, about 5 minutes left.'],
  [{ perMinute: 1 }, 'Assigning in Entra: 1 a minute, about 5,000 minutes left.'],
  [{ perMinute: 100, done: 4_899 }, 'Assigning in Entra: 100 a minute, about 2 minutes left.'],
  [{ perMinute: 100, done: 4_900 }, 'Assigning in Entra: 100 a minute, a minute left at most.'],
  [{ perMinute: 100, done: 4_999 }, 'Assigning in Entra: 100 a minute, a minute left at most.'],
  [{ perMinute: 100, pace: 'pausing' }, 'Pausing after the people who are under way.'],
  [
    { perMinute: 100, pace: 'paused' },
    'What is done is kept. Go on whenever you like, or stop and leave the rest out.',
  ],
])('%j reads as a sentence', (changes, text) => {
  expect(phaseText({ ...progress, ...changes })).toBe(text);
});
