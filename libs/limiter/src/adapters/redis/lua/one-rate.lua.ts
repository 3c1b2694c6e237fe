/**
 * The call that nearly all are: buckets of one plain rate each, with one run of costs. What is stored in the short form of the same
 * limit is decided here, in a fraction of the time; what is not is `due` for the general steps.
 */
export const ONE_RATE = `
local due, policies, calls = {}, {}, {}

if mode == 'rate' then
  local call, get, sub = redis.call, redis.pcall, string.sub
  local rates = {}
  for place = 1, argument() do
    local tick, drain, units, capacity = argument(), argument(), argument(), argument()
    local kind = tick == 1 and 1 or 2
    rates[place] = {
      kind = kind, tick = tick, drain = drain, units = units, capacity = capacity,
      head = pack('>Bddd', kind, drain, units, capacity)
    }
  end
  local rate, cost, times, from
  local alike = argument() == 1
  if alike then
    from = at
    rate, cost, times = rates[1], argument(), argument()
  end
  local head, tick, drain, units, capacity
  local function use()
    head, tick, drain, units, capacity = rate.head, rate.tick, rate.drain, rate.units, rate.capacity
  end
  if alike then use() end
  for place = 1, #keys do
    if not alike then
      rate = rates[argument()]
      from = at
      cost, times = argument(), argument()
      use()
    end
    local key = keys[place]
    local value = get('GET', key)
    local level, since = 0, now
    local known = not value
    if value and #value == 41 and sub(value, 1, 25) == head then
      level, since = unpack('>dd', value, 26)
      known = since - now <= skew
    end
    if known then
      local ticks = tick == 1 and now - since or floor(now / tick) - floor(since / tick)
      if ticks > 0 then
        if ticks >= ceil(level / drain) then level = 0 else level = level - drain * ticks end
      end
      result[place] = level > 9007199254740900 and string.format('%.0f', level) or level
      local passed = times
      if cost > 0 then
        local room = floor((capacity - level) / (cost * units))
        if room < passed then passed = room end
      end
      if passed > 0 then
        level = level + cost * passed * units
        if level < 0 then level = 0 elseif level > MAX then level = MAX end
        if since < now then since = now end
        local last = (floor(since / tick) + ceil(level / drain)) * tick
        if last < since then last = since end
        call('SET', key, head .. pack('>dd', level, since), 'PX', lifetime(last))
      end
    else
      result[place] = false
      local limit = {
        kind = rate.kind, tick = tick, drain = drain, units = units, capacity = capacity, debt = 0, block = 0
      }
      due[#due + 1] = key
      calls[#due] = { limits = { limit, plain = true }, settles = false, lease = 0, runs = 1, from = from }
    end
  end
  if #due == 0 then return result end
  count = #keys
  keys = due
end
`;
