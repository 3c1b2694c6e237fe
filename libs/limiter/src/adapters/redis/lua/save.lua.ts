/** What is stored of a bucket, written. */
export const SAVE = `
local function forgottenAt(kind, a, b, tick, capacity, seen)
  local whole = kind == 3 and b - a or ceil(capacity / a) * tick
  return seen + max(FORGET, whole)
end

local function save(key, bucket)
  local since, count, last = bucket.since, 0, bucket.since
  local parts, short = {}, nil
  local function add(kind, a, b, tick, capacity, level, blocked, seen)
    count = count + 1
    if kind < 3 and blocked == 0 and seen == since then short = pack('>Bddddd', kind, a, b, capacity, level, since) end
    parts[count] = pack('>ddddddd', kind, a, b, capacity, level, blocked, seen)
    local empty = 0
    if kind < 3 then empty = (floor(since / tick) + ceil(level / a)) * tick
    elseif level > 0 then empty = b end
    if seen ~= since then empty = min(empty, forgottenAt(kind, a, b, tick, capacity, seen)) end
    last = max(last, empty, blocked)
  end
  for index = 1, #bucket.limits do
    local limit = bucket.limits[index]
    if limit.kind < 3 then
      add(limit.kind, limit.drain, limit.units, limit.tick, limit.capacity, bucket.levels[index], bucket.blocked[index], since)
    elseif limit.kind == 3 then
      local period = bucket.periods[index]
      local starts, ends = period and period.a or limit.starts, period and period.b or limit.ends
      add(3, starts, ends, 1, limit.capacity, bucket.levels[index], bucket.blocked[index], since)
    end
  end
  local others = {}
  for place, each in ipairs(bucket.others) do
    if since < forgottenAt(each.kind, each.a, each.b, each.tick, each.capacity, each.seen) then
      each.place = place
      others[#others + 1] = each
    end
  end
  if #others > OTHERS then
    table.sort(others, function(x, y)
      if x.seen ~= y.seen then return x.seen > y.seen end
      return x.place < y.place
    end)
  end
  for index = 1, min(#others, OTHERS) do
    local each = others[index]
    add(each.kind, each.a, each.b, each.tick, each.capacity, each.level, each.blocked, each.seen)
  end
  local value
  if short and count == 1 and #bucket.leases == 0 then
    value = short
  else
    value = pack('>dd', since, count) .. table.concat(parts)
  end
  for _, ends in ipairs(bucket.leases) do
    value = value .. pack('>d', ends)
    last = max(last, ends)
  end
  local px = lifetime(last)
  if together then
    if not pending[key] then order[#order + 1] = key end
    pending[key] = { value = value, px = px }
  else
    redis.call('SET', key, value, 'PX', px)
  end
end
`;
