-- Applies what a range of blocks adds to one partition: all of it, or nothing.
-- KEYS[1]  position (hash)
-- KEYS[2]  epochs (set)
-- KEYS[3]  packed facts of the epoch (hash)
-- KEYS[4]  packed lines of the epoch (hash)
-- KEYS[5]  vehicles of the epoch (hash)
-- KEYS[6…] the hashes of cells
-- ARGV[1]  block that the position has to be at; -1 where there is none yet
-- ARGV[2]  the epoch
-- then     a count of arguments, and these, of: the position (name, value, …); packed facts (first
--          block, bytes, …); packed lines (first block, bytes, …); vehicles (first block, list, …)
-- then     for each key from KEYS[6] on one list in MessagePack, all texts: field, delta, …
-- returns  1 when it was applied, 0 when the position is another one
local stands = redis.call('HGET', KEYS[1], 'block') or '-1'
if stands ~= ARGV[1] then return 0 end
local at = 3
local function count()
  local number = tonumber(ARGV[at])
  at = at + 1
  return number
end
local function pairs_of(command, key)
  for _ = 1, count() / 2 do
    redis.call(command, key, ARGV[at], ARGV[at + 1])
    at = at + 2
  end
end
redis.call('SADD', KEYS[2], ARGV[2])
pairs_of('HSET', KEYS[1])
pairs_of('HSET', KEYS[3])
pairs_of('HSET', KEYS[4])
pairs_of('HSET', KEYS[5])
for key = 6, #KEYS do
  -- Deltas stay texts: a number of Lua's is not exact beyond 2^53.
  local sums = cmsgpack.unpack(ARGV[at])
  at = at + 1
  for each = 1, #sums, 2 do redis.call('HINCRBY', KEYS[key], sums[each], sums[each + 1]) end
end
return 1
