/** A limit that is not stored starts where the stored ones are. */
export const CONVERSION = `
local function same(stored, limit)
  if limit.kind == 4 or stored.kind ~= limit.kind then return false end
  if limit.kind < 3 then return stored.a == limit.drain and stored.b == limit.units end
  for period = 1, 3 do
    if limit.edges[period] == stored.a then return limit.edges[period + 1] == stored.b end
  end
  return false
end

local function startingLevel(limit, limits, stored)
  local level = 0
  if limit.kind == 4 then return level end
  for _, before in ipairs(stored) do
    local goesOn = false
    for _, each in ipairs(limits) do
      if same(before, each) and each.capacity <= before.capacity then goesOn = true end
    end
    if not goesOn then
      local start = scaled(before.level, before.units, limit.units, true)
      local faster = limit.kind < 3 and before.kind < 3
        and limit.drain / limit.units / limit.tick >= before.a / before.units / before.tick
      if not faster then
        start = start + max(0, limit.capacity - scaled(before.capacity, before.units, limit.units, false))
      end
      level = max(level, min(MAX, start))
    end
  end
  return level
end
`;
