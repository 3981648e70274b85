import { z } from 'zod';
import { param, parseBody, type PlatformApi } from './api.js';
import { problems } from './api-problem.js';
import type { GenesysData, StoredUser } from './genesys-data.js';
import { refuseOtherVersion } from './user-versions.js';

const stateBody = z.object({
  state: z.enum(['active', 'inactive', 'deleted']),
  version: z.number().int().optional(),
  stateChangeReason: z.enum(['Voluntary', 'Seasonal', 'Leave', 'Performance', 'Conduct', 'Unknown']).optional(),
  stateChangeDate: z.string().optional(),
});

/** `users/{id}/state`: reads the state in every state, and changes it, with a reason. */
export function addUserStateRoutes(api: PlatformApi, data: GenesysData): void {
  const path = '/api/v2/users/:userId/state';
  api.route('GET', path, { any: ['directory:userStateChange:view'] }, (request) => {
    const user = data.users.get(param(request, 'userId'));
    if (!user) throw problems.notFound();
    return { status: 200, body: stateView(user) };
  });
  api.route('PUT', path, { any: ['directory:user:edit'] }, (request) => {
    const user = data.users.get(param(request, 'userId'));
    if (!user) throw problems.notFound();
    const { state, version, stateChangeReason, stateChangeDate } = parseBody(request, stateBody);
    if (version !== undefined) refuseOtherVersion(user, version);
    const why = { stateChangeReason, stateChangeDate: stateChangeDate ?? data.clock.now().toISOString() };
    const changed =
      state === 'deleted'
        ? data.users.put(user.id, { ...data.deleteUser(user), ...why })
        : data.changeUser(user, { state, ...why });
    return { status: 200, body: stateView(changed) };
  });
}

function stateView({ state, version, stateChangeReason, stateChangeDate }: StoredUser): object {
  return { state, version, stateChangeReason, stateChangeDate };
}
