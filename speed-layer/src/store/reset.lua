-- Forgets all of a partition, if it stands where it is thought to stand.
-- KEYS[1]  position (hash)
-- KEYS[2]  epochs (set)
-- KEYS[3]  tables (hash)
-- ARGV[1]  position in the log that it has to be at
-- ARGV[2]  what the partition's keys begin with
-- The other keys have the same hash tag as these.
-- returns  1 when it was forgotten, 0 when it stands elsewhere
if redis.call('HGET', KEYS[1], 'logPosition') ~= ARGV[1] then return 0 end
for _, name in ipairs(redis.call('HKEYS', KEYS[3])) do
  redis.call('UNLINK', ARGV[2] .. ':cells:' .. name)
end
for _, epoch in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  for _, what in ipairs({ ':deltas:', ':lines:', ':vids:' }) do
    redis.call('UNLINK', ARGV[2] .. what .. epoch)
  end
end
redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3])
return 1
