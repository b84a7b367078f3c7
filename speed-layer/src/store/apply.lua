-- Applies what a range of blocks adds to one partition: all of it, or nothing.
-- KEYS[1]  position (hash)
-- KEYS[2]  epochs (set)
-- KEYS[3]  deltas of the epoch (hash)
-- KEYS[4]  newest lines of the epoch (hash)
-- KEYS[5…] first the hashes of cells, then the lists of lines
-- ARGV[1]  block that the position has to be at; -1 where there is none yet
-- ARGV[2]  number of position fields, then these: name, value, …
-- then     epoch; number of packed facts, then these: first block, bytes, …
-- then     number of newest lines, then these: vid, line, …
-- then     for each key from KEYS[5] on: 'c' or 'l', number of arguments, then these:
--          'c': field, delta, …   'l': line, …
-- returns  1 when it was applied, 0 when the position is another one
local stands = redis.call('HGET', KEYS[1], 'block') or '-1'
if stands ~= ARGV[1] then return 0 end
local at = 2
local function count()
  local number = tonumber(ARGV[at])
  at = at + 1
  return number
end
for _ = 1, count() / 2 do
  redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1])
  at = at + 2
end
redis.call('SADD', KEYS[2], ARGV[at])
at = at + 1
for _ = 1, count() / 2 do
  redis.call('HSET', KEYS[3], ARGV[at], ARGV[at + 1])
  at = at + 2
end
for _ = 1, count() / 2 do
  redis.call('HSET', KEYS[4], ARGV[at], ARGV[at + 1])
  at = at + 2
end
for key = 5, #KEYS do
  local kind = ARGV[at]
  at = at + 1
  if kind == 'c' then
    for _ = 1, count() / 2 do
      redis.call('HINCRBY', KEYS[key], ARGV[at], ARGV[at + 1])
      at = at + 2
    end
  else
    for _ = 1, count() do
      redis.call('RPUSH', KEYS[key], ARGV[at])
      at = at + 1
    end
  end
end
return 1
