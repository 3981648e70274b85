import { z } from 'zod';
import type { AskGenesys } from './genesys-call.js';

const passwordLoginWire = z.object({ disabled: z.boolean().nullish() });

/**
 * Genesys's own sign-in by password, which is listed like a provider (Genesys Cloud's API definition). That it is disabled
 * there while the organisation is in SSO-only mode is not published, and only a warning rests on it.
 */
export function createPasswordLogin({ ask }: { readonly ask: AskGenesys }): {
  isPasswordLoginDisabled(): Promise<boolean>;
} {
  return {
    isPasswordLoginDisabled: async () => {
      const login = await ask({
        to: 'read whether people may sign in with a password',
        send: ({ identityProvider }) => identityProvider.getIdentityprovidersPurecloud(),
        body: passwordLoginWire,
      });
      return login.disabled === true;
    },
  };
}
