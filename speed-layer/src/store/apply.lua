-- Applies what a range of blocks adds to one partition: all of it, or nothing.
-- KEYS[1]  position (hash)
-- KEYS[2]  epochs (set)
-- KEYS[3]  packed facts of the epoch (hash)
-- KEYS[4]  packed lines of the epoch (hash)
-- KEYS[5]  vehicles of the epoch (hash)
-- KEYS[6]  columns (set)
-- KEYS[7…] the hashes of cells, one for each column
-- ARGV[1]  block that the position has to be at; -1 where there is none yet
-- ARGV[2]  the epoch
-- then     a count of arguments, and these, of: the position (name, value, …); packed facts (first
--          block, bytes, …); packed lines (first block, bytes, …); vehicles (first block, list, …);
--          names of the columns
-- then     for each view one list in MessagePack: its cells; then for each of its columns, which follow
--          each other from KEYS[7] on, a list of what is added to these cells, 0 where nothing is
-- returns  1 when it was applied, 0 when the position is another one
local call = redis.call
local stands = call('HGET', KEYS[1], 'block') or '-1'
if stands ~= ARGV[1] then return 0 end
local at = 3
local function count()
  local number = tonumber(ARGV[at])
  at = at + 1
  return number
end
local function pairs_of(command, key)
  for _ = 1, count() / 2 do
    call(command, key, ARGV[at], ARGV[at + 1])
    at = at + 2
  end
end
call('SADD', KEYS[2], ARGV[2])
pairs_of('HSET', KEYS[1])
pairs_of('HSET', KEYS[3])
pairs_of('HSET', KEYS[4])
pairs_of('HSET', KEYS[5])
for _ = 1, count() do
  call('SADD', KEYS[6], ARGV[at])
  at = at + 1
end
local column = 7
for view = at, #ARGV do
  local lists = cmsgpack.unpack(ARGV[view])
  local cells = lists[1]
  for list = 2, #lists do
    local key, deltas = KEYS[column], lists[list]
    column = column + 1
    for cell = 1, #cells do
      -- Numbers up to 2^53, as which they come, are written as they are; here nothing is added up.
      local delta = deltas[cell]
      if delta ~= 0 then call('HINCRBY', key, cells[cell], delta) end
    end
  end
end
return 1
