import type { Work } from '../../../services/index.js';
import { anythingWrong, nothingWrong, policyGone, stepUpWithoutClient } from './health-fixtures.js';
import { workView } from '../my-work.view.js';
import { ANA_ID, approved, card, lease, OMAR_ID, request } from './access-fixtures.js';
import type { Examples } from './example.js';
import { NOW } from './fixtures.js';

const NOTHING: Work = { waitingForMe: [], mine: [], access: [] };
const ALL = ['waiting', 'requests', 'access'] as const;
const asAna = { readerId: ANA_ID, now: NOW };

export const myWorkExamples: Examples = (said) => {
  const open = card(request(said), {}, 'cancel');
  const granted = request(said, approved(said, { state: 'granted', id: '5f8f1d3e-0000-4000-8000-000000000002' }));
  const own = { ...card(granted, {}, 'extend', 'give-back'), lease: lease(said) };
  const toDecide = Array.from({ length: 12 }, (_, at) =>
    card(request(said, { id: `5f8f1d3e-0000-4000-8000-0000000001${String(at).padStart(2, '0')}` }), {}, 'approve'),
  );
  const well = nothingWrong(said);
  return {
    workView: {
      nothing: workView(NOTHING, ALL, asAna),
      'a requester': workView({ waitingForMe: [], mine: [own, open], access: [own] }, ALL, asAna),
      'an approver, more than fit': workView({ ...NOTHING, waitingForMe: toDecide }, ALL, {
        readerId: OMAR_ID,
        now: NOW,
      }),
      'requests alone': workView({ ...NOTHING, mine: [open] }, ['requests'], asAna),
      'access alone, coming': workView(
        { ...NOTHING, access: [{ ...own, lease: lease(said, { state: 'planned' }) }] },
        ['access'],
        asAna,
      ),
      'waiting alone': workView(NOTHING, ['waiting'], asAna),
      'an administrator, nothing is wrong': workView(NOTHING, ALL, { ...asAna, health: nothingWrong(said) }),
      'an administrator, everything is wrong': workView({ ...NOTHING, waitingForMe: toDecide.slice(0, 5) }, ALL, {
        ...{ readerId: OMAR_ID, now: NOW, health: anythingWrong(said) },
      }),
      'a reader, the policy is gone': workView(NOTHING, ALL, {
        ...{ ...asAna, health: { ...nothingWrong(said), ...policyGone(said) } },
      }),
      'an administrator, the policy wants sign-ins that nobody can make': workView(NOTHING, ALL, {
        ...asAna,
        health: { ...well, health: { ...well.health, policy: stepUpWithoutClient(said) } },
      }),
      'Entra does not say who asks': workView(NOTHING, ALL, {
        ...asAna,
        note: 'Entra does not say now what you may do.',
      }),
    },
  };
};
