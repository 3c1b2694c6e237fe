/** The policies and the calls of the general form. */
export const ARGUMENTS = `
local together = mode == 'together'

local function policyArguments()
  local limits = { plain = true }
  for index = 1, argument() do
    local kind = argument()
    local limit = { kind = kind, units = 1, debt = 0, block = 0 }
    if kind <= 2 then
      limit.drain, limit.units, limit.capacity = argument(), argument(), argument()
      limit.debt, limit.block, limit.tick = argument(), argument(), kind == 1 and 1 or 1000
    elseif kind == 3 then
      limit.capacity, limit.block = argument(), argument()
      local edges = { argument(), argument(), argument(), argument() }
      local period = now < edges[2] and 1 or now < edges[3] and 2 or 3
      limit.edges, limit.starts, limit.ends = edges, edges[period], edges[period + 1]
    else
      limit.capacity, limit.lease = argument(), argument()
      limits.lease = limit.lease
    end
    if kind > 2 or limit.block > 0 then limits.plain = false end
    limits[index] = limit
  end
  return limits
end

-- Each bucket's arguments from where it is.
local function callArguments()
  local call = { limits = policies[argument()], settles = argument() == 1, lease = argument(), runs = argument(), from = at }
  call.whole = call.settles or not call.limits.plain
  at = at + 2 * call.runs
  return call
end

if mode ~= 'rate' then
  for place = 1, argument() do policies[place] = policyArguments() end
  for place = 1, #keys do calls[place] = callArguments() end
end
`;
