/** What is stored of a bucket, read. */
export const STORED = `
-- The stored limits, the leases and when it was changed last, or nothing where it is no bucket.
local function parse(value)
  if #value == 41 then
    local kind, a, b, capacity, level, since = unpack('>Bddddd', value)
    if kind ~= 1 and kind ~= 2 or a == 0 or b == 0 then return end
    for _, number in ipairs({ a, b, capacity, level, since }) do
      if not (number >= 0 and number <= MAX and number % 1 == 0) then return end
    end
    local stored = {
      kind = kind, a = a, b = b, units = b, tick = kind == 2 and 1000 or 1,
      capacity = capacity, level = level, blocked = 0, seen = since
    }
    return { stored }, {}, since
  end
  local size = #value / 8
  if size < 2 or size % 1 ~= 0 then return end
  local numbers = {}
  -- Few at a time: what is returned at once must fit on the stack.
  for from = 1, size, 100 do
    local count = min(100, size - from + 1)
    local part = { unpack('>' .. string.rep('d', count), value, 8 * (from - 1) + 1) }
    for index = 1, count do
      local number = part[index]
      if not (number >= 0 and number <= MAX and number % 1 == 0) then return end
      numbers[from + index - 1] = number
    end
  end
  local count = numbers[2]
  if size < 2 + 7 * count then return end
  local stored, leases = {}, {}
  for index = 1, count do
    local base = 2 + 7 * (index - 1)
    local kind, a, b = numbers[base + 1], numbers[base + 2], numbers[base + 3]
    if kind < 1 or kind > 3 or (kind < 3 and (a == 0 or b == 0)) then return end
    stored[index] = {
      kind = kind, a = a, b = b, units = kind < 3 and b or 1, tick = kind == 2 and 1000 or 1,
      capacity = numbers[base + 4], level = numbers[base + 5], blocked = numbers[base + 6], seen = numbers[base + 7]
    }
  end
  for index = 3 + 7 * count, size do leases[#leases + 1] = numbers[index] end
  return stored, leases, numbers[1]
end
`;
