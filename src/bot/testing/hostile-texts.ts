/** What a person, a file or a remote system may say in the place of a name, a reason or an answer (T19). */
export const HOSTILE_TEXTS = [
  '<!channel> <!here> <!everyone> <@U0LATCHKEY> <#C0GENERAL01> <!subteam^S012>',
  '<https://attacker.example|Sign in> https://attacker.example &lt;!channel&gt;',
  '[Sign in](https://attacker.example) ![x](https://attacker.example/x.png)',
  '<at>Ada Admin</at> <script>alert(1)</script> **bold** _it_ ~~gone~~ ~gone~ `code` # head',
  '${$root.title} ${1+1} {{DATE(2026-11-23T00:00:00Z,SHORT)}} {{TIME(2026-11-23T00:00:00Z)}}',
  '\u202Egnihton\u202C \u2066x\u2069 \u200F\u200B a\u0000b\u0007c\r\nd \uD800lonely',
  `"\\${'*'.repeat(10_000)}`,
  '\u{1F511}'.repeat(5_000),
  'constructor __proto__ toString',
  ' ',
] as const;
