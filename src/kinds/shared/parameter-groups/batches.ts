/** The most parameters in one call of ModifyDBParameterGroup and of ResetDBParameterGroup. */
const most = 20;

/** Parameters that AWS checks against each other and therefore needs in one call. A parameter comes before those that depend on it. */
const together: readonly (readonly string[])[] = [
  ["character_set_server", "collation_server"],
  ["gtid-mode", "enforce_gtid_consistency"],
  ["ssl_min_protocol_version", "ssl_max_protocol_version"],
  ["password_encryption", "rds.accepted_password_auth_method"],
  ["rds.change_data_capture_streaming", "binlog_format"],
];

/** Splits names into calls of twenty. Names that belong together stay in one call. */
export function batches(names: readonly string[]): string[][] {
  const left = new Set(names);
  const groups: string[][] = [];
  for (const group of together) {
    const found = group.flatMap((resolved) => [...left].filter((name) => name.toLowerCase() === resolved));
    for (const name of found) left.delete(name);
    if (found.length > 0) groups.push(found);
  }
  for (const name of [...left].sort()) groups.push([name]);
  return pack(groups);
}

function pack(groups: readonly (readonly string[])[]): string[][] {
  const packed: string[][] = [];
  for (const group of groups) {
    const last = packed.at(-1);
    if (last && last.length + group.length <= most) last.push(...group);
    else packed.push([...group]);
  }
  return packed;
}
