import type { Answer, Turn } from '../../dialogs/turn.js';
import type { Log } from '../../services/index.js';
import type { ConnectorHttpOptions } from './connector-http.js';
import { createTeamsConnector, type TeamsCredentials } from './connector.js';
import { PlaceMemory } from './place-memory.js';
import type { PlaceStore } from './places.js';
import { createTeamsChannel, type TeamsChannel } from './teams-channel.js';
import { createTeamsDoor, type TeamsDoor } from './teams-door.js';

export interface TeamsOptions {
  readonly credentials: TeamsCredentials;
  /** The tenant whose people are served; all others are refused. */
  readonly tenantId: string;
  readonly places: PlaceStore;
  readonly log: Log;
  readonly http?: Partial<ConnectorHttpOptions>;
}

export interface Teams {
  readonly channel: TeamsChannel;
  /** Makes the door. What `handle` returns is what the one who wrote or clicked gets to see. */
  openDoor(handle: (turn: Turn) => Promise<Answer | undefined>): TeamsDoor;
}

/** Teams as a whole: the channel for what Latchkey writes, and the door for what people write and click. */
export function createTeams({ credentials, tenantId, places, log, http }: TeamsOptions): Teams {
  const connector = createTeamsConnector(credentials, http);
  const memory = new PlaceMemory(places);
  const channel = createTeamsChannel({ connector, places: memory, log });
  return {
    channel,
    openDoor: (handle) => createTeamsDoor({ connector, channel, places: memory, tenantId, handle, log }),
  };
}
