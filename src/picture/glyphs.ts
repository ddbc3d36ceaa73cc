/** Our own line drawings of 20 × 20. */
import type { Glyph } from "../kinds/kind.ts";

export const glyphs: Readonly<Record<Glyph | "globe", string>> = {
  globe: '<circle cx="10" cy="10" r="8"/><path d="M2 10h16M10 2c3 2.6 3 13.4 0 16M10 2c-3 2.6-3 13.4 0 16"/>',
  machine: '<rect x="1" y="2" width="18" height="12" rx="2"/><path d="M6 18h8M10 14v4"/>',
  machines:
    '<rect x="5.5" y="5.5" width="9" height="9" rx="1.5"/><path d="M1.5 6V3a1.5 1.5 0 0 1 1.5-1.5h3M14 1.5h3a1.5 1.5 0 0 1 1.5 1.5v3M18.5 14v3a1.5 1.5 0 0 1-1.5 1.5h-3M6 18.5h-3a1.5 1.5 0 0 1-1.5-1.5v-3"/>',
  database: '<ellipse cx="10" cy="4.5" rx="8" ry="3"/><path d="M2 4.5v11c0 1.7 3.6 3 8 3s8-1.3 8-3v-11M2 10c0 1.7 3.6 3 8 3s8-1.3 8-3"/>',
  balancer:
    '<circle cx="10" cy="3.5" r="2.3"/><circle cx="3.5" cy="16.5" r="2.3"/><circle cx="16.5" cy="16.5" r="2.3"/><path d="M10 5.8v4.2M10 10c-4 0-6 1.5-6.2 4.2M10 10c4 0 6 1.5 6.2 4.2"/>',
  nat: '<circle cx="10" cy="10" r="8"/><path d="M5.5 10h8M10.5 6.5l3.5 3.5-3.5 3.5"/>',
  endpoint: '<path d="M7 3v5M13 3v5M4.5 8h11v2a5.5 5.5 0 0 1-11 0zM10 15.5v3"/>',
  bell: '<path d="M4.5 14.5c1.3-1.5 1.5-3 1.5-6a4 4 0 0 1 8 0c0 3 .2 4.5 1.5 6zM8.3 17.2a1.8 1.8 0 0 0 3.4 0M10 2.5v2"/>',
  log: '<path d="M4 2h9l3.5 3.5v12.5H4zM7 8h6M7 11h6M7 14h4"/>',
  setting: '<path d="M3 5.5h7M14 5.5h3M3 14.5h3M10 14.5h7"/><circle cx="12" cy="5.5" r="2"/><circle cx="8" cy="14.5" r="2"/>',
  lock: '<rect x="3.5" y="9" width="13" height="9" rx="2"/><path d="M6.5 9V6a3.5 3.5 0 0 1 7 0v3M10 12.5v2"/>',
  person: '<circle cx="10" cy="6" r="3.5"/><path d="M3 18c.4-4 3-6 7-6s6.6 2 7 6"/>',
  part: '<rect x="3" y="3" width="5.5" height="5.5" rx="1"/><rect x="11.5" y="3" width="5.5" height="5.5" rx="1"/><rect x="3" y="11.5" width="5.5" height="5.5" rx="1"/><rect x="11.5" y="11.5" width="5.5" height="5.5" rx="1"/>',
};
