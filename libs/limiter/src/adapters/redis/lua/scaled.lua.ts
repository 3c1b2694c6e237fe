/** Levels of one policy in units of another. */
export const SCALED = `
-- level * units / from, rounded up or down, at most 2^53 - 1. The product of the remainder may need 106 bits: it is built bit by bit.
local function scaled(level, from, units, up)
  if from == units then return level end
  local rest = math.fmod(level, from)
  local whole = (level - rest) / from * units
  if whole > MAX then return MAX end
  local quotient, remainder = 0, 0
  local function add(term, carry)
    if remainder >= from - term then
      remainder = remainder - (from - term)
      quotient = quotient + carry + 1
    else
      remainder = remainder + term
      quotient = quotient + carry
    end
  end
  local bit = 4503599627370496
  while bit >= 1 do
    add(remainder, quotient)
    if floor(units / bit) % 2 == 1 then add(rest, 0) end
    bit = bit / 2
  end
  if up and remainder > 0 then quotient = quotient + 1 end
  if quotient > MAX - whole then return MAX end
  return whole + quotient
end
`;
