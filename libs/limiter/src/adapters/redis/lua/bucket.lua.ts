/** A bucket at the moment of the call. */
export const BUCKET = `
-- What is to be written once all have been admitted.
local pending, order = {}, {}

-- The bucket at this moment for these limits, or nothing where it is none.
local function load(key, limits)
  local value = pending[key] and pending[key].value or redis.pcall('GET', key)
  local bucket = { limits = limits, levels = {}, blocked = {}, periods = {}, others = {}, leases = {}, since = now, ahead = 0 }
  local stored, leases, since = {}, {}, now
  if value then
    if type(value) == 'table' then
      if string.find(value.err, 'WRONGTYPE', 1, true) then return end
      redis.call('GET', key) -- raises it
    end
    stored, leases, since = parse(value)
    if not stored then return end
  end
  if since - now > skew then
    bucket.ahead = since - now
    for _, each in ipairs(stored) do
      each.blocked, each.seen = max(0, each.blocked - bucket.ahead), max(0, each.seen - bucket.ahead)
    end
    for index = 1, #leases do leases[index] = max(0, leases[index] - bucket.ahead) end
    since, bucket.changed = now, true
  end
  local alive = {}
  for _, each in ipairs(stored) do
    if each.kind == 3 then
      if each.b > now then alive[#alive + 1] = each end
    else
      local ticks = floor(now / each.tick) - floor(since / each.tick)
      if ticks >= ceil(each.level / each.a) then
        if ticks > 0 then each.level = 0 end
      elseif ticks > 0 then
        each.level = each.level - each.a * ticks
      end
      alive[#alive + 1] = each
    end
  end
  for _, ends in ipairs(leases) do
    if ends > now then bucket.leases[#bucket.leases + 1] = ends end
  end
  bucket.since = max(since, now)
  for index = 1, #limits do
    local limit, found = limits[index], nil
    for _, each in ipairs(alive) do
      if not found and same(each, limit) then found = each end
    end
    if found then
      found.own = true
      bucket.levels[index], bucket.blocked[index] = found.level, found.blocked
      if limit.kind == 3 then bucket.periods[index] = found end
    else
      bucket.levels[index], bucket.blocked[index] = startingLevel(limit, limits, alive), 0
    end
  end
  for _, each in ipairs(alive) do
    if not each.own then bucket.others[#bucket.others + 1] = each end
  end
  return bucket
end
`;
