import { z } from 'zod';

/**
 * What Slack takes of the parts that Latchkey uses, with its limits; anything else is refused. Slack's own schema
 * (`slackapi/manifest-schema`, 2.0.0) is in no package, so this one says the same of these parts.
 */

const https = z.url({ protocol: /^https$/ }).max(3_000);

const command = z.strictObject({
  command: z
    .string()
    .max(32)
    .regex(/^\/[a-z0-9_-]+$/),
  url: https.optional(),
  description: z.string().min(1).max(2_000),
  usage_hint: z.string().max(1_000).optional(),
  should_escape: z.boolean(),
});

const shortcut = z.strictObject({
  name: z.string().min(1).max(24),
  type: z.literal('message'),
  callback_id: z.string().min(1).max(255),
  description: z.string().min(1).max(150),
});

export const slackManifestSchema = z
  .strictObject({
    _metadata: z.strictObject({ major_version: z.literal(2), minor_version: z.literal(1) }),
    display_information: z.strictObject({
      name: z.string().min(1).max(35),
      description: z.string().min(1).max(140),
      long_description: z.string().min(174).max(4_000),
      background_color: z.string().regex(/^#[0-9a-f]{6}$/i),
    }),
    features: z.strictObject({
      app_home: z.strictObject({
        home_tab_enabled: z.boolean(),
        messages_tab_enabled: z.boolean(),
        messages_tab_read_only_enabled: z.boolean(),
      }),
      bot_user: z.strictObject({
        display_name: z
          .string()
          .max(80)
          .regex(/^[a-z0-9._-]+$/),
        always_online: z.boolean(),
      }),
      slash_commands: z.array(command).min(1).max(50),
      shortcuts: z.array(shortcut).max(10),
    }),
    oauth_config: z.strictObject({ scopes: z.strictObject({ bot: z.array(z.string().min(1)).min(1).max(255) }) }),
    settings: z.strictObject({
      event_subscriptions: z.strictObject({ request_url: https.optional(), bot_events: z.array(z.string()).max(100) }),
      interactivity: z.strictObject({
        is_enabled: z.boolean(),
        request_url: https.optional(),
        message_menu_options_url: https.optional(),
      }),
      org_deploy_enabled: z.boolean(),
      socket_mode_enabled: z.boolean(),
      token_rotation_enabled: z.boolean(),
    }),
  })
  .refine(({ settings }) => settings.socket_mode_enabled || settings.event_subscriptions.request_url !== undefined, {
    error: 'needs a request URL where Slack does not come through a socket',
    path: ['settings', 'event_subscriptions', 'request_url'],
  });
